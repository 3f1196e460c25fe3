import { equalBytes, hex } from "../../base/octets.js";
import type { EntityRecord } from "../../database/rows/entities.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { Capability } from "../discovery/messages.js";
import type { PNEInfo } from "./context.js";

/** Who may join at the PN GWs of an owner, beside his own devices: a User, or everybody (C-34). */
export const guestName = (owner: Uint8Array, guest?: Uint8Array): string =>
  `${hex(owner)}/${guest === undefined ? "*" : hex(guest)}`;

/** A PNE or PN GW with its owner. */
export interface Party {
  readonly id: Uint8Array;
  readonly entity: EntityRecord;
}

export const haveOneOwner = (one: Party, other: Party): boolean =>
  equalBytes(one.entity.owner, other.entity.owner);

/**
 * Whether a PNE may be in a PN of this PN GW (PNR-12, C-13): by the operator's rule where there is one, else when both
 * have one owner, or the PN GW's owner has let the PNE's in (C-34). Without UI there is nobody at the PNE to say yes: its
 * own owner must have let in the PN GW's, by name. Asked at registration of the PN and at every rekey.
 */
export async function mayJoin(
  tables: Pick<ServerTables, "guests">,
  { policy }: Pick<ServerPorts, "policy">,
  pne: Party & Pick<PNEInfo, "flags">,
  gateway: Party,
): Promise<boolean> {
  if (policy !== undefined) {
    return policy.mayJoin(pne.id, pne.entity.userID, gateway.id, gateway.entity.userID);
  }
  if (haveOneOwner(pne, gateway)) return true;
  const asked = (pne.flags & Capability.ui) !== 0;
  if (!asked && (await tables.guests.get(guestName(pne.entity.owner, gateway.entity.owner))) === undefined)
    return false;
  const letIn = await tables.guests.get(guestName(gateway.entity.owner, pne.entity.owner));
  return letIn !== undefined || (await tables.guests.get(guestName(gateway.entity.owner))) !== undefined;
}
