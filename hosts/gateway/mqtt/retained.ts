import type { GatewayPNView } from "../../../src/gateway/ports.js";
import { documentOf } from "./discovery.js";
import { placed } from "./names.js";
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

/**
 * Everything that the broker is to keep, by topic: who is there, the last value of each topic, and documents. Undefined
 * for a value that the device has not said since the gateway started: what the broker has of it stays.
 */
export function retained(
  layout: Layout,
  pns: readonly GatewayPNView[],
): ReadonlyMap<string, string | undefined> {
  const all = new Map<string, string | undefined>([[statusTopic(layout), "online"]]);
  const about = { status: statusTopic(layout) };
  for (const one of placed(layout.prefix, pns)) {
    all.set(`${one.base}/_available`, one.member.here ? "online" : "offline");
    for (const topic of one.member.topics) {
      const keeps = topic.direction !== "understands" && topic.kind !== "event";
      const { value } = topic;
      if (keeps) all.set(`${one.base}/${topic.name}`, value === undefined ? undefined : payloadOf(value));
      const document = layout.discovery === undefined ? undefined : documentOf(one, topic, about);
      if (document === undefined) continue;
      const at = `${layout.discovery}/${document.component}/cpns_${one.member.id}/${topic.name}/config`;
      all.set(at, JSON.stringify(document.config));
    }
  }
  return all;
}
