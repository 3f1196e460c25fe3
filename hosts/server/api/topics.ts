import { fromHex, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { Result } from "../../../src/codec/results.js";
import type { ReadingRecord } from "../../../src/database/rows/programs.js";
import { refusal } from "../../../src/procedure/procedure.js";
import { kinds, type Topic, TopicError, understood } from "../../../src/protocols/topics/contents.js";
import { decodeTopicMessage, isOfKind } from "../../../src/protocols/topics/message.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import { unpacked } from "../../../src/server/programs/points.js";
import type { SendTopic } from "../../../src/server/programs/programs.js";
import { readingsOf } from "../../../src/server/programs/readings.js";
import { type OwnEntity, ownEntities, ownEntity } from "../../../src/server/programs/views.js";
import { type ApiPorts, instantOf, objectOf, ok, type Route, there } from "./route.js";
import { shownValue, valueIn } from "./values.js";

/** Seconds until a value has to be delivered. */
const within = Object.freeze({ least: 1, most: 30, usual: 20 });
/** Values of one User that are on their way. */
const mostAtOnce = 8;

type Kept = ReadonlyMap<string, ReadingRecord>;

function shownTopic(
  device: string,
  topic: Topic | undefined,
  kept: ReadingRecord | undefined,
  points = false,
) {
  const unit = topic === undefined ? kept?.unit : topic.unit;
  const kind = topic?.kind ?? kinds[kept?.kind ?? -1] ?? "octets";
  // Of a kind that the topic has no more, there is nothing to show.
  const reading = kept !== undefined && kinds[kept.kind] === kind ? kept : undefined;
  return {
    device,
    topic: topic?.name ?? kept?.topic ?? "",
    kind,
    ...(topic !== undefined && { direction: topic.direction }),
    ...(unit !== undefined && { unit }),
    ...(reading !== undefined && { last: lastOf(reading) }),
    ...(points && { points: pointsOf(kind, reading) }),
  };
}

const lastOf = ({ value, at }: ReadingRecord) => ({
  value: shownValue(decodeTopicMessage(value).value),
  at: instantOf(at),
});

const pointsOf = (kind: string, reading: ReadingRecord | undefined) =>
  unpacked(reading?.points ?? new Uint8Array(0)).map(({ at, value }) => ({
    at: instantOf(at * 1000),
    value: kind === "number" ? value : value !== 0,
  }));

/** What it lists now, and what it has said in another place or as something else. */
function topicsOf({ id, place }: OwnEntity, kept: Kept) {
  const listed = place?.topics ?? [];
  const names = new Set(listed.map(({ name }) => name));
  return [
    ...listed.map((topic) => shownTopic(id, topic, kept.get(topic.name))),
    ...[...kept.values()]
      .filter(({ topic }) => !names.has(topic))
      .map((one) => shownTopic(id, undefined, one)),
  ];
}

/** Topics of a User's devices: what they have said, and what is said to them. */
export function topicRoutes({ store, clock }: ApiPorts, sendTopic: SendTopic): readonly Route[] {
  const sending = new Map<string, number>();

  async function send(user: string, device: OwnEntity, name: string, body: unknown): Promise<object> {
    const { value: json, within: given = within.usual } = objectOf(body, "value", "within");
    if (!Number.isInteger(given) || Number(given) < within.least || Number(given) > within.most)
      throw new ProgramError(
        "api.request",
        `within is a whole number of seconds from ${within.least} to ${within.most}`,
      );
    if (json === undefined) throw new ProgramError("api.request", "value is expected");
    if (device.place === undefined) throw refusal(Result.noRoute);
    const topic = understood(device.place.topics, name);
    if (topic === undefined) throw new TopicError("topic.unknown");
    const value = valueIn(topic.kind, json);
    if (value === undefined || !isOfKind(topic.kind, value)) throw new TopicError("topic.kind");
    const now = sending.get(user) ?? 0;
    if (now >= mostAtOnce) throw new ProgramError("api.tooMany", `${mostAtOnce} values are on their way`);
    sending.set(user, now + 1);
    try {
      const result = await sendTopic(fromHex(device.id), name, value, Milliseconds(Number(given) * 1000));
      if (result !== Result.ok) throw refusal(result);
    } finally {
      const left = (sending.get(user) ?? 1) - 1;
      if (left > 0) sending.set(user, left);
      else sending.delete(user);
    }
    return { delivered: true, at: instantOf(clock.now()) };
  }

  return [
    {
      method: "GET",
      path: "/topics",
      scope: "read",
      async run({ user, query }) {
        const device = query.get("device");
        const topics = await store.read(async (tables) => {
          const own =
            device === null
              ? await ownEntities(tables, user)
              : [there(await ownEntity(tables, user, device))];
          const all = [];
          for (const one of own) all.push(...topicsOf(one, await readingsOf(tables, one.id)));
          return all;
        });
        return ok({ topics });
      },
    },
    {
      method: "GET",
      path: "/devices/{device}/topics/{topic}",
      scope: "read",
      async run({ user, named }) {
        const { device = "", topic: name = "" } = named;
        return store.read(async (tables) => {
          const own = there(await ownEntity(tables, user, device));
          const kept = (await readingsOf(tables, own.id)).get(name);
          const listed = own.place?.topics.find((one) => one.name === name);
          there(listed ?? kept);
          return ok(shownTopic(own.id, listed, kept, true));
        });
      },
    },
    {
      method: "POST",
      path: "/devices/{device}/topics/{topic}",
      scope: "send",
      async run({ user, named, body }) {
        const { device = "", topic = "" } = named;
        const own = there(await store.read((tables) => ownEntity(tables, user, device)));
        return ok(await send(hex(user.identity), own, topic, body));
      },
    },
  ];
}
