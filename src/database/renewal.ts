import { equalBytes, hex } from "../base/octets.js";
import type { Milliseconds } from "../base/units.js";
import { PushKind } from "../codec/pushKinds.js";
import { maximumMemberships, placesOf } from "./networks.js";
import { pushTo } from "./pushes.js";
import type { EntityRecord } from "./rows/entities.js";
import type { PNMember } from "./rows/networks.js";
import type { PushRecord } from "./rows/sessions.js";
import type { ServerTables } from "./store.js";

/** The Server wants another EUKey of a PNE in place of the one that there is (S3 3e, C-38). */

/**
 * Wants it until there is one, and returns what to tell the PN GW that the PNE is at, or was enrolled at: undefined for
 * what is no PNE of anybody's. One that is not reached is told when it is next in a PN.
 */
export async function wantRenewal(
  tables: Pick<ServerTables, "entities" | "members">,
  entityID: Uint8Array,
): Promise<Omit<PushRecord, "endsAt" | "result" | "awaited"> | undefined> {
  const name = hex(entityID);
  const entity = await tables.entities.get(name);
  if (entity?.role !== "pne") return undefined;
  if (entity.renewal !== true) await tables.entities.put(name, { ...entity, renewal: true });
  const [place] = await placesOf(tables, entityID);
  const gatewayID = place?.gatewayID ?? entity.gatewayID;
  return { gatewayID, kind: PushKind.rekey, entityID };
}

/** It is in a PN of this PN GW now, or has renewed its session there: what was wanted while it was away is told again. */
export async function remindOfRenewal(
  tables: Pick<ServerTables, "pushes">,
  { renewal }: EntityRecord,
  { gatewayID, entityID }: Pick<PNMember, "gatewayID" | "entityID">,
  now: Milliseconds,
): Promise<void> {
  if (renewal === true) await pushTo(tables, { gatewayID, kind: PushKind.rekey, entityID }, now);
}

/** PNE and Server alone know the new key, and both knew the old one: its sessions go on under the new one. */
export async function carrySessions(
  { members }: Pick<ServerTables, "members">,
  entityID: Uint8Array,
  from: Uint8Array,
  keyID: Uint8Array,
): Promise<void> {
  const moved = <T extends { readonly keyID: Uint8Array }>(session: T): T =>
    equalBytes(session.keyID, from) ? { ...session, keyID } : session;
  for (const { key, value } of await members.find("entity", hex(entityID), maximumMemberships)) {
    const { session, staged } = value;
    await members.put(key, {
      ...value,
      ...(session && { session: moved(session) }),
      ...(staged && { staged: staged.map(moved) }),
    });
  }
}
