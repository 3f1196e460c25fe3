import { hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { floorOf } from "../../database/backup.js";
import {
  type EventRecord,
  eventLifetime,
  maximumEvents,
  type ReadingRecord,
} from "../../database/rows/programs.js";
import type { UserRecord } from "../../database/rows/users.js";
import type { ReadTables, ServerTables } from "../../database/store.js";
import type { Said } from "../../procedure/serverPorts.js";
import { type Kind, kinds } from "../../protocols/topics/contents.js";
import { decodeTopicMessage, encodeTopicMessage, type Value } from "../../protocols/topics/message.js";
import { packed, pointValue, unpacked, withPoint } from "./points.js";
import { expectUser } from "./tokens.js";

/** Topics of one device of which something is kept: it lists 8 at a time, and may list others later. */
const maximumReadings = 32;
const numberDigits = 15;

/** What a User's device has said. */
export interface Event {
  readonly entityID: Uint8Array;
  readonly topic: string;
  readonly kind: Kind;
  readonly unit?: string;
  readonly value: Value;
  readonly at: Milliseconds;
}

/** Of a User's event, and of its delivery to a webhook. */
export const eventKey = (of: string, number: number): string =>
  `${of}/${String(number).padStart(numberDigits, "0")}`;

/** Of the row's key; what a stream is taken up again by. */
export const eventNumber = (key: string): number => Number(key.slice(key.lastIndexOf("/") + 1));

/** The number of the owner's last event, or of what was given out before a back-up was put back. */
export const lastEvent = async (
  tables: Pick<ServerTables | ReadTables, "eventHeads" | "settings">,
  owner: string,
): Promise<number> =>
  Math.max((await tables.eventHeads.get(owner))?.last ?? 0, (await floorOf(tables)) * 1_000);

export function eventOf({ entityID, topic, kind, unit, value, at }: EventRecord): Event {
  const known = kinds[kind] ?? "octets";
  const said = decodeTopicMessage(value).value;
  return { entityID, topic, kind: known, value: said, at, ...(unit !== undefined && { unit }) };
}

/**
 * Puts what a device has said where streams, webhooks and pages find it: an event in the User's row of them, and, unless
 * `history` is 0 or the User wants none, the topic's last value and its history. Returns the number of the event: the next
 * one, or, after a back-up was put back, one above all that were given out: milliseconds since 2020, in each of which no
 * User has had more than one event.
 */
export async function keep(
  tables: ServerTables,
  { entityID, owner, topic, value }: Said,
  now: Milliseconds,
  history: Milliseconds,
): Promise<number> {
  const user = hex(owner);
  const about = {
    identity: owner,
    entityID,
    topic: topic.name,
    kind: kinds.indexOf(topic.kind as Kind),
    ...(topic.unit !== undefined && { unit: topic.unit }),
    value: encodeTopicMessage({ number: 0, topic: topic.name, value }),
    at: now,
  };
  const number = (await lastEvent(tables, user)) + 1;
  await tables.eventHeads.put(user, { last: number });
  await tables.events.put(eventKey(user, number), { ...about, endsAt: Milliseconds(now + eventLifetime) });
  if (number > maximumEvents) await tables.events.delete(eventKey(user, number - maximumEvents));
  if (history > 0 && (await wantsHistory(tables, owner))) {
    const ends = { ...about, endsAt: Milliseconds(now + history) };
    await keepReading(tables, ends, pointValue(topic.kind, value), history);
  }
  return number;
}

async function keepReading(
  { readings }: ServerTables,
  reading: Omit<ReadingRecord, "points">,
  point: number | undefined,
  history: Milliseconds,
): Promise<void> {
  const entity = hex(reading.entityID);
  const key = `${entity}/${reading.topic}`;
  const before = await readings.get(key);
  if (before === undefined && (await readings.count("entity", entity)) >= maximumReadings)
    await readings.dropOldest("entity", entity);
  // Of the same kind: a topic that was a switch and is a number now begins anew.
  const points = before?.kind === reading.kind ? unpacked(before.points) : [];
  const at = Math.floor(reading.at / 1000);
  const next = point === undefined ? [] : withPoint(points, { at, value: point }, history);
  await readings.put(key, { ...reading, points: packed(next) });
}

/** Unless they have said otherwise, Users see the last day of their devices. */
export const wantsHistory = async (
  { preferences }: Pick<ReadTables, "preferences">,
  identity: Uint8Array,
): Promise<boolean> => (await preferences.get(hex(identity)))?.history ?? true;

/** What the User's switch does: without a history nothing of it stays. Events wait for who fetches them all the same. */
export async function setHistory(tables: ServerTables, user: UserRecord, history: boolean): Promise<void> {
  await expectUser(tables, user);
  const owner = hex(user.identity);
  await tables.preferences.put(owner, { history });
  if (history) return;
  for (let gone = mostAtOnce; gone === mostAtOnce; ) {
    const found = await tables.readings.find("owner", owner, mostAtOnce);
    for (const { key } of found) await tables.readings.delete(key);
    gone = found.length;
  }
}

const mostAtOnce = 256;

/** What is kept of one device, by topic. */
export async function readingsOf(
  { readings }: Pick<ReadTables, "readings">,
  entityID: string,
): Promise<ReadonlyMap<string, ReadingRecord>> {
  const found = await readings.find("entity", entityID, maximumReadings);
  return new Map(found.map(({ value }) => [value.topic, value]));
}
