import { equalBytes, fromHex, hex } from "../../base/octets.js";
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
 * change nothing: the list does not tell who is registered. Who was meant by a name stays meant while it stands in the
 * list: when he is removed, nobody comes in by registering his name.
 */
export async function letIn(
  { clock }: Pick<ServerPorts, "clock">,
  tables: ServerTables,
  owner: UserRecord,
  { guests, everybody }: GuestList,
): Promise<void> {
  const since = toSeconds(clock.now());
  const gateways = await tables.entities.find("kind", `${hex(owner.identity)}/gateway`, maximumEntities);
  const row = { owner: owner.identity, since };
  const before = await whoWasMeant(tables, owner);
  for (const identity of before.values()) await tables.guests.delete(guestName(owner.identity, identity));
  await tables.guests.delete(guestName(owner.identity));
  const meant: Uint8Array[] = [];
  for (const name of guests) {
    const identity = (await tables.users.get(hex(name)))?.identity ?? nobody;
    const first = before.get(hex(name)) ?? identity;
    meant.push(first);
    if (identity.length === 0 || !equalBytes(first, identity)) continue;
    await tables.guests.put(guestName(owner.identity, identity), row);
  }
  if (everybody) await tables.guests.put(guestName(owner.identity), row);
  for (const { key } of gateways) {
    await pushTo(tables, { gatewayID: fromHex(key), kind: PushKind.policy }, clock.now());
  }
  await tables.guestLists.put(hex(owner.identity), { names: guests, everybody, meant });
  await tables.note("account.guests", { user: hex(owner.userID), guests: guests.length, everybody });
}

const nobody = new Uint8Array(0);

/** By name, those that somebody had when it was put into the list; of a list of an earlier release, who has it now. */
async function whoWasMeant(
  { guestLists, users }: Pick<ServerTables, "guestLists" | "users">,
  owner: UserRecord,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const { names = [], meant } = (await guestLists.get(hex(owner.identity))) ?? {};
  for (const [i, name] of names.entries()) {
    const identity = meant === undefined ? (await users.get(hex(name)))?.identity : meant[i];
    if (identity !== undefined && identity.length > 0) found.set(hex(name), identity);
  }
  return found;
}
