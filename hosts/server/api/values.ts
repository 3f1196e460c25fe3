import { fromHex, hex } from "../../../src/base/octets.js";
import type { Kind } from "../../../src/protocols/topics/contents.js";
import type { Value } from "../../../src/protocols/topics/message.js";
import type { Event } from "../../../src/server/programs/readings.js";
import { instantOf } from "./route.js";

/** A value as JSON: octets in hexadecimal, all others as they are. */
export const shownValue = (value: Value): number | boolean | string =>
  value instanceof Uint8Array ? hex(value) : value;

/** The value that JSON stands for in a topic of this kind; undefined for what is none. */
export function valueIn(kind: Kind, json: unknown): Value | undefined {
  if (kind === "octets") {
    return typeof json === "string" && /^(?:[0-9a-f]{2})+$/i.test(json) ? fromHex(json) : undefined;
  }
  return typeof json === "number" || typeof json === "boolean" || typeof json === "string" ? json : undefined;
}

/** An event as streams and webhooks tell it; `id` is the User's number of it. */
export const shownEvent = (id: number, { entityID, topic, kind, unit, value, at }: Event) => ({
  id: `${id}`,
  type: "reading",
  device: hex(entityID),
  topic,
  kind,
  ...(unit !== undefined && { unit }),
  value: shownValue(value),
  at: instantOf(at),
});
