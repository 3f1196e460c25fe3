import type { TopicView } from "../../../src/gateway/ports.js";
import { documentOf } from "./discovery.js";
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
  #documents = new Map<string, Kept | undefined>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /**
   * By topic: who is there, the last value of each topic, and documents. Undefined for a value that the device has not
   * said since the gateway started: what the broker has of it stays.
   */
  of(placed: readonly Placed[]): ReadonlyMap<string, string | undefined> {
    const all = new Map<string, string | undefined>([[statusTopic(this.#layout), "online"]]);
    const documents = new Map<string, Kept | undefined>();
    for (const one of placed) {
      all.set(`${one.base}/_available`, one.member.here ? "online" : "offline");
      for (const topic of one.member.topics) {
        const keeps = topic.direction !== "understands" && topic.kind !== "event";
        const { value } = topic;
        if (keeps) all.set(`${one.base}/${topic.name}`, value === undefined ? undefined : payloadOf(value));
        const document = this.#document(documents, one, topic);
        if (document !== undefined) all.set(document[0], document[1]);
      }
    }
    this.#documents = documents;
    return all;
  }

  #document(documents: Map<string, Kept | undefined>, one: Placed, topic: TopicView): Kept | undefined {
    const { name, kind, direction, unit } = topic;
    const key = [one.base, one.member.id, one.member.name, name, kind, direction, unit].join("\n");
    const known = this.#documents.has(key) ? this.#documents.get(key) : this.#make(one, topic);
    documents.set(key, known);
    return known;
  }

  #make(one: Placed, topic: TopicView): Kept | undefined {
    const { discovery } = this.#layout;
    if (discovery === undefined) return undefined;
    const document = documentOf(one, topic, { status: statusTopic(this.#layout) });
    if (document === undefined) return undefined;
    const at = `${discovery}/${document.component}/cpns_${one.member.id}/${topic.name}/config`;
    return [at, JSON.stringify(document.config)];
  }
}
