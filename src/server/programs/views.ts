import { fromHex, hex } from "../../base/octets.js";
import { maximumRows, placesOf, pnName } from "../../database/networks.js";
import { maximumEntities } from "../../database/ownership.js";
import type { EntityRecord } from "../../database/rows/entities.js";
import type { PNMember, PNRecord } from "../../database/rows/networks.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ReadTables } from "../../database/store.js";
import { readPNEInfo } from "../../protocols/network/context.js";
import { readContents, type Topic } from "../../protocols/topics/contents.js";

type Tables = Pick<ReadTables, "entities" | "members" | "pns">;

/** A device or PN GW of a User, by `hex(Entity ID)`. */
export interface OwnEntity {
  readonly id: string;
  readonly entity: EntityRecord;
  /** What it has said of itself in the PN that it is in. */
  readonly place: Place | undefined;
}

export interface Place {
  readonly gatewayID: Uint8Array;
  readonly pnID: Uint8Array;
  readonly name?: string;
  readonly topics: readonly Topic[];
}

export interface ShownNetwork {
  readonly pn: PNRecord;
  /** The PN GW is the User's. */
  readonly own: boolean;
  readonly members: readonly (Place & { readonly id: string; readonly own: boolean })[];
}

/** Where a device is now; undefined when it is in no PN. */
export async function placeOf(tables: Tables, entityID: Uint8Array): Promise<Place | undefined> {
  for (const member of await placesOf(tables, entityID)) {
    const pn = await tables.pns.get(pnName(member.gatewayID, member.pnID));
    if (pn?.established === true) return saidBy(member);
  }
  return undefined;
}

function saidBy({ gatewayID, pnID, pneInfo }: PNMember): Place {
  const { name, contents } = readPNEInfo(pneInfo);
  return { gatewayID, pnID, topics: readContents(contents), ...(name !== undefined && { name }) };
}

/** The User's devices and PN GWs, in the order of their Entity IDs. */
export async function ownEntities(tables: Tables, { identity }: UserRecord): Promise<readonly OwnEntity[]> {
  const found = await tables.entities.find("owner", hex(identity), maximumEntities);
  const own: OwnEntity[] = [];
  for (const { key: id, value: entity } of found) {
    const place = entity.role === "pne" ? await placeOf(tables, fromHex(id)) : undefined;
    own.push({ id, entity, place });
  }
  return own.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** One of them; undefined for what is another's as for what nobody has, or can have: `id` is whatever a program says. */
export async function ownEntity(
  tables: Tables,
  user: UserRecord,
  id: string,
): Promise<OwnEntity | undefined> {
  if (!/^([0-9a-f]{2}){1,32}$/.test(id)) return undefined;
  const entity = await tables.entities.get(id);
  if (entity === undefined || hex(entity.owner) !== hex(user.identity)) return undefined;
  return { id, entity, place: entity.role === "pne" ? await placeOf(tables, fromHex(id)) : undefined };
}

/**
 * PNs at the User's PN GWs, and those in which a device of his is: as a guest's, when he was let in (C-34). Of each he sees
 * what every member sees, the inventory.
 */
export async function networksOf(tables: Tables, user: UserRecord): Promise<readonly ShownNetwork[]> {
  const own = await ownEntities(tables, user);
  const mine = new Set(own.map(({ id }) => id));
  const found = new Map<string, PNRecord>();
  for (const { id, entity, place } of own) {
    if (entity.role === "gateway") {
      for (const { key, value } of await tables.pns.find("gateway", id, maximumRows)) found.set(key, value);
    } else if (place !== undefined) {
      const name = pnName(place.gatewayID, place.pnID);
      const pn = await tables.pns.get(name);
      if (pn !== undefined) found.set(name, pn);
    }
  }
  const shown: ShownNetwork[] = [];
  for (const [name, pn] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!pn.established) continue;
    const rows = await tables.members.find("pn", name, maximumRows);
    const members = rows
      .filter(({ value }) => value.session !== undefined)
      .map(({ value }) => ({
        id: hex(value.entityID),
        own: mine.has(hex(value.entityID)),
        ...saidBy(value),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    shown.push({ pn, own: mine.has(hex(pn.gatewayID)), members });
  }
  return shown;
}
