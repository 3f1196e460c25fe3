import { maximumPoints } from "../../../src/database/rows/programs.js";
import { kinds } from "../../../src/protocols/topics/contents.js";
import { scopes } from "../../../src/server/programs/tokens.js";

/** Schemas of the OpenAPI document, in the dialect of JSON Schema 2020-12. */

type Schema = Readonly<Record<string, unknown>>;

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const list = (items: Schema): Schema => ({ type: "array", items });

/** An object with these members and no others; those whose name ends with "?" may be left out. */
export function object(members: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(members);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ""), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith("?")),
    additionalProperties: false,
  };
}

const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const label: Schema = { type: "string", minLength: 1, maxLength: 32 };
const instant: Schema = { type: "string", format: "date-time" };
const day: Schema = { type: "string", format: "date" };
export const entityId: Schema = { type: "string", pattern: "^(?:[0-9a-f]{2}){1,32}$" };
export const topicName: Schema = { type: "string", pattern: "^[a-z0-9][a-z0-9-]{0,15}$" };
export const rowId: Schema = { type: "string", pattern: "^[0-9a-f]{16}$" };
const networkId: Schema = { type: "string", pattern: "^[0-9a-f]{32}$" };
const scopeList: Schema = { type: "array", items: { type: "string", enum: scopes }, minItems: 1 };

const value: Schema = {
  type: ["number", "boolean", "string"],
  description: "A number, true or false of a switch, an event's name, a text; octets in hexadecimal",
};
const kind: Schema = { type: "string", enum: kinds };
const direction: Schema = { type: "string", enum: ["offers", "understands", "both"] };
const shownTopic = {
  device: entityId,
  topic: topicName,
  kind,
  "direction?": direction,
  "unit?": text,
  "last?": object({ value, at: instant }),
};

const whole: Schema = { type: "integer", minimum: 0 };

const token = {
  id: rowId,
  name: label,
  scopes: scopeList,
  createdAt: instant,
  "expiresAt?": instant,
  "lastUsed?": day,
};

const webhook = {
  id: rowId,
  url: { type: "string", format: "uri" },
  "device?": entityId,
  "topic?": topicName,
  createdAt: instant,
  waiting: whole,
  dead: whole,
  dropped: whole,
  failing: whole,
  "nextAttempt?": instant,
};

export const schemas: Readonly<Record<string, Schema>> = Object.freeze({
  Problem: object({
    type: { const: "about:blank" },
    title: text,
    status: { type: "integer" },
    code: { type: "string", pattern: "^[a-zA-Z]+\\.[a-zA-Z]+$" },
    "detail?": text,
  }),
  Topic: object({
    topic: topicName,
    kind,
    direction,
    "unit?": text,
  }),
  DeviceTopic: object(shownTopic),
  DeviceTopics: object({ topics: list(ref("DeviceTopic")) }),
  TopicHistory: object({
    ...shownTopic,
    points: {
      type: "array",
      items: object({ at: instant, value: { type: ["number", "boolean"] } }),
      maxItems: maximumPoints,
    },
  }),
  Send: object({ value, "within?": { type: "integer", minimum: 1, maximum: 30 } }),
  Delivered: object({ delivered: { const: true }, at: instant }),
  Event: object({
    id: { type: "string", pattern: "^[0-9]{1,15}$" },
    type: { const: "reading" },
    device: entityId,
    topic: topicName,
    kind,
    "unit?": text,
    value,
    at: instant,
  }),
  Webhook: object(webhook),
  Webhooks: object({ webhooks: list(ref("Webhook")) }),
  NewWebhook: object({ url: { type: "string", format: "uri" }, "device?": entityId, "topic?": topicName }),
  MadeWebhook: object({ ...webhook, secret: { type: "string", pattern: "^whsec_[A-Za-z0-9+/]{43}=$" } }),
  DeadLetters: object({
    deadLetters: list(object({ event: ref("Event"), attempts: whole, why: text })),
  }),
  Settings: object({ history: flag, historyHours: { type: "integer", minimum: 0, maximum: 168 } }),
  NewSettings: object({ history: flag }),
  Device: object({
    id: entityId,
    kind: { type: "string", enum: ["device", "gateway"] },
    "name?": label,
    keySince: instant,
    lastSeen: day,
    "network?": object({ id: networkId, gateway: entityId }),
    topics: list(ref("Topic")),
  }),
  Devices: object({ devices: list(ref("Device")) }),
  Network: object({
    id: networkId,
    gateway: entityId,
    "name?": label,
    own: flag,
    members: list(object({ id: entityId, own: flag, "name?": label, topics: list(ref("Topic")) })),
  }),
  Networks: object({ networks: list(ref("Network")) }),
  Token: object(token),
  Tokens: object({ tokens: list(ref("Token")) }),
  NewToken: object({
    name: label,
    scopes: scopeList,
    "days?": { type: "integer", minimum: 1, maximum: 366 },
  }),
  MadeToken: object({ ...token, token: { type: "string", pattern: "^cpns_[\\w-]{54}$" } }),
});
