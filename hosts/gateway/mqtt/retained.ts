import type { TopicView } from "../../../src/gateway/ports.js";
import { documentsOf } from "./discovery.js";
import type { Placed } from "./names.js";
import { payloadOf } from "./values.js";

export interface Layout {
  /** First level of every topic: "cpns". */
  readonly prefix: string;
  /** Entity ID of the PN GW, in hexadecimal. */
  readonly gateway: string;
  /** First level of Home Assistant's discovery; none without it. */
  readonly discovery: string | undefined;
}

/** Where the gateway itself says that it is there; a network has no level with "_". */
export const statusTopic = ({ prefix, gateway }: Layout): string => `${prefix}/_gateway/${gateway}`;

type Kept = readonly [topic: string, payload: string];

/** Everything that the broker is to keep. */
export class Retained {
  readonly #layout: Layout;
  /** A reading changes no document, and there are many readings. */
  #documents = new Map<string, readonly Kept[]>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /**
   * By topic: who is there, the last value of each topic, and documents. Undefined for a value that the device has not
   * said since the gateway started: what the broker has of it stays.
   */
  of(placed: readonly Placed[]): ReadonlyMap<string, string | undefined> {
    const all = new Map<string, string | undefined>([[statusTopic(this.#layout), "online"]]);
    const documents = new Map<string, readonly Kept[]>();
    for (const one of placed) {
      all.set(`${one.base}/_available`, one.member.here ? "online" : "offline");
      for (const topic of one.member.topics) {
        const keeps = topic.direction !== "understands" && topic.kind !== "event";
        const { value } = topic;
        if (keeps) all.set(`${one.base}/${topic.name}`, value === undefined ? undefined : payloadOf(value));
        for (const [at, document] of this.#document(documents, one, topic)) all.set(at, document);
      }
    }
    this.#documents = documents;
    return all;
  }

  #document(documents: Map<string, readonly Kept[]>, one: Placed, topic: TopicView): readonly Kept[] {
    const { name, kind, direction, unit } = topic;
    const key = [one.base, one.member.id, one.member.name, name, kind, direction, unit].join("\n");
    const known = this.#documents.get(key) ?? this.#make(one, topic);
    documents.set(key, known);
    return known;
  }

  #make(one: Placed, topic: TopicView): readonly Kept[] {
    const { discovery } = this.#layout;
    if (discovery === undefined) return [];
    return documentsOf(one, topic, { status: statusTopic(this.#layout) }).map(({ component, config }) => [
      `${discovery}/${component}/cpns_${one.member.id}/${topic.name}/config`,
      JSON.stringify(config),
    ]);
  }
}
