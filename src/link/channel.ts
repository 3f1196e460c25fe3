import { wipe } from "../crypto/bytes.js";
import type { Clock, Timer } from "../ports.js";
import { Milliseconds } from "../units.js";
import { LinkError } from "./errors.js";
import { Fragmenter, Reassembler } from "./fragment.js";
import { linkRecord, type RecordLayer } from "./record.js";

/** The radio's end of a connection: one write at a time, `sent` is its completion. */
export interface FragmentPort {
  /** ATT_MTU − 3; may change while the connection lives. */
  readonly maximumWrite: number;
  write(fragment: Uint8Array, sent: (error?: LinkError) => void): void;
}

/** Between the first and the last fragment of a message. */
export const reassemblyTimeout = Milliseconds(5_000);
/** Messages that may wait behind the one in flight. */
const maximumWaiting = 4;

export interface ChannelOptions {
  readonly port: FragmentPort;
  readonly clock: Clock;
  onMessage(octets: Uint8Array): void;
  /** `final` on the second failure of a connection: the owner disconnects. */
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
  #failed = false;
  #closed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get protected(): boolean {
    return this.#layer !== undefined;
  }

  /** From here on everything sent is a record, and only records are taken. */
  protect(layer: RecordLayer): void {
    this.#layer?.wipe();
    this.#layer = layer;
  }

  /** Queues a message. Throws LinkError("link.busy" | "link.closed" | "record.expired"). */
  send(message: Uint8Array): void {
    if (this.#closed) throw new LinkError("link.closed");
    if (this.#waiting.length >= maximumWaiting) throw new LinkError("link.busy");
    this.#waiting.push(this.#layer === undefined ? message : this.#layer.seal(message));
    if (this.#outgoing === undefined) this.#sendNext();
  }

  #sendNext(): void {
    const message = this.#waiting.shift();
    this.#outgoing = message && new Fragmenter(message, this.#number++);
    if (this.#outgoing !== undefined) this.#sendFragment(this.#outgoing);
  }

  #sendFragment(outgoing: Fragmenter): void {
    const { port } = this.#options;
    const fragment = outgoing.next(port.maximumWrite);
    if (fragment === undefined) {
      this.#sendNext();
      return;
    }
    port.write(fragment, (error) => {
      if (this.#closed || this.#outgoing !== outgoing) return;
      if (error === undefined) this.#sendFragment(outgoing);
      else this.#fail(error, true);
    });
  }

  /** Takes what the radio received; never throws. */
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
      this.#fail(error, error.code.startsWith("record.") || error.code === "link.plain");
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
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#reassembler.pending) return;
    this.#timer = this.#options.clock.after(reassemblyTimeout, () => {
      this.#fail(new LinkError("link.reassembly"), false);
    });
  }

  /** A broken record or a broken fragment order cannot be mended on this connection; one lost message can. */
  #fail(error: LinkError, final: boolean): void {
    this.#reassembler.reset();
    this.#timer?.cancel();
    const last = final || this.#failed;
    this.#failed = true;
    this.#options.onFailure(error, last);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#reassembler.reset();
    for (const message of this.#waiting) wipe(message);
    this.#waiting.length = 0;
    this.#outgoing = undefined;
    this.#layer?.wipe();
    this.#layer = undefined;
  }
}
