import { equalBytes, hex } from "../../base/octets.js";
import type { EntityRecord } from "../../database/rows/entities.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";

/** Who may join at the PN GWs of an owner, beside his own devices: a User, or everybody (C-34). */
export const guestName = (owner: Uint8Array, guest?: Uint8Array): string =>
  `${hex(owner)}/${guest === undefined ? "*" : hex(guest)}`;

/** A PNE or PN GW with its owner. */
export interface Party {
  readonly id: Uint8Array;
  readonly entity: EntityRecord;
}

/**
 * Whether a PNE may be in a PN of this PN GW (PNR-12, C-13): by the operator's rule where there is one, else when both
 * have one owner, or the PN GW's owner has let the PNE's in (C-34). Asked at registration of the PN and at every rekey.
 */
export async function mayJoin(
  tables: Pick<ServerTables, "guests">,
  { policy }: Pick<ServerPorts, "policy">,
  pne: Party,
  gateway: Party,
): Promise<boolean> {
  if (policy !== undefined) {
    return policy.mayJoin(pne.id, pne.entity.userID, gateway.id, gateway.entity.userID);
  }
  if (equalBytes(pne.entity.owner, gateway.entity.owner)) return true;
  const letIn = await tables.guests.get(guestName(gateway.entity.owner, pne.entity.owner));
  return letIn !== undefined || (await tables.guests.get(guestName(gateway.entity.owner))) !== undefined;
}
