import { CpnsError } from "../../base/errors.js";
import { maximumContents } from "../../codec/attributes.js";
import { decode, encode, field, type Infer, list, optional, record, text, uint } from "../../codec/schema.js";

/**
 * Contents information of S4 (C-30): the topics that a device offers or understands. It stands in PNEInfo, under the
 * proofs of the pair, and in the inventory of the PN; docs/PROTOCOL.md, Topics.
 */

/** By the number that they have on the wire: what the values of a topic are. A new kind goes to the end. */
export const kinds = Object.freeze(["number", "switch", "event", "text", "octets"] as const);
export type Kind = (typeof kinds)[number];

/** By their number, less one. "both": a lamp understands "on", and tells what it is. */
const directions = Object.freeze(["offers", "understands", "both"] as const);
export type Direction = (typeof directions)[number];

export interface Topic {
  /** 1 to 16 of a-z, 0-9 and "-", the first one no "-". */
  readonly name: string;
  /** What its values are: "number", "switch" (on or off), "event" (a word), "text" or "octets". */
  readonly kind: Kind;
  /** "offers": the device sends it; "understands": it takes it; or "both". */
  readonly direction: Direction;
  /** Of a number, for people: "°C". 1 to 8 octets of UTF-8. */
  readonly unit?: string;
}

/** Topics of one device; together they take `maximumContents` octets at most. */
export const maximumTopics = 8;

/** As it stands in PNEInfo and inventory, in octets of its own. */
export const contentsList = list(
  record({
    name: field(0, text(1, 16)),
    kind: field(1, uint(255)),
    direction: field(2, uint(3)),
    unit: optional(3, text(1, 8)),
  }),
  1,
  maximumTopics,
);

/** What somebody wants of a topic that cannot be: `topic.*`. */
export class TopicError extends CpnsError {}

/**
 * 1 to 8 topics as octets, at most 200. Throws TopicError("topic.contents"): a name twice or of other characters, a
 * unit of what is no number, or too much of it.
 */
export function encodeContents(topics: readonly Topic[]): Uint8Array {
  const names = new Set(topics.map(({ name }) => name));
  const wrong = topics.find(
    ({ name, kind, unit }) => !isTopicName(name) || (unit !== undefined && kind !== "number"),
  );
  if (wrong !== undefined || names.size !== topics.length)
    throw new TopicError("topic.contents", wrong?.name);
  let made: Uint8Array;
  try {
    made = encode(contentsList, topics.map(written));
  } catch (error) {
    if (error instanceof CpnsError) throw new TopicError("topic.contents", error.code);
    throw error;
  }
  if (made.length > maximumContents) throw new TopicError("topic.contents", `${made.length} octets`);
  return made;
}

const written = ({ name, kind, direction, unit }: Topic): Infer<typeof contentsList>[number] => ({
  name,
  kind: kinds.indexOf(kind),
  direction: directions.indexOf(direction) + 1,
  ...(unit !== undefined && { unit }),
});

/** 1 to 16 of a-z, 0-9 and "-", the first one no "-". */
export function isTopicName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,15}$/.test(name);
}

/**
 * The topics in somebody's contents: none when it is no such list, and those left out that this release cannot handle
 * (kinds of a newer one). Never throws.
 */
export function readContents(contents: Uint8Array | undefined): readonly Topic[] {
  if (contents === undefined) return [];
  try {
    const topics = new Map<string, Topic>();
    for (const { name, kind: number, direction: way, unit } of decode(contentsList, contents)) {
      const kind = kinds[number];
      const direction = directions[way - 1];
      if (kind === undefined || direction === undefined || !isTopicName(name)) continue;
      topics.set(name, { name, kind, direction, ...(kind === "number" && unit !== undefined && { unit }) });
    }
    return [...topics.values()];
  } catch (error) {
    if (error instanceof CpnsError) return [];
    throw error;
  }
}

/** The topic of this name that the device sends. */
export const offered = (topics: readonly Topic[], name: string): Topic | undefined =>
  topics.find((topic) => topic.name === name && topic.direction !== "understands");

/** The topic of this name that the device takes. */
export const understood = (topics: readonly Topic[], name: string): Topic | undefined =>
  topics.find((topic) => topic.name === name && topic.direction !== "offers");
