import { equalBytes, fromHex, hex } from "../base/octets.js";
import { Milliseconds, Seconds, toSeconds } from "../base/units.js";
import { forgetBrowsers } from "./browsers.js";
import { dissolve, leaveNetworks } from "./networks.js";
import {
  claimLifetime,
  type EntityRecord,
  type HistoryRecord,
  type StagedRecord,
  slotOf,
} from "./rows/entities.js";
import { deliveryState, maximumEvents } from "./rows/programs.js";
import { maximumGuestNames, type UserRecord } from "./rows/users.js";
import type { ReadTables, ServerTables } from "./store.js";
import { putWebhook } from "./webhookTurns.js";

/** Which devices are a User's at the Server (EUK-UI-16, EUK-GW-10, C-12), and how many may be. */

/** Devices of one User, and PN GWs among them. */
export const maximumEntities = 256;
export const maximumGateways = 16;
/** Keys of one User that were delivered and that nobody has confirmed yet; the oldest gives way. */
const maximumClaims = 64;
/** More than one has of anything that is looked up by its owner. */
const mostAtOnce = 1_000;
/** A device that has not been seen for so long gives way to a new one when its owner has as many as may be. */
const forgottenAfter = 180 * 24 * 3600;

/** The User of this name, when he is still the one with this identity. */
export async function stillUser(
  { users }: Pick<ReadTables, "users">,
  userID: Uint8Array,
  identity: Uint8Array,
): Promise<UserRecord | undefined> {
  const user = await users.get(hex(userID));
  return user !== undefined && equalBytes(user.identity, identity) ? user : undefined;
}

/** True when another User's, or when a PN GW wants to be a PNE or the other way about. */
export const isForeign = (
  known: EntityRecord | undefined,
  { role, owner }: Pick<StagedRecord, "role" | "owner">,
): boolean => known !== undefined && (known.role !== role || !equalBytes(known.owner, owner));

/**
 * Keeps a new key beside the committed one, in the place of this User's older claim through this PN GW. A claim takes
 * nothing from anybody: until somebody confirms a key, the next one who knows a password may claim the same Entity ID.
 */
export async function stageKey(
  tables: ServerTables,
  claim: Omit<StagedRecord, "endsAt" | "madeAt">,
  now: Milliseconds,
): Promise<"staged" | "foreign" | "full"> {
  const { staged, entities } = tables;
  const known = await entities.get(hex(claim.entityID));
  if (isForeign(known, claim) && !(await mayDisplace(tables, claim))) return "foreign";
  if (known === undefined && !(await hasRoom(tables, claim, now))) return "full";
  await staged.dropOldest("slot", slotOf(claim));
  const owner = hex(claim.owner);
  if ((await staged.count("owner", owner)) >= maximumClaims) await staged.dropOldest("owner", owner);
  const endsAt = Milliseconds(now + claimLifetime);
  const madeAt = await nextPlace(tables, claim.entityID, now);
  await staged.put(stagedName(claim.entityID, claim.id), { ...claim, madeAt, endsAt });
  return "staged";
}

/** Of a device of which no key was ever committed. */
export const noHistory: HistoryRecord = Object.freeze({ localKeyID: 0, committedAt: Milliseconds(0) });

/** Later than whatever was committed and whatever waits for this device, even if our clock was set back since. */
export async function nextPlace(
  { histories, staged }: Pick<ServerTables, "histories" | "staged">,
  entityID: Uint8Array,
  now: Milliseconds,
): Promise<Milliseconds> {
  const name = hex(entityID);
  const { committedAt } = (await histories.get(name)) ?? noHistory;
  const waiting = await staged.find("entity", name, maximumClaims);
  const last = waiting.reduce((latest, { value }) => Math.max(latest, value.madeAt), committedAt as number);
  return Milliseconds(Math.max(now, last + 1));
}

export const stagedName = (entityID: Uint8Array, keyID: Uint8Array): string =>
  `${hex(entityID)}/${hex(keyID)}`;

/**
 * Where the factory has told us the device's key, the device itself must show it before a key is committed: who has only
 * claimed the Entity ID, before that was known, gives way to who has the device.
 */
async function mayDisplace(
  { devices, entities }: ServerTables,
  { entityID, role }: Pick<StagedRecord, "entityID" | "role">,
): Promise<boolean> {
  const name = hex(entityID);
  const held = await entities.get(name);
  return role === "pne" && held?.possessed !== true && (await devices.get(name)) !== undefined;
}

/** Whether the User may have one more of this kind, when need be in the place of one that is long forgotten. */
async function hasRoom(
  tables: ServerTables,
  { owner, role }: Pick<StagedRecord, "owner" | "role">,
  now: Milliseconds,
): Promise<boolean> {
  const { entities } = tables;
  const name = hex(owner);
  const most = role === "gateway" && (await entities.count("kind", `${name}/gateway`)) >= maximumGateways;
  if (most) return false;
  if ((await entities.count("owner", name)) < maximumEntities) return true;
  const all = await entities.find("owner", name, maximumEntities);
  const before = toSeconds(now) - forgottenAfter;
  const [oldest] = all
    .filter(({ value }) => value.role === "pne" && value.seenAt < before)
    .sort((a, b) => a.value.seenAt - b.value.seenAt);
  if (oldest === undefined) return false;
  await forget(tables, oldest.key, oldest.value, now);
  return true;
}

/**
 * Makes a staged key the only one, and its User the owner. False when a younger one was committed before: no
 * confirmation that was withheld brings an older key back. Keys that are not younger are forgotten with it, younger
 * ones may still be confirmed.
 */
export async function commitKey(
  tables: ServerTables,
  key: StagedRecord,
  now: Milliseconds,
  proven: { readonly possessed?: boolean; readonly bootstrappedAt?: Seconds } = {},
): Promise<boolean> {
  const { entities, histories } = tables;
  const name = hex(key.entityID);
  const history = (await histories.get(name)) ?? noHistory;
  if (key.madeAt <= history.committedAt) return false;
  await dropOlder(tables, name, key.madeAt);
  const known = await entities.get(name);
  const kept = isForeign(known, key) ? undefined : known;
  // What it has said to its former owner is not the new one's, and neither are the networks that it was in.
  if (known !== undefined && kept === undefined) {
    await forgetReadings(tables, name);
    await leaveNetworks(tables, name, now);
  }
  const { role, owner, userID, gatewayID, id, origin, createdAt, expiresAt } = key;
  const committed = { id, key: key.key, origin, createdAt, ...(expiresAt !== undefined && { expiresAt }) };
  await entities.put(name, {
    role,
    owner,
    userID,
    committed,
    gatewayID,
    possessed: proven.possessed === true || kept?.possessed === true,
    seenAt: toSeconds(now),
    ...(kept?.name !== undefined && { name: kept.name }),
  });
  const { bootstrappedAt } = proven;
  const age = bootstrappedAt === undefined ? { createdAt } : { bootstrappedAt };
  await histories.put(name, { ...history, committedAt: key.madeAt, ...age });
  return true;
}

async function dropOlder({ staged }: ServerTables, entity: string, madeAt: Milliseconds): Promise<void> {
  for (;;) {
    const all = await staged.find("entity", entity, maximumClaims);
    const older = all.filter(({ value }) => value.madeAt <= madeAt);
    for (const { key } of older) await staged.delete(key);
    if (all.length < maximumClaims || older.length === 0) return;
  }
}

/** Makes a device nobody's: its key and sessions end. False when it was nobody's. */
export async function release(
  tables: ServerTables,
  entityID: Uint8Array,
  now: Milliseconds,
): Promise<EntityRecord | undefined> {
  const name = hex(entityID);
  const known = await tables.entities.get(name);
  if (known !== undefined) await forget(tables, name, known, now);
  return known;
}

async function forget(
  tables: ServerTables,
  name: string,
  entity: EntityRecord,
  now: Milliseconds,
): Promise<void> {
  await tables.entities.delete(name);
  await tables.handshakes.delete(name);
  await forgetReadings(tables, name);
  if (entity.role === "pne") await leaveNetworks(tables, name, now);
  else await forgetGateway(tables, name);
}

async function forgetReadings({ readings }: ServerTables, entity: string): Promise<void> {
  for (const { key } of await readings.find("entity", entity, mostAtOnce)) await readings.delete(key);
}

/** What only makes sense with a PN GW's key: sessions and tickets, its PNs, what waits for it. */
async function forgetGateway(tables: ServerTables, name: string): Promise<void> {
  const { gatewaySessions, tickets, pns, pushes } = tables;
  for (const { key, value } of await gatewaySessions.find("entity", name, mostAtOnce)) {
    if (value.ticket !== undefined) await tickets.delete(value.ticket);
    await gatewaySessions.delete(key);
  }
  for (const { key } of await pns.find("gateway", name, mostAtOnce)) await dissolve(tables, key);
  for (const { key } of await pushes.find("gateway", name, mostAtOnce)) await pushes.delete(key);
}

/**
 * Forgets what a User who is removed has: devices and claims, whose keys and sessions end, guests, sessions of the pages.
 * Returns how many devices.
 */
export async function disown(tables: ServerTables, identity: Uint8Array, now: Milliseconds): Promise<number> {
  const owner = hex(identity);
  const own = await tables.entities.find("owner", owner, maximumEntities);
  for (const { key, value } of own) await forget(tables, key, value, now);
  const claims = await tables.staged.find("owner", owner, maximumClaims);
  for (const { key } of claims) await tables.staged.delete(key);
  for (const { key } of await tables.guests.find("owner", owner, maximumGuestNames + 1))
    await tables.guests.delete(key);
  await tables.guestLists.delete(owner);
  for (const { key } of await tables.pageSessions.find("user", owner, mostAtOnce)) {
    await tables.pageSessions.delete(key);
  }
  await forgetBrowsers(tables, identity);
  for (const { key } of await tables.apiTokens.find("owner", owner, mostAtOnce)) {
    await tables.apiTokens.delete(key);
  }
  await forgetEvents(tables, owner);
  await tables.preferences.delete(owner);
  for (const { key } of await tables.webhooks.find("owner", owner, mostAtOnce))
    await forgetWebhook(tables, key);
  return own.length;
}

/** A webhook, with what waits for it and what was given up. */
export async function forgetWebhook(tables: ServerTables, id: string): Promise<void> {
  const { webhooks, deliveries } = tables;
  for (const dead of [false, true]) {
    const found = await deliveries.find("state", deliveryState(fromHex(id), dead), mostAtOnce);
    for (const { key } of found) await deliveries.delete(key);
  }
  const webhook = await webhooks.get(id);
  if (webhook !== undefined) await putWebhook(tables, id, webhook, undefined);
}

async function forgetEvents({ events, eventHeads }: ServerTables, owner: string): Promise<void> {
  // Twice as many as are kept, where a back-up was put back within the hour.
  const [first, last] = [`${owner}/`, `${owner}/~`];
  for (const { key } of await events.page(first, 2 * maximumEvents, last)) await events.delete(key);
  await eventHeads.delete(owner);
}

/** To a day: a row that changes with every use would be written with every use. */
export async function seen(
  { entities }: Pick<ServerTables, "entities">,
  name: string,
  entity: EntityRecord,
  now: Milliseconds,
): Promise<void> {
  const day = 24 * 3600;
  if (Math.abs(toSeconds(now) - entity.seenAt) < day) return;
  await entities.put(name, { ...entity, seenAt: Seconds(toSeconds(now)) });
}
