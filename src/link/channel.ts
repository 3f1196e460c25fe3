import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { maximumMessage } from "../codec/message.js";
import { LinkError } from "./errors.js";
import { Fragmenter, Reassembler } from "./fragment.js";
import { linkRecord, type RecordLayer } from "./record.js";

/**
 * The radio's end of a connection: one write at a time, `sent` is its completion. A port whose stack may never complete
 * a write limits the wait by itself and reports LinkError("link.write").
 */
export interface FragmentPort {
  /** ATT_MTU − 3; may change while the connection lives. */
  readonly maximumWrite: number;
  write(fragment: Uint8Array, sent: (error?: LinkError) => void): void;
}

/** Between two fragments of a message, and between its first and its last, however they trickle. */
export const reassemblyTimeout = Milliseconds(5_000);
export const messageTimeout = Milliseconds(15_000);
/** Messages that may wait behind the one in flight. */
const maximumWaiting = 4;

export interface ChannelOptions {
  readonly port: FragmentPort;
  readonly clock: Clock;
  onMessage(octets: Uint8Array): void;
  /**
   * Once `final`, on the second failure of a connection or the first one of a protected one, the channel is closed and
   * the owner disconnects.
   */
  onFailure(error: LinkError, final: boolean): void;
}

/**
 * Messages over one connection: cut, sent one fragment at a time, put together, and protected once a handshake has
 * given keys. A new connection is a new Channel: nothing half done survives a link.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #reassembler = new Reassembler();
  readonly #waiting: Uint8Array[] = [];
  #outgoing: Fragmenter | undefined;
  #number = 0;
  #layer: RecordLayer | undefined;
  #timer: Timer | undefined;
  /** When the first fragment of the message came of which there is a part. */
  #begun: Milliseconds | undefined;
  #failed = false;
  #writing = false;
  #pumping = false;
  #closed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get protected(): boolean {
    return this.#layer !== undefined;
  }

  /** How far the session that protects it is used up; undefined when none does. */
  get session(): Pick<RecordLayer, "alive" | "renewalDue" | "renewFrom" | "until"> | undefined {
    return this.#layer;
  }

  /** From here on everything sent is a record, and only records are taken. The layer is wiped with the channel. */
  protect(layer: RecordLayer): void {
    this.#layer?.wipe();
    this.#layer = layer;
    if (this.#closed) layer.wipe();
  }

  /**
   * Queues a message, which must not change before it has left. Throws LinkError("link.busy" | "link.closed" |
   * "link.tooLong" | "record.expired").
   */
  send(message: Uint8Array): void {
    if (this.#closed) throw new LinkError("link.closed");
    if (message.length === 0 || message.length > maximumMessage) throw new LinkError("link.tooLong");
    if (this.#waiting.length >= maximumWaiting) throw new LinkError("link.busy");
    this.#waiting.push(this.#layer === undefined ? message : this.#layer.seal(message));
    this.#pump();
  }

  /** A loop, as a port may complete a write before `write` returns: recursion would eat the device's stack. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (!this.#closed && !this.#writing) {
      const fragment = this.#nextFragment();
      if (fragment === undefined) break;
      this.#write(fragment);
    }
    this.#pumping = false;
  }

  #nextFragment(): Uint8Array | undefined {
    const { maximumWrite } = this.#options.port;
    const fragment = this.#outgoing?.next(maximumWrite);
    if (fragment !== undefined) return fragment;
    const message = this.#waiting.shift();
    this.#outgoing = message && new Fragmenter(message, this.#number++);
    return this.#outgoing?.next(maximumWrite);
  }

  #write(fragment: Uint8Array): void {
    let answered = false;
    const sent = (error?: LinkError): void => {
      if (answered || this.#closed) return;
      answered = true;
      this.#writing = false;
      if (error === undefined) this.#pump();
      else this.#fail(error, true);
    };
    this.#writing = true;
    try {
      this.#options.port.write(fragment, sent);
    } catch (error) {
      sent(error instanceof LinkError ? error : new LinkError("link.write"));
    }
  }

  /** Takes what the radio received; throws nothing but what `onMessage` or `onFailure` throws. */
  fragment(fragment: Uint8Array): void {
    if (this.#closed) return;
    let message: Uint8Array | undefined;
    try {
      message = this.#reassembler.push(fragment);
      this.#watch();
      if (message === undefined) return;
      message = this.#open(message);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.#fail(error, false);
      return;
    }
    this.#options.onMessage(message);
  }

  #open(message: Uint8Array): Uint8Array {
    if (this.#layer !== undefined) {
      if (message[0] !== linkRecord) throw new LinkError("link.plain");
      return this.#layer.open(message);
    }
    if (message[0] === linkRecord) throw new LinkError("record.form", "no session");
    return message;
  }

  #watch(): void {
    const { clock } = this.#options;
    const begun = this.#begun ?? clock.now();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#begun = this.#reassembler.pending ? begun : undefined;
    if (this.#begun === undefined) return;
    const left = Math.min(reassemblyTimeout, begun + messageTimeout - clock.now());
    this.#timer = clock.after(Milliseconds(Math.max(0, left)), () => {
      this.#fail(new LinkError("link.reassembly"), false);
    });
  }

  /**
   * One lost message can be mended, in the clear. Neither can a broken record be; nor a lost one, of which the PNE or its
   * PN GW would never hear that it was there: on a new connection they tell each other anew.
   */
  #fail(error: LinkError, final: boolean): void {
    const last = final || this.#failed || this.#layer !== undefined || error.code.startsWith("record.");
    this.#failed = true;
    if (last) this.close();
    else this.#drop();
    this.#options.onFailure(error, last);
  }

  #drop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#begun = undefined;
    this.#reassembler.reset();
  }

  /** Deaf and mute from here on. What waits was going on air as it is: it is forgotten, not wiped. */
  close(): void {
    this.#closed = true;
    this.#drop();
    this.#waiting.length = 0;
    this.#outgoing = undefined;
    this.#layer?.wipe();
    this.#layer = undefined;
  }
}
