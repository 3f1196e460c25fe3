import type { Advertisement, RadioListener } from "../../../src/gateway/radio.js";
import { advertisedState, serviceUUID } from "../../../src/link/service.js";
import { type NoblePeripheral, nobleUUID } from "./noble.js";

interface Seen {
  readonly peripheral: NoblePeripheral;
  advertisement: Advertisement;
  /** Rounds of scanning in a row that have not heard it. */
  missed: number;
  /** It has a link, or is about to have one, and advertises nothing. */
  connected: boolean;
  /** It was heard all the same: the news of its link's end is late. */
  again: boolean;
}

/** So many rounds without a word mean that it has gone. */
const roundsToGo = 3;
/** Whoever advertises under ever new addresses takes no more memory than this. */
const maximumSeen = 1_000;
const service = nobleUUID(serviceUUID);

/** Which PNEs are in range, from the rounds of a scan that tells of each device once. */
export class Sightings {
  readonly #listener: Pick<RadioListener, "heard" | "lost">;
  readonly #seen = new Map<string, Seen>();
  readonly #round = new Set<string>();

  constructor(listener: Pick<RadioListener, "heard" | "lost">) {
    this.#listener = listener;
  }

  peripheral(peer: string): NoblePeripheral | undefined {
    return this.#seen.get(peer)?.peripheral;
  }

  see(peripheral: NoblePeripheral): void {
    const { id, advertisement, connectable } = peripheral;
    const data = advertisement.serviceData?.find(({ uuid }) => uuid === service)?.data;
    // Without its answer to a scan, which the next round asks for again, nobody knows what it wants.
    const state = advertisedState(data?.[0]);
    if (state === undefined || !connectable) return;
    const { localName } = advertisement;
    const heard = { state, ...(localName !== undefined && { name: localName }) };
    const known = this.#seen.get(id);
    if (known === undefined && this.#seen.size >= maximumSeen) return;
    this.#round.add(id);
    const before = known?.advertisement;
    const connected = known?.connected === true;
    const seen = { peripheral, advertisement: heard, missed: 0, connected, again: connected };
    this.#seen.set(id, seen);
    if (!connected && (before?.state !== state || before.name !== localName)) this.#listener.heard(id, heard);
  }

  begin(): void {
    this.#round.clear();
  }

  /** A whole round is over. */
  end(): void {
    for (const [id, seen] of this.#seen) {
      if (seen.connected || this.#round.has(id)) continue;
      if (++seen.missed >= roundsToGo) this.forget(id);
    }
  }

  connected(peer: string): void {
    const seen = this.#seen.get(peer);
    if (seen !== undefined) seen.connected = true;
  }

  /** The connection did not come to be a link: it advertises on. */
  failed(peer: string): void {
    const seen = this.#seen.get(peer);
    if (seen !== undefined) Object.assign(seen, { connected: false, again: false, missed: 0 });
  }

  /** Its link has ended: it is there when it is heard again. */
  released(peer: string): void {
    const seen = this.#seen.get(peer);
    if (seen?.again !== true) {
      this.#seen.delete(peer);
      return;
    }
    Object.assign(seen, { connected: false, again: false });
    this.#listener.heard(peer, seen.advertisement);
  }

  forget(peer: string): void {
    if (this.#seen.delete(peer)) this.#listener.lost(peer);
  }

  lose(): void {
    for (const peer of [...this.#seen.keys()]) this.forget(peer);
  }
}
