import { fromHex, hex } from "../../base/octets.js";
import { toSeconds } from "../../base/units.js";
import { PushKind } from "../../codec/pushKinds.js";
import { maximumEntities } from "../../database/ownership.js";
import { pushTo } from "../../database/pushes.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { guestName } from "../network/policy.js";

export interface GuestList {
  readonly guests: readonly Uint8Array[];
  readonly everybody: boolean;
}

/** As its User has typed it. */
export async function guestsOf(
  { guestLists }: Pick<ServerTables, "guestLists">,
  owner: UserRecord,
): Promise<GuestList> {
  const list = await guestLists.get(hex(owner.identity));
  return list === undefined
    ? { guests: [], everybody: false }
    : { guests: list.names, everybody: list.everybody };
}

/**
 * Lets these Users in at the PN GWs of the owner, those that come later among them, and nobody else (C-34). Names that nobody has are kept like others and
 * change nothing: the list does not tell who is registered.
 */
export async function letIn(
  { clock }: Pick<ServerPorts, "clock">,
  tables: ServerTables,
  owner: UserRecord,
  { guests, everybody }: GuestList,
): Promise<void> {
  const before = await guestsOf(tables, owner);
  const [old, next] = [await identities(tables, before.guests), await identities(tables, guests)];
  const since = toSeconds(clock.now());
  const gateways = await tables.entities.find("kind", `${hex(owner.identity)}/gateway`, maximumEntities);
  const row = { owner: owner.identity, since };
  for (const identity of old) await tables.guests.delete(guestName(owner.identity, identity));
  await tables.guests.delete(guestName(owner.identity));
  for (const identity of next) await tables.guests.put(guestName(owner.identity, identity), row);
  if (everybody) await tables.guests.put(guestName(owner.identity), row);
  for (const { key } of gateways) {
    await pushTo(tables, { gatewayID: fromHex(key), kind: PushKind.policy }, clock.now());
  }
  await tables.guestLists.put(hex(owner.identity), { names: guests, everybody });
  await tables.note("account.guests", { user: hex(owner.userID), guests: guests.length, everybody });
}

async function identities(
  { users }: Pick<ServerTables, "users">,
  names: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (const name of names) {
    const user = await users.get(hex(name));
    if (user !== undefined) found.push(user.identity);
  }
  return found;
}
