import { hex } from "../../base/octets.js";
import type { Milliseconds } from "../../base/units.js";
import { memberName, pnName } from "../../database/networks.js";
import type { EntityRecord } from "../../database/rows/entities.js";
import type { MemberSession, PNMember, PNRecord } from "../../database/rows/networks.js";
import { sessionHolds } from "../../database/sessions.js";
import type { ReadTables } from "../../database/store.js";
import type { Origin } from "../../procedure/serverPorts.js";

/** A PNE that is in an established PN. */
export interface FoundMember {
  readonly pn: PNRecord;
  readonly member: PNMember;
  readonly entity: EntityRecord;
}

export async function findMember(
  tables: Pick<ReadTables, "pns" | "members" | "entities">,
  { entityID, gatewayID }: Origin,
  pnID: Uint8Array,
): Promise<FoundMember | undefined> {
  const pn = await tables.pns.get(pnName(gatewayID, pnID));
  const member = await tables.members.get(memberName(gatewayID, pnID, entityID));
  const entity = await tables.entities.get(hex(entityID));
  const known = pn?.established === true && member !== undefined && entity?.role === "pne";
  return known ? { pn, member, entity } : undefined;
}

/** The session, and those that are staged, the newest first, while their time and their EUKey last (GWA-01). */
export function usableSessions({ member, entity }: FoundMember, now: Milliseconds): readonly MemberSession[] {
  const staged = [...(member.staged ?? [])].reverse();
  return [member.session, ...staged].flatMap((one) =>
    one !== undefined && sessionHolds(one, entity, now) ? [one] : [],
  );
}
