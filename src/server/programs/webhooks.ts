import { ascii, equalBytes, fromHex, hex, wipe } from "../../base/octets.js";
import { type Random, randomOctets } from "../../base/ports.js";
import { Milliseconds, toSeconds } from "../../base/units.js";
import { forgetWebhook } from "../../database/ownership.js";
import {
  type DeliveryRecord,
  deliveryLifetime,
  deliveryState,
  type WebhookRecord,
} from "../../database/rows/programs.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ReadTables, ServerTables } from "../../database/store.js";
import {
  type Due,
  hasTurn,
  holdTime,
  longestPause,
  putWebhook,
  webhookAt,
} from "../../database/webhookTurns.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { ProgramError } from "./errors.js";
import { eventKey } from "./readings.js";
import { expectUser } from "./tokens.js";

/** Webhooks of one User. */
export const maximumWebhooks = 8;
/** Events that wait for one webhook, and those of it that were given up; the oldest gives way. */
export const maximumWaiting = 256;
const maximumDead = 64;
/** An event is tried so often, and for so long. */
const maximumAttempts = 8;
const longestTrying = 24 * 3_600_000;
/** Seconds until the next attempt, after so many that have failed. */
const pauses = Object.freeze([5, 30, 120, 600, 1_800, 3_600, 7_200, longestPause / 2_000]);
const idLength = 8;
const keyLength = 32;

export interface NewWebhook {
  readonly url: string;
  readonly device?: Uint8Array;
  readonly topic?: string;
}

export interface ShownWebhook {
  readonly id: string;
  readonly webhook: WebhookRecord;
  readonly waiting: number;
  readonly dead: number;
}

/** Makes a webhook; who has it wipes its key. Throws ProgramError("api.full" | "api.token"). */
export async function makeWebhook(
  { random, clock }: Pick<ServerPorts, "random" | "clock">,
  tables: ServerTables,
  user: UserRecord,
  { url, ...only }: NewWebhook,
): Promise<ShownWebhook> {
  await expectUser(tables, user);
  const { identity, userID } = user;
  if ((await tables.webhooks.count("owner", hex(identity))) >= maximumWebhooks)
    throw new ProgramError("api.full", `${maximumWebhooks} webhooks`);
  const id = hex(randomOctets(random, idLength));
  const now = clock.now();
  const webhook: WebhookRecord = {
    ...{ identity, userID, createdAt: toSeconds(now), pending: false, nextAt: now, failing: 0, ...only },
    ...{ url: ascii(url), key: randomOctets(random, keyLength) },
  };
  await tables.webhooks.put(id, webhook);
  await tables.note("webhook.made", { user: hex(userID), webhook: id });
  return { id, webhook, waiting: 0, dead: 0 };
}

/** The User's webhooks without their keys, the oldest first. */
export async function webhooksOf(
  tables: Pick<ReadTables, "webhooks" | "deliveries">,
  { identity }: UserRecord,
): Promise<readonly ShownWebhook[]> {
  const shown: ShownWebhook[] = [];
  for (const { key: id, value: webhook } of await tables.webhooks.find(
    "owner",
    hex(identity),
    maximumWebhooks,
  )) {
    wipe(webhook.key);
    const waiting = await tables.deliveries.count("state", deliveryState(fromHex(id), false));
    const dead = await tables.deliveries.count("state", deliveryState(fromHex(id), true));
    shown.push({ id, webhook, waiting, dead });
  }
  return shown.sort((a, b) => a.webhook.createdAt - b.webhook.createdAt || (a.id < b.id ? -1 : 1));
}

/** What was given up of a webhook of this User's, the oldest first; undefined when it is not his. */
export async function deadLettersOf(
  tables: Pick<ReadTables, "webhooks" | "deliveries">,
  { identity }: UserRecord,
  id: string,
): Promise<readonly DeliveryRecord[] | undefined> {
  const webhook = await tables.webhooks.get(id);
  wipe(webhook?.url, webhook?.key);
  if (webhook === undefined || !equalBytes(webhook.identity, identity)) return undefined;
  const found = await tables.deliveries.find("state", deliveryState(fromHex(id), true), maximumDead);
  return found.map(({ value }) => value);
}

/** Ends a webhook of this User's, or of anybody's where none is named, with what waits for it. False when there is none. */
export async function removeWebhook(
  tables: ServerTables,
  id: string,
  owner?: Pick<UserRecord, "identity">,
): Promise<boolean> {
  const webhook = await tables.webhooks.get(id);
  if (webhook === undefined || (owner !== undefined && !equalBytes(webhook.identity, owner.identity)))
    return false;
  await forgetWebhook(tables, id);
  await tables.note("webhook.removed", { user: hex(webhook.userID), webhook: id });
  return true;
}

/** Puts an event of this owner's behind what waits for his webhooks. True when there is one that wants it. */
export async function enqueue(
  tables: ServerTables,
  owner: string,
  event: { readonly number: number; readonly entityID: Uint8Array; readonly topic: string },
  body: () => Uint8Array,
  now: Milliseconds,
): Promise<boolean> {
  let wanted = false;
  for (const { key: id, value: webhook } of await tables.webhooks.find("owner", owner, maximumWebhooks)) {
    const { device, topic } = webhook;
    if (device !== undefined && !equalBytes(device, event.entityID)) continue;
    if (topic !== undefined && topic !== event.topic) continue;
    wanted = true;
    const state = deliveryState(fromHex(id), false);
    const full = (await tables.deliveries.count("state", state)) >= maximumWaiting;
    if (full) await tables.deliveries.dropOldest("state", state);
    await tables.deliveries.put(eventKey(id, event.number), {
      ...{ webhook: fromHex(id), attempts: 0, at: now, endsAt: Milliseconds(now + deliveryLifetime) },
      body: body(),
    });
    if (!full && (await hasTurn(tables, id, webhook))) continue;
    const dropped = full ? { dropped: (webhook.dropped ?? 0) + 1 } : {};
    await putWebhook(tables, id, webhook, { ...webhook, pending: true, ...dropped });
  }
  return wanted;
}

/** An event that a Server has in hand. */
export interface Job {
  readonly webhook: string;
  readonly owner: string;
  /** Key of its row. */
  readonly delivery: string;
  readonly url: string;
  /** Of HMAC-SHA-256, 32 octets; who has the job wipes it. */
  readonly key: Uint8Array;
  readonly body: Uint8Array;
}

/** Takes the first event that waits for it in hand, so that no other Server does; undefined when there is none. */
export async function takeJob(tables: ServerTables, due: Due, now: Milliseconds): Promise<Job | undefined> {
  const { id } = due;
  const webhook = await webhookAt(tables, due, now);
  if (webhook === undefined) return undefined;
  const [first] = await tables.deliveries.find("state", deliveryState(fromHex(id), false), 1);
  if (first === undefined) {
    await putWebhook(tables, id, webhook, { ...webhook, pending: false });
    return undefined;
  }
  await putWebhook(tables, id, webhook, { ...webhook, heldUntil: Milliseconds(now + holdTime) });
  return {
    ...{ webhook: id, owner: hex(webhook.identity), delivery: first.key },
    ...{ url: String.fromCharCode(...webhook.url), key: webhook.key.slice(), body: first.value.body.slice() },
  };
}

/** What came of an attempt: `failed` says why, in a word or two that are ours. */
export async function settleJob(
  ports: { readonly random: Random },
  tables: ServerTables,
  { webhook: id, delivery }: Pick<Job, "webhook" | "delivery">,
  failed: string | undefined,
  now: Milliseconds,
): Promise<void> {
  const webhook = await tables.webhooks.get(id);
  const row = await tables.deliveries.get(delivery);
  if (row !== undefined && failed === undefined) await tables.deliveries.delete(delivery);
  if (row !== undefined && failed !== undefined) await again(tables, delivery, row, failed, now);
  if (webhook === undefined) return;
  const waiting = await tables.deliveries.count("state", deliveryState(fromHex(id), false));
  const failing = failed === undefined ? 0 : Math.min(0xffff, webhook.failing + 1);
  const nextAt = Milliseconds(now + pauseAfter(failing, ports.random));
  const { heldUntil, ...free } = webhook;
  await putWebhook(tables, id, webhook, { ...free, failing, pending: waiting > 0, nextAt });
}

async function again(
  { deliveries }: ServerTables,
  key: string,
  row: DeliveryRecord,
  reason: string,
  now: Milliseconds,
): Promise<void> {
  const attempts = row.attempts + 1;
  if (attempts < maximumAttempts && now - row.at < longestTrying) {
    await deliveries.put(key, { ...row, attempts });
    return;
  }
  const dead = deliveryState(row.webhook, true);
  if ((await deliveries.count("state", dead)) >= maximumDead) await deliveries.dropOldest("state", dead);
  const endsAt = Milliseconds(now + deliveryLifetime);
  await deliveries.put(key, { ...row, attempts, dead: reason.slice(0, 64), endsAt });
}

/** Longer each time, and not the same for all who have failed together. */
function pauseAfter(failing: number, random: Random): number {
  if (failing === 0) return 0;
  const [byte = 0] = randomOctets(random, 1);
  const seconds = pauses[Math.min(failing, pauses.length) - 1] ?? 0;
  return Math.floor(seconds * 1_000 * (1 + byte / 1_024));
}
