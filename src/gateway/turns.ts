import { Milliseconds } from "../base/units.js";
import { AdvertisedState } from "../link/service.js";
import type { PneConnection } from "./pneLink.js";
import type { Advertisement } from "./radio.js";

/** What the PN GW does on a connection that it has taken. */
export interface Served {
  /** Known, in no PN, and asking for nothing: such a PNE stays connected only to be reached. */
  readonly idle: boolean;
  fragment(fragment: Uint8Array): void;
  closed(): void;
}

export interface Link {
  readonly connection: PneConnection;
  served: Served | undefined;
  /** The instant of the last fragment of either direction. */
  last: number;
  /** The PNE has said something. */
  spoke: boolean;
  leaving: boolean;
}

export interface Peer {
  readonly id: string;
  /** While it is heard. */
  advertisement: Advertisement | undefined;
  /** What it has last said, which stays while it is linked. */
  said: Advertisement | undefined;
  /** It waits for a connection since then. */
  since: number;
  /** Attempts in a row that failed. */
  failures: number;
  /** No attempt before this. */
  notBefore: number;
  connecting: boolean;
  link: Link | undefined;
}

/**
 * A PNE's procedure may be silent for a while between two messages, when it derives a key. Quiet for longer, an idle one
 * makes room for one that needs something at once; and for another idle one when that has waited for a turn.
 */
export const quietTime = Milliseconds(5_000);
export const turnTime = Milliseconds(60_000);

export interface Steps {
  readonly connect: readonly Peer[];
  readonly letGo: readonly Link[];
  /** After which to look again, though nothing has happened; infinite when there is no need. */
  readonly wait: number;
}

/** 0 for those who need something now, or their PN GW back. */
function urgency({ advertisement }: Peer): number {
  const state = advertisement?.state;
  return state === AdvertisedState.joined || state === AdvertisedState.wanting ? 0 : 1;
}

/** Whom to connect to and whom to let go, with `maximum` links at once: nobody who is not idle and quiet is let go. */
export function nextSteps(peers: Iterable<Peer>, now: number, maximum: number): Steps {
  let room = maximum;
  let retry = Number.POSITIVE_INFINITY;
  const ready: Peer[] = [];
  const links: Link[] = [];
  for (const peer of peers) {
    if (peer.link !== undefined) links.push(peer.link);
    if (peer.connecting || peer.link !== undefined) room--;
    else if (peer.advertisement === undefined) continue;
    else if (peer.notBefore <= now) ready.push(peer);
    else retry = Math.min(retry, peer.notBefore - now);
  }
  room = Math.max(0, room);
  ready.sort((a, b) => urgency(a) - urgency(b) || a.failures - b.failures || a.since - b.since);
  const { letGo, wait } = makeRoom(ready.slice(room), links, now);
  return { connect: ready.slice(0, room), letGo, wait: Math.min(wait, retry) };
}

function makeRoom(ready: readonly Peer[], links: readonly Link[], now: number): Omit<Steps, "connect"> {
  const wanting = ready.slice(links.filter(({ leaving }) => leaving).length);
  const idle = links
    .filter(({ served, leaving }) => served?.idle === true && !leaving)
    .sort((a, b) => a.last - b.last);
  const letGo: Link[] = [];
  for (const peer of wanting) {
    const link = idle.shift();
    // Somebody may become idle without a word: looked at again after a while.
    if (link === undefined) return { letGo, wait: quietTime };
    const due = urgency(peer) === 0 ? link.last + quietTime : Math.max(link.last, peer.since) + turnTime;
    if (due > now) return { letGo, wait: due - now };
    letGo.push(link);
  }
  return { letGo, wait: Number.POSITIVE_INFINITY };
}
