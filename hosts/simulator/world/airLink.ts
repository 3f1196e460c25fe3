import type { Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { LinkError } from "../../../src/link/errors.js";
import {
  type AirFragment,
  type AirLinkOptions,
  type Direction,
  type End,
  expectMtu,
  type LinkEnd,
  type Tamper,
  type Traffic,
} from "./air.js";

interface Queued {
  readonly fragment: Uint8Array;
  readonly sent: (error?: LinkError) => void;
  /** The first connection event that it may go with. */
  readonly event: number;
}

/** Fragments that one side may queue, as a controller's buffers. */
const maximumQueue = 8;
const usualSupervision = Milliseconds(2_000);
const receiver = Object.freeze({ toGateway: "gateway", toPNE: "pne" } as const);
const sender = Object.freeze({ toGateway: "pne", toPNE: "gateway" } as const);

/**
 * A connection with GATT's limits. At every connection event both directions move, at most `perEvent` fragments each;
 * an answer to what arrived goes with the next event, but what a completed write lets follow goes with the same one.
 * Each fragment is cut silently at MTU − 3 as a notification is. Order is kept, and only the end of the link or a full
 * queue loses anything. Every write is completed once, unless the writer lost its power.
 */
export class AirLink {
  readonly id: number;
  readonly secure: boolean;
  tamper: Tamper | undefined;
  /** Fragments that had to be cut: a fault of who sent them. */
  violations = 0;
  readonly traffic: Readonly<Record<Direction, Traffic>> = {
    toGateway: { fragments: 0, octets: 0 },
    toPNE: { fragments: 0, octets: 0 },
  };
  readonly #options: AirLinkOptions;
  readonly #started: number;
  readonly #queues: Record<Direction, Queued[]> = { toGateway: [], toPNE: [] };
  readonly #ends = new Map<End, LinkEnd>();
  readonly #vanished = new Set<End>();
  #outOfReach = false;
  #timer: Timer | undefined;
  #watch: Timer | undefined;
  #events = 0;
  #receiving = false;
  #dropIn = 0;
  #air: { readonly first: number; last: number } | undefined;

  /** Throws RangeError for an MTU that ATT does not know. */
  constructor(id: number, secure: boolean, options: AirLinkOptions) {
    expectMtu(options.mtu);
    this.id = id;
    this.secure = secure;
    this.#options = options;
    this.#started = options.clock.now();
  }

  /** Some end still takes itself for connected. */
  get open(): boolean {
    return this.#ends.size > 0;
  }

  get maximumWrite(): number {
    return this.#options.mtu - 3;
  }

  /** Between the first and the last fragment in the air. */
  get radioTime(): Milliseconds {
    return Milliseconds(this.#air === undefined ? 0 : this.#air.last - this.#air.first);
  }

  attach(gateway: LinkEnd, pne: LinkEnd): void {
    this.#ends.set("gateway", gateway).set("pne", pne);
  }

  /** Completes at once with LinkError("link.busy" | "link.closed") what it does not take. */
  write(direction: Direction, fragment: Uint8Array, sent: (error?: LinkError) => void): void {
    const from = sender[direction];
    if (this.#vanished.has(from)) return;
    const queue = this.#queues[direction];
    if (!this.#ends.has(from) || queue.length >= maximumQueue) {
      sent(new LinkError(this.#ends.has(from) ? "link.busy" : "link.closed"));
      return;
    }
    if (fragment.length > this.maximumWrite) this.violations++;
    const event = this.#events + (this.#receiving ? 1 : 0);
    queue.push({ fragment: fragment.slice(0, this.maximumWrite), sent, event });
    this.#schedule();
  }

  /** Loses the link when the n-th fragment from now, of either direction, goes into the air: it does not arrive. */
  dropAt(n: number): void {
    this.#dropIn = n;
  }

  /**
   * Ends the link; both ends hear of it now. `by`: the end that ends it, which is the only one to hear of it while
   * nothing gets through; the other one waits for its supervision timeout.
   */
  disconnect(reason: string, by?: End): void {
    if (by !== undefined && this.#silent) this.#close(by, reason);
    else for (const end of ["pne", "gateway"] as const) this.#close(end, reason);
  }

  /** One end lost its power: it hears nothing more, the other one when the supervision timeout has passed. */
  vanish(end: End): void {
    if (!this.#ends.delete(end)) return;
    this.#vanished.add(end);
    this.#over("power lost");
    this.#superviseSilence();
  }

  /** Out of reach nothing gets through and nothing is lost, until the supervision timeout ends the link. */
  setReach(within: boolean): void {
    this.#outOfReach = !within;
    if (this.#silent) {
      this.#superviseSilence();
      return;
    }
    this.#watch?.cancel();
    this.#watch = undefined;
    this.#schedule();
  }

  get #silent(): boolean {
    return this.#outOfReach || this.#ends.size < 2;
  }

  #superviseSilence(): void {
    if (!this.open) return;
    this.#watch ??= this.#options.clock.after(this.#options.supervision ?? usualSupervision, () => {
      for (const end of ["pne", "gateway"] as const) this.#close(end, "supervision timeout");
    });
  }

  /** The next event of the connection's own rhythm, counted from its start, when there is something to send. */
  #schedule(): void {
    const { toGateway, toPNE } = this.#queues;
    if (this.#timer !== undefined || this.#silent || toGateway.length + toPNE.length === 0) return;
    const { clock, interval } = this.#options;
    const next = interval - ((clock.now() - this.#started) % interval);
    this.#timer = clock.after(Milliseconds(next), () => this.#event());
  }

  #event(): void {
    this.#timer = undefined;
    this.#events++;
    this.#move("toPNE");
    this.#move("toGateway");
    this.#schedule();
  }

  #move(direction: Direction): void {
    const queue = this.#queues[direction];
    for (let room = this.#options.perEvent; room > 0 && !this.#silent; room--) {
      if (queue[0] === undefined || queue[0].event > this.#events) return;
      this.#carry(direction, queue.shift() as Queued);
    }
  }

  #carry(direction: Direction, { fragment, sent }: Queued): void {
    const traffic = this.traffic[direction];
    const index = traffic.fragments++;
    traffic.octets += fragment.length;
    const at = this.#options.clock.now();
    this.#air ??= { first: at, last: at };
    this.#air.last = at;
    if (this.#dropIn > 0 && --this.#dropIn === 0) this.disconnect("link lost");
    else {
      for (const octets of this.tamper?.(fragment, direction, index) ?? [fragment]) {
        this.#deliver({ link: this.id, direction, octets, at });
      }
    }
    const from = sender[direction];
    if (this.#ends.has(from)) sent();
    else if (!this.#vanished.has(from)) sent(new LinkError("link.closed"));
  }

  #deliver(fragment: AirFragment): void {
    const end = this.#ends.get(receiver[fragment.direction]);
    if (end === undefined) return;
    this.#receiving = true;
    try {
      this.#options.onFragment?.(fragment);
      end.received(fragment.octets.slice());
    } finally {
      this.#receiving = false;
    }
  }

  /** The owner hears that the link is closed before it hears that its writes failed of that. */
  #close(name: End, reason: string): void {
    const end = this.#ends.get(name);
    if (end === undefined) return;
    this.#ends.delete(name);
    const lost = this.#queues[name === "pne" ? "toGateway" : "toPNE"].splice(0);
    this.#over(reason);
    end.closed(reason);
    for (const { sent } of lost) sent(new LinkError("link.closed"));
  }

  #over(reason: string): void {
    if (!this.open) this.#options.onOver?.(reason);
  }
}
