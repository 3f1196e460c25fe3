import type { TopicView } from "../../../src/gateway/ports.js";
import { greatestNumber } from "../../../src/protocols/topics/message.js";
import type { Placed } from "./names.js";

/**
 * Home Assistant's MQTT discovery: a retained document for each topic, at
 * `homeassistant/COMPONENT/cpns_ID/TOPIC/config`.
 */

export interface Document {
  readonly component: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Home Assistant's device classes of sensors, by units that belong to one only. */
const classes: Readonly<Record<string, string>> = Object.freeze({
  "°C": "temperature",
  "°F": "temperature",
  K: "temperature",
  hPa: "pressure",
  kPa: "pressure",
  lx: "illuminance",
  W: "power",
  kW: "power",
  Wh: "energy",
  kWh: "energy",
  V: "voltage",
  A: "current",
});

/** What Home Assistant shows a topic as: an event both ways as two things, octets as none, since it has nothing for them. */
export function documentsOf(
  { base, member }: Placed,
  topic: TopicView,
  about: { readonly status: string },
): readonly Document[] {
  const entity = `${base.split("/").at(-1)}_${topic.name}`;
  return describe(topic, `${base}/${topic.name}`).map(({ component, fields }) => ({
    component,
    config: {
      name: topic.name,
      unique_id: `cpns_${member.id}_${topic.name}`,
      // Home Assistant before 2025.10 knows the first alone, from 2026.4 on the second.
      object_id: entity,
      default_entity_id: `${component}.${entity.replaceAll("-", "_")}`,
      availability_mode: "all",
      availability: [{ topic: about.status }, { topic: `${base}/_available` }],
      device: {
        identifiers: [`cpns_${member.id}`],
        name: member.name ?? member.id,
        manufacturer: "CPNS",
      },
      qos: 1,
      ...fields,
    },
  }));
}

type Described = { readonly component: string; readonly fields: Readonly<Record<string, unknown>> };

function describe({ kind, direction, unit }: TopicView, at: string): readonly Described[] {
  const state = direction === "understands" ? {} : { state_topic: at };
  const command = direction === "offers" ? {} : { command_topic: `${at}/set` };
  const takes = direction !== "offers";
  switch (kind) {
    case "number": {
      const units = unit === undefined ? {} : { unit_of_measurement: unit };
      if (takes) {
        const bounds = { min: -greatestNumber, max: greatestNumber, step: 0.001, mode: "box" };
        return [{ component: "number", fields: { ...state, ...command, ...units, ...bounds } }];
      }
      const kindOf = unit === undefined ? undefined : classes[unit];
      const fields = { ...state, ...units, state_class: "measurement" };
      return [
        { component: "sensor", fields: kindOf === undefined ? fields : { ...fields, device_class: kindOf } },
      ];
    }
    case "switch":
      return [{ component: takes ? "switch" : "binary_sensor", fields: { ...state, ...command } }];
    case "event": {
      const said: Described = { component: "event", fields: { ...state, ...anyEvent } };
      const taken: Described = { component: "text", fields: { ...command, max: 16 } };
      return [...(direction === "understands" ? [] : [said]), ...(takes ? [taken] : [])];
    }
    case "text":
      return takes
        ? [{ component: "text", fields: { ...state, ...command, max: 255 } }]
        : [{ component: "sensor", fields: state }];
    case "octets":
      return [];
  }
}

/** Names of events are the application's own: they are one event here, with its name as an attribute. */
const anyEvent = Object.freeze({
  event_types: ["event"],
  value_template: '{{ {"event_type": "event", "name": value} | tojson }}',
});
