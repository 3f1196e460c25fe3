import type { BleStack, GattCharacteristic, GattConnection } from "../../../hosts/esp32/link/gatt.js";
import type { LinkEnd } from "./aclLink.js";
import { AttLint } from "./attLint.js";
import type { Attribute, CharacteristicSpec } from "./attributes.js";
import { AttServer } from "./attServer.js";
import { Channel, cutFrame, FrameAssembler } from "./l2cap.js";

/** The stack that a connection belongs to. */
export interface ConnectionStack {
  readonly attributes: readonly Attribute[];
  readonly mtu: number;
  /** Octets of one packet on the link layer. */
  readonly packet: number;
  readonly radio: {
    readonly lints: AttLint[];
    readonly refuses: number | undefined;
    readonly deaf: boolean;
  };
  characteristic(spec: CharacteristicSpec): GattCharacteristic | undefined;
  specOf(characteristic: GattCharacteristic): CharacteristicSpec | undefined;
  /** The peer has gone. */
  lost(connection: AirConnection): void;
  /** The owner has closed it. */
  closed(): void;
}

/** One connection of the stack; nothing of it may be touched once it has ended. */
export class AirConnection implements GattConnection {
  readonly #stack: ConnectionStack;
  readonly #link: LinkEnd;
  readonly #att: AttServer;
  readonly #lint = new AttLint();
  #alive = true;

  constructor(stack: ConnectionStack, link: LinkEnd) {
    this.#stack = stack;
    this.#link = link;
    const { radio, attributes, mtu } = stack;
    radio.lints.push(this.#lint);
    this.#att = new AttServer({
      attributes,
      mtu,
      send: (pdu) => this.#send(pdu),
      written: (spec, value) => this.#written(spec, value),
      subscribed: (spec, on) => this.#subscribed(spec, on),
    });
    const frames = new FrameAssembler((channel, payload) => {
      if (channel !== Channel.att) return;
      this.#lint.see("client", payload);
      if (!radio.deaf) this.#att.receive(payload);
    });
    link.onData = (data) => frames.push(data);
    link.onClosed = () => {
      this.#alive = false;
      stack.lost(this);
    };
  }

  #use(): void {
    if (!this.#alive)
      throw new Error("a connection that has ended was used: on the device that is freed memory");
  }

  get maximumWrite(): number {
    this.#use();
    return this.#att.mtu - 3;
  }

  notify(tx: GattCharacteristic, value: Uint8Array, sent: (error: number) => void): void {
    this.#use();
    const spec = this.#stack.specOf(tx);
    if (spec === undefined) throw new Error("notify takes the stack's own object");
    this.#sent = sent;
    if (!this.#att.notify(spec, new Uint8Array(value))) throw new Error("disabled");
  }

  close(): void {
    this.#use();
    this.#alive = false;
    this.#link.onClosed = () => {};
    this.#link.onData = () => {};
    this.#link.close();
    this.#stack.closed();
  }

  replyToPasskey(): void {
    throw new Error("failed");
  }

  vanish(): void {
    this.#alive = false;
    this.#link.vanish();
  }

  /** Of the notification that is about to be sent. */
  #sent: ((error: number) => void) | undefined;

  #send(pdu: Uint8Array): void {
    this.#lint.see("server", pdu);
    const sent = this.#sent;
    this.#sent = undefined;
    const pieces = cutFrame(Channel.att, pdu, this.#stack.packet);
    for (const [i, piece] of pieces.entries()) {
      const last = i === pieces.length - 1;
      this.#link.send(piece, () => {
        if (last && this.#alive) sent?.(0);
      });
    }
  }

  #written(spec: CharacteristicSpec, value: Uint8Array): number | undefined {
    const { refuses } = this.#stack.radio;
    if (refuses !== undefined) return refuses;
    this.#stack.characteristic(spec)?.onWrite?.(value.slice().buffer as ArrayBuffer, this);
    return undefined;
  }

  #subscribed(spec: CharacteristicSpec, on: boolean): void {
    const characteristic = this.#stack.characteristic(spec);
    if (!this.#alive) return;
    if (on) characteristic?.onSubscribe?.(this);
    else characteristic?.onUnsubscribe?.(this);
  }
}

/** Of such a connection, what our C adds to the SDK's. */
export const airStack: BleStack = Object.freeze({
  notify(this: GattConnection, tx: GattCharacteristic, value: Uint8Array, sent: (error: number) => void) {
    (this as AirConnection).notify(tx, value, sent);
  },
  compared: () => false,
  pace: () => true,
  setName: () => {},
  forget: () => {},
  bonds: () => 0,
});
