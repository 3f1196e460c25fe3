import type { Socket } from "node:net";
import type { Clock, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { PneConnection } from "../../../src/gateway/pneLink.js";
import { type Advertisement, type LinkListener, RadioError } from "../../../src/gateway/radio.js";
import { LinkError } from "../../../src/link/errors.js";
import { advertisedState } from "../../../src/link/service.js";
import { FrameReader, frame, Kind } from "../../../src/link/virtualRadio.js";

export interface VirtualPeerOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  /** ATT_MTU of its links, 23 … 517. */
  readonly mtu: number;
  /** It advertises, or does not any more. */
  advertises(advertisement: Advertisement | undefined): void;
  /** Its program has ended, or speaks another language. */
  gone(): void;
}

/** For a device to take what was written to it. */
const writeTimeout = Milliseconds(5_000);
/** A device that reads so much less than it is sent is let go. */
const maximumUnread = 65_536;
const text = new TextDecoder("utf-8");

/** One device that has joined the virtual radio, and the link to it while there is one (docs/VIRTUAL-RADIO.md). */
export class VirtualPeer {
  readonly #options: VirtualPeerOptions;
  #advertised = false;
  #link: LinkListener | undefined;
  #write: { readonly sent: (error?: LinkError) => void; readonly timer: Timer } | undefined;

  constructor(options: VirtualPeerOptions) {
    this.#options = options;
    const { socket } = options;
    const reader = new FrameReader((kind, payload) => {
      if (!socket.destroyed) this.#take(kind, payload);
    });
    socket.on("data", (octets) => {
      if (!reader.push(octets)) socket.destroy();
    });
    // A close follows, whatever the error.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#advertise(undefined);
      this.#end("the device is gone");
      options.gone();
    });
  }

  /** It fails when the device does not advertise any more. */
  connect(listener: LinkListener): void {
    if (!this.#advertised || this.#link !== undefined) {
      listener.failed(new RadioError(this.#link === undefined ? "radio.timeout" : "radio.busy"));
      return;
    }
    const most = this.#maximumWrite;
    this.#link = listener;
    // What it says from here on is of this link until it ends; the next one needs it to advertise anew.
    this.#advertised = false;
    this.#send(Kind.connected, Uint8Array.of(most >> 8, most & 0xff, 0));
    listener.connected(this.#connection(listener, most));
  }

  /** Nobody hears of it. */
  close(): void {
    this.#link = undefined;
    this.#write?.timer.cancel();
    this.#options.socket.removeAllListeners("close");
    this.#options.socket.destroy();
  }

  get #maximumWrite(): number {
    return this.#options.mtu - 3;
  }

  #connection(listener: LinkListener, maximumWrite: number): PneConnection {
    const open = (): boolean => this.#link === listener;
    return {
      secure: false,
      maximumWrite,
      write: (fragment, sent) => {
        if (!open()) sent(new LinkError("link.closed"));
        else if (this.#write !== undefined) sent(new LinkError("link.busy"));
        else if (fragment.length > maximumWrite) sent(new LinkError("link.write", "longer than the MTU"));
        else this.#carry(fragment, sent);
      },
      disconnect: () => {
        if (!open()) return;
        this.#send(Kind.disconnect);
        this.#end("closed by the PN GW");
      },
    };
  }

  #carry(fragment: Uint8Array, sent: (error?: LinkError) => void): void {
    const { clock, socket } = this.#options;
    const timer = clock.after(writeTimeout, () => socket.destroy());
    const write = { sent, timer };
    this.#write = write;
    socket.write(frame(Kind.fragment, fragment), (error) => {
      // The end of the link completes what fails.
      if (error || this.#write !== write) return;
      this.#write = undefined;
      timer.cancel();
      sent();
    });
  }

  #send(kind: number, payload?: Uint8Array): void {
    const { socket } = this.#options;
    if (socket.writableLength > maximumUnread) socket.destroy();
    else if (!socket.destroyed) socket.write(frame(kind, payload));
  }

  #take(kind: number, payload: Uint8Array): void {
    if (kind === Kind.advertise) {
      const state = advertisedState(payload[0]);
      this.#advertise(state === undefined ? undefined : { state, name: text.decode(payload.subarray(1)) });
    } else if (kind === Kind.fragment && payload.length <= this.#maximumWrite) this.#received(payload);
    else if (kind === Kind.disconnect) {
      if (this.#link === undefined) return;
      this.#send(Kind.disconnect);
      this.#end("closed by the PNE");
    } else this.#options.socket.destroy();
  }

  #advertise(advertisement: Advertisement | undefined): void {
    this.#advertised = advertisement !== undefined;
    this.#options.advertises(advertisement);
  }

  #received(fragment: Uint8Array): void {
    const link = this.#link;
    // Of a link that has ended meanwhile: the device completes it by itself.
    if (link === undefined) return;
    // First: what the fragment sets off may end the link.
    this.#send(Kind.sent, Uint8Array.of(0));
    link.received(fragment);
  }

  /** The owner hears that the link is closed before it hears that its write failed of that. */
  #end(reason: string): void {
    const link = this.#link;
    const write = this.#write;
    this.#link = undefined;
    this.#write = undefined;
    write?.timer.cancel();
    link?.closed(reason);
    write?.sent(new LinkError("link.closed"));
  }
}
