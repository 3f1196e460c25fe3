import { LinkError } from "../../../src/link/errors.js";
import type { Clock, Timer } from "../../../src/ports.js";
import { Milliseconds } from "../../../src/units.js";

export type Direction = "toGateway" | "toPNE";

/** One fragment as it went over the air, for capture and bench. */
export interface AirFragment {
  readonly link: number;
  readonly direction: Direction;
  readonly octets: Uint8Array;
  readonly at: Milliseconds;
}

export interface RadioOptions {
  readonly clock: Clock;
  /** ATT_MTU, 23 … 517. */
  readonly mtu: number;
  /** Connection interval. */
  readonly interval: Milliseconds;
  /** Fragments that one side may send in one connection event. */
  readonly perEvent: number;
  onFragment?(fragment: AirFragment): void;
}

/** What one end of a connection does with what arrives. */
export interface LinkEnd {
  received(fragment: Uint8Array): void;
  closed(reason: string): void;
}

/** A hand in the air: what becomes of a fragment; [] loses it. */
export type Tamper = (fragment: Uint8Array, direction: Direction, index: number) => readonly Uint8Array[];

interface Queued {
  readonly fragment: Uint8Array;
  readonly sent: (error?: LinkError) => void;
}

/** Fragments that one side may queue, as a controller's buffers. */
const maximumQueue = 8;
/** A peer that vanished without a word is noticed after this. */
const supervisionTimeout = Milliseconds(2_000);

/**
 * A connection with GATT's limits: at every connection event each side's queue moves, at most `perEvent` fragments,
 * each cut silently at MTU − 3 as a notification is; order is kept, and only the end of the link loses anything.
 */
export class AirLink {
  readonly id: number;
  readonly secure: boolean;
  tamper: Tamper | undefined;
  /** Fragments that had to be cut: a fault of who sent them. */
  violations = 0;
  readonly #options: RadioOptions;
  readonly #queues: Record<Direction, Queued[]> = { toGateway: [], toPNE: [] };
  readonly #counts: Record<Direction, number> = { toGateway: 0, toPNE: 0 };
  #ends: Readonly<Record<Direction, LinkEnd>> | undefined;
  #timer: Timer | undefined;
  #vanished: Direction | undefined;
  readonly #started: number;

  constructor(id: number, secure: boolean, options: RadioOptions) {
    this.id = id;
    this.secure = secure;
    this.#options = options;
    this.#started = options.clock.now();
  }

  get open(): boolean {
    return this.#ends !== undefined;
  }

  get maximumWrite(): number {
    return this.#options.mtu - 3;
  }

  /** Fragments delivered so far. */
  get fragments(): Readonly<Record<Direction, number>> {
    return this.#counts;
  }

  attach(gateway: LinkEnd, pne: LinkEnd): void {
    this.#ends = { toGateway: gateway, toPNE: pne };
  }

  write(direction: Direction, fragment: Uint8Array, sent: (error?: LinkError) => void): void {
    const queue = this.#queues[direction];
    if (!this.open || queue.length >= maximumQueue) {
      sent(new LinkError(this.open ? "link.busy" : "link.closed"));
      return;
    }
    if (fragment.length > this.maximumWrite) this.violations++;
    queue.push({ fragment: fragment.slice(0, this.maximumWrite), sent });
    this.#schedule();
  }

  /** The next event of the connection's own rhythm, counted from its start. */
  #schedule(): void {
    if (this.#timer !== undefined || !this.open) return;
    const { clock, interval } = this.#options;
    const next = interval - ((clock.now() - this.#started) % interval);
    this.#timer = clock.after(Milliseconds(next), () => this.#event());
  }

  #event(): void {
    this.#timer = undefined;
    // What is answered during an event goes out in the next one: a device needs time to think.
    const { perEvent } = this.#options;
    const toPNE = this.#queues.toPNE.splice(0, perEvent);
    const toGateway = this.#queues.toGateway.splice(0, perEvent);
    for (const queued of toPNE) this.#deliver("toPNE", queued);
    for (const queued of toGateway) this.#deliver("toGateway", queued);
    if (this.#queues.toGateway.length + this.#queues.toPNE.length > 0) this.#schedule();
  }

  #deliver(direction: Direction, queued: Queued): void {
    if (!this.open || this.#vanished !== undefined) return;
    const index = this.#counts[direction]++;
    const arriving = this.tamper?.(queued.fragment, direction, index) ?? [queued.fragment];
    for (const octets of arriving) {
      if (!this.open) return;
      this.#options.onFragment?.({ link: this.id, direction, octets, at: this.#options.clock.now() });
      this.#ends?.[direction].received(octets.slice());
    }
    if (this.open) queued.sent();
  }

  /** Ends the link; both ends hear of it now. */
  disconnect(reason: string): void {
    const ends = this.#ends;
    if (ends === undefined) return;
    this.#close();
    ends.toPNE.closed(reason);
    ends.toGateway.closed(reason);
  }

  /** One end lost its power: the other one hears of it when the supervision timeout has passed. */
  vanish(end: "pne" | "gateway"): void {
    const ends = this.#ends;
    if (ends === undefined || this.#vanished !== undefined) return;
    this.#vanished = end === "pne" ? "toPNE" : "toGateway";
    const other = end === "pne" ? ends.toGateway : ends.toPNE;
    this.#options.clock.after(supervisionTimeout, () => {
      if (!this.open) return;
      this.#close();
      other.closed("supervision timeout");
    });
  }

  #close(): void {
    this.#ends = undefined;
    this.#timer?.cancel();
    this.#queues.toGateway.length = 0;
    this.#queues.toPNE.length = 0;
  }
}
