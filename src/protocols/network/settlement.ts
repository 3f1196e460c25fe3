import { equalBytes } from "../../base/octets.js";
import { decode } from "../../codec/schema.js";
import type { Member } from "./member.js";
import { pnInventory } from "./messages.js";

/** A PN as the PN GW keeps it once the Server has registered it (PNI-13, PNR-14). */
export interface EstablishedPN {
  readonly pnID: Uint8Array;
  /** The Server's inventory, as it was proven. */
  readonly inventory: Uint8Array;
  /** Entity ID of the PNE that started it; none when the PN GW did. */
  readonly initiator: Uint8Array | undefined;
  /** Everybody here was asked: who comes later may come in. */
  readonly open: boolean;
  /** Routing table (PNI-04a): who is in now, and by which link. */
  readonly members: readonly Member[];
}

/** What the Server has said of a PN that stands. */
export interface Settled {
  /** Its inventory, of then. */
  readonly inventory: Uint8Array;
  /** Who has proven itself: members with new keys, and new ones. */
  readonly fresh: readonly Member[];
  /** The members when the Server was asked. */
  readonly before: readonly Member[];
}

/** What a PN is after the Server's word. */
interface Settlement {
  /** None when it is over, or nothing changes. */
  readonly pn?: EstablishedPN;
  /** Who is in by what the Server has said, with new keys. */
  readonly inside: readonly Member[];
  /** Who was taken out while the Server was asked. */
  readonly late: readonly Member[];
  /** Members whom the Server knows no more: its database was put back, or its calendar was. */
  readonly forgotten: readonly Member[];
}

export const memberOf = <T extends { readonly entityID: Uint8Array }>(
  all: readonly T[],
  entityID: Uint8Array,
): T | undefined => all.find((one) => equalBytes(one.entityID, entityID));

const listOf = (inventory: Uint8Array) => decode(pnInventory, inventory).members;

/**
 * The Server has said who has proven itself for a PN that stands: members that take part anew, and others who come in.
 * Marks who has to take part anew to have a proof of all. `pn`: as it is now.
 */
export function settled(pn: EstablishedPN | undefined, { inventory, fresh, before }: Settled): Settlement {
  const old = (one: Member) => memberOf(pn?.members ?? [], one.entityID);
  const stays = (one: Member) => (old(one) ?? memberOf(before, one.entityID)) === old(one);
  const inside = fresh.filter((one) => pn !== undefined && stays(one));
  const late = fresh.filter((one) => !inside.includes(one));
  if (pn === undefined || inside.length === 0) return { inside: [], late, forgotten: [] };
  const others = inside.filter((one) => old(one) === undefined);
  // Nor have the others a proof of members that the Server had forgotten.
  const known = listOf(pn.inventory);
  const news = inside.some((one) => old(one) === undefined || !memberOf(known, one.entityID));
  const stayed = pn.members.map((member) => memberOf(inside, member.entityID) ?? member);
  const members = [...stayed, ...others];
  // Answers may overtake each other: this one knows nothing of who has come in since it was asked for.
  const listed = listOf(inventory);
  const stale = pn.members.some((one) => !before.includes(one) && !memberOf(listed, one.entityID));
  const larger = stale && listed.length <= known.length;
  for (const one of members) {
    const is = memberOf(inside, one.entityID);
    if (stale || (news && is === undefined)) one.outdated = true;
    if (one.outdated) one.asked = 0;
    if (is !== undefined) is.started ||= old(is)?.started === true;
  }
  const forgotten = before.filter((one) => members.includes(one) && !memberOf(listed, one.entityID));
  return { pn: { ...pn, inventory: larger ? pn.inventory : inventory, members }, inside, late, forgotten };
}
