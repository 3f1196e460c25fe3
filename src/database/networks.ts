import { hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import { PushKind } from "../codec/pushKinds.js";
import { pushTo } from "./pushes.js";
import type { PNMember, PNRecord } from "./rows/networks.js";
import type { ReadTables, ServerTables } from "./store.js";
import { isAhead } from "./table.js";

/** PNs at the Server and who is in them. */

/** More than any PN has, those who want in among them, and more PNs than any owner has. */
export const maximumRows = 1000;
/** PNs that one PNE may be in at once; it is one, but for those that it was cut off from. */
export const maximumMemberships = 64;

/** PN of a PN GW in the tables: PN IDs are made by gateways and scoped by them (C-26). */
export const pnName = (gateway: Uint8Array, pnID: Uint8Array): string => `${hex(gateway)}/${hex(pnID)}`;

export const memberName = (gateway: Uint8Array, pnID: Uint8Array, entityID: Uint8Array): string =>
  `${pnName(gateway, pnID)}/${hex(entityID)}`;

/** Between PNRegistrationRequest and the hashes, milliseconds: devices handshake with the PN GW in between. */
export const pendingLifetime = 120_000;

/** What it was offered to take part anew is kept no longer than it is good for. */
export function withoutLapsed({ returning, ...row }: PNMember, now: Milliseconds): PNMember {
  const good = returning !== undefined && isAhead(returning.endsAt, now, Milliseconds(pendingLifetime));
  return good ? { ...row, returning } : row;
}

/** The PNs in which a PNE has proven itself, that of its newest session first: from the others it was cut off. */
export async function placesOf(
  { members }: Pick<ReadTables, "members">,
  entityID: Uint8Array,
): Promise<readonly PNMember[]> {
  const found = await members.find("entity", hex(entityID), maximumMemberships);
  const last = ({ session }: PNMember): number => session?.endsAt ?? 0;
  const inside = found.map(({ value }) => value).filter(({ session }) => session !== undefined);
  return inside.sort((one, other) => last(other) - last(one));
}

/** Takes a member out; a PN without members is gone. Returns how many are left. */
export async function removeMember(
  { pns, members }: Pick<ServerTables, "pns" | "members">,
  pn: PNRecord,
  entity: string,
): Promise<number> {
  const name = pnName(pn.gatewayID, pn.pnID);
  const key = `${name}/${entity}`;
  const row = await members.get(key);
  if (row === undefined) return pn.size;
  await members.delete(key);
  // Who wants into a PN that stands, and has not proven himself yet, is not counted.
  if (pn.established && row.session === undefined) return pn.size;
  const left = pn.size - 1;
  if (left > 0) await pns.put(name, { ...pn, size: left });
  else await pns.delete(name);
  return left;
}

/** Deletes a PN with all of its members. */
export async function dissolve(
  { pns, members }: Pick<ServerTables, "pns" | "members">,
  name: string,
): Promise<void> {
  for (const { key } of await members.find("pn", name, maximumRows)) await members.delete(key);
  await pns.delete(name);
}

/** Takes a PNE, by `hex(Entity ID)`, out of all its PNs, and tells their PN GWs, who must not serve it any longer. */
export async function leaveNetworks(tables: ServerTables, entity: string, now: Milliseconds): Promise<void> {
  const places = await tables.members.find("entity", entity, maximumMemberships);
  for (const { key, value: member } of places) {
    const name = key.slice(0, key.lastIndexOf("/"));
    const pn = await tables.pns.get(name);
    if (pn === undefined) {
      await tables.members.delete(key);
      continue;
    }
    await removeMember(tables, pn, entity);
    const { gatewayID, pnID } = pn;
    const push = { gatewayID, kind: PushKind.removed, entityID: member.entityID, pnID };
    await pushTo(tables, push, now);
  }
}
