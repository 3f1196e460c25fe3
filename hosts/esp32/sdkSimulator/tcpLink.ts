import type { Clock } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { encodeUtf8 } from "../../../src/codec/utf8.js";
import type { LinkEvents, RadioDriver } from "../../../src/device/radio.js";
import { LinkError } from "../../../src/link/errors.js";
import { FrameReader, frame, Kind, notAdvertising } from "../../../src/link/virtualRadio.js";
import type { AdvertisedState, GatewayConnection } from "../../../src/pne/ports.js";
import type { TcpSocket, TcpSocketClass } from "./socket.js";

const retry = Milliseconds(500);

export interface TcpLinkOptions {
  readonly Socket: TcpSocketClass;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
}

/** The radio of the firmware in the SDK's simulator, which has no BLE: the air of `cpns sim` over TCP. */
export class TcpLink implements RadioDriver {
  readonly #options: TcpLinkOptions;
  /** Open, or on its way there. */
  #opened: TcpSocket | undefined;
  #socket: TcpSocket | undefined;
  #events: LinkEvents | undefined;
  #name = "";
  #state: AdvertisedState | undefined;
  #ready = false;
  #linked = false;
  /** What is to be advertised once the link has ended. */
  #waits = false;
  #writes: ((error?: LinkError) => void)[] = [];

  constructor(options: TcpLinkOptions) {
    this.#options = options;
  }

  start(name: string, events: LinkEvents): void {
    this.#name = name;
    this.#events = events;
    this.#open();
  }

  advertise(state: AdvertisedState | undefined, name = this.#name): void {
    this.#state = state;
    this.#name = name;
    this.#sendState();
  }

  /**
   * Nothing while there is a link: the PN GW may have ended it already, would connect at once, and take what is still on
   * its way of the old link, its end too, for the new one's.
   */
  #sendState(): void {
    this.#waits = this.#linked;
    if (this.#linked) return;
    const name = encodeUtf8(this.#name);
    const payload = new Uint8Array(1 + name.length);
    payload[0] = this.#state ?? notAdvertising;
    payload.set(name, 1);
    this.#send(Kind.advertise, payload);
  }

  #send(kind: number, payload?: Uint8Array): void {
    const socket = this.#socket;
    try {
      socket?.write(frame(kind, payload).buffer as ArrayBuffer);
    } catch {
      // Where nobody listens the SDK says "connected" on Linux, and throws at the first write.
      if (socket !== undefined) this.#lost(socket);
    }
  }

  #open(): void {
    const { Socket: Sdk, host, port } = this.#options;
    const socket = new Sdk({ host, port, noDelay: true });
    this.#opened = socket;
    const reader = new FrameReader((kind, payload) => this.#take(kind, payload));
    socket.callback = (message, value) => {
      if (message === Sdk.connected) {
        this.#socket = socket;
        if (this.#ready) this.#sendState();
        else {
          this.#ready = true;
          this.#events?.ready();
        }
      } else if (message === Sdk.readable) {
        if (!reader.push(new Uint8Array(socket.read(ArrayBuffer, value)))) this.#lost(socket);
      } else if (message < 0) this.#lost(socket);
    };
  }

  #lost(socket: TcpSocket): void {
    if (this.#opened !== socket) return;
    this.#opened = undefined;
    socket.callback = () => {};
    socket.close();
    this.#socket = undefined;
    this.#unlinked();
    this.#options.clock.after(retry, () => this.#open());
  }

  #take(kind: number, payload: Uint8Array): void {
    if (kind === Kind.connected) this.#connected(payload);
    else if (kind === Kind.disconnect) this.#unlinked();
    else if (kind === Kind.fragment && this.#linked) this.#events?.received(payload);
    else if (kind === Kind.sent)
      this.#writes.shift()?.(payload[0] === 0 ? undefined : new LinkError("link.write"));
  }

  #connected(payload: Uint8Array): void {
    const connection: GatewayConnection = {
      maximumWrite: ((payload[0] ?? 0) << 8) | (payload[1] ?? 0),
      secure: payload[2] === 1,
      write: (fragment, sent) => {
        this.#writes.push(sent);
        this.#send(Kind.fragment, fragment);
      },
      disconnect: () => this.#send(Kind.disconnect),
    };
    this.#linked = true;
    if (this.#events?.connected(connection) !== true) connection.disconnect();
  }

  #unlinked(): void {
    if (!this.#linked) return;
    this.#linked = false;
    const writes = this.#writes;
    this.#writes = [];
    this.#events?.disconnected();
    for (const sent of writes) sent(new LinkError("link.closed"));
    if (this.#waits && !this.#linked) this.#sendState();
  }
}
