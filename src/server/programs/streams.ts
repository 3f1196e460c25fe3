import type { Clock, Timer } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import type { ReadTables, ServerStore } from "../../database/store.js";
import { type Event, eventKey, eventNumber, eventOf, lastEvent } from "./readings.js";

/** Who hears of a User's events as they come. */
export interface Listener {
  /** It listens, and is told from now on. */
  begin(): void;
  event(number: number, event: Event): void;
  /** So many were there up to this number, and are not kept any more. */
  missed(count: number, number: number): void;
}

export interface StreamsPorts {
  readonly clock: Clock;
  readonly store: ServerStore;
  /** What goes wrong while nobody waits: the next event, or look, tries again. */
  fault(error: unknown): void;
  /** Other Servers write into this database, too: what they put is looked for. */
  readonly shared: boolean;
}

/** What another Server has put is found after so long. */
export const lookTime = Milliseconds(2_000);
const page = 64;

interface Place {
  cursor: number;
  readonly listener: Listener;
}

/**
 * Brings a User's events to who listens at this Server, in their order, each once. They lie in the database, so that it does
 * not matter which Server has taken them, nor whether this one was started anew: a bell tells of what this Server has put,
 * and one look at the numbers of all who listen, every two seconds, of what others have.
 */
export class Streams {
  readonly #ports: StreamsPorts;
  /** By owner. */
  readonly #places = new Map<string, Set<Place>>();
  readonly #pumping = new Set<string>();
  readonly #again = new Set<string>();
  #looking: Timer | undefined;

  constructor(ports: StreamsPorts) {
    this.#ports = ports;
  }

  /**
   * Listens from `after` on, or from now on where it is undefined, or is no number of this User's. Call what it resolves with
   * to end it.
   */
  async listen(owner: string, after: number | undefined, listener: Listener): Promise<() => void> {
    const last = await this.#ports.store.read((tables) => lastEvent(tables, owner));
    const place = { cursor: after === undefined || after > last ? last : after, listener };
    const places = this.#places.get(owner) ?? new Set();
    this.#places.set(owner, places.add(place));
    listener.begin();
    this.#look();
    void this.ring(owner);
    return () => {
      places.delete(place);
      if (places.size === 0 && this.#places.get(owner) === places) this.#places.delete(owner);
    };
  }

  /** There may be something new of this User's. */
  async ring(owner: string): Promise<void> {
    if (!this.#places.has(owner)) return;
    if (this.#pumping.has(owner)) return void this.#again.add(owner);
    this.#pumping.add(owner);
    try {
      do {
        this.#again.delete(owner);
        await this.#pump(owner);
      } while (this.#again.has(owner));
    } catch (error) {
      this.#ports.fault(error);
    } finally {
      this.#pumping.delete(owner);
    }
  }

  async #pump(owner: string): Promise<void> {
    for (;;) {
      const places = [...(this.#places.get(owner) ?? [])];
      const from = Math.min(...places.map(({ cursor }) => cursor));
      if (places.length === 0) return;
      const { rows, last } = await this.#ports.store.read((tables) => after(tables, owner, from));
      for (const { key, value } of rows) {
        const [number, event] = [eventNumber(key), eventOf(value)];
        for (const place of places) tell(place, number, event);
      }
      if (rows.length === page) continue;
      // What is over already is not looked for again.
      for (const place of places) pass(place, last);
      return;
    }
  }

  /** Looks for what other Servers have put, for as long as anybody listens. */
  #look(): void {
    if (!this.#ports.shared || this.#looking !== undefined || this.#places.size === 0) return;
    this.#looking = this.#ports.clock.after(lookTime, () => {
      this.#lookNow()
        .catch((error: unknown) => this.#ports.fault(error))
        .finally(() => {
          this.#looking = undefined;
          this.#look();
        });
    });
  }

  async #lookNow(): Promise<void> {
    const owners = [...this.#places.keys()];
    const lasts = await this.#ports.store.read(async ({ eventHeads }) => {
      const found: number[] = [];
      for (const owner of owners) found.push((await eventHeads.get(owner))?.last ?? 0);
      return found;
    });
    for (const [i, owner] of owners.entries()) {
      const behind = [...(this.#places.get(owner) ?? [])].some(({ cursor }) => cursor < (lasts[i] ?? 0));
      if (behind) void this.ring(owner);
    }
  }

  stop(): void {
    this.#looking?.cancel();
    this.#places.clear();
  }
}

/** The owner's events after this number, a page of them, and the number of the last one that there was. */
async function after(tables: ReadTables, owner: string, number: number) {
  const last = await lastEvent(tables, owner);
  return { rows: await tables.events.page(eventKey(owner, number), page, eventKey(owner, last)), last };
}

function tell(place: Place, number: number, event: Event): void {
  if (number <= place.cursor) return;
  pass(place, number - 1);
  place.cursor = number;
  place.listener.event(number, event);
}

function pass(place: Place, number: number): void {
  const missed = number - place.cursor;
  if (missed <= 0) return;
  place.cursor = number;
  place.listener.missed(missed, number);
}
