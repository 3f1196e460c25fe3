import { hex } from "../../../src/base/octets.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { Method } from "../../../src/codec/methods.js";
import { decode } from "../../../src/codec/schema.js";
import { asciiText } from "../../../src/pne/text.js";
import { maximumBackhaulMessage, pneInfo, pnInventory } from "../../../src/protocols/network/messages.js";
import { readContents, type Topic } from "../../../src/protocols/topics/contents.js";

export interface DescribedField {
  readonly name: string;
  readonly value: string;
}

export interface DescribedMessage {
  readonly name: string;
  readonly exchange: number;
  readonly fields: readonly DescribedField[];
}

/** Fields whose octets could help somebody: shown by their length only. */
const veiled = new Set([
  "wrappedKey",
  "gatewayCopy",
  "euKey",
  "proof",
  "claim",
  "padding",
  "key",
  "w0",
  "w1",
  "l",
  "storedKey",
  "serverKey",
]);
const texts = new Set(["userID", "serverID"]);

const methodNames: Readonly<Record<number, string>> = Object.freeze({
  [Method.scram]: "scram",
  [Method.spake2plus]: "spake2plus",
});

/** A topic as "lamp (switch, both)", a number's with its unit. */
const topicWords = ({ name, kind, direction, unit }: Topic): string =>
  `${name} (${kind}, ${direction}${unit === undefined ? "" : `, ${unit}`})`;

/** Octets that are records of their own, wherever they stand. */
const nested: Readonly<Record<string, (octets: Uint8Array) => unknown>> = Object.freeze({
  pneInfo: (octets) => decode(pneInfo, octets),
  pnInventory: (octets) => decode(pnInventory, octets),
  contents: (octets) => readContents(octets).map(topicWords),
});

function show(name: string, value: unknown): string {
  if ((name === "method" || name === "methods") && typeof value === "number") {
    return methodNames[value] ?? String(value);
  }
  if (value instanceof Uint8Array) {
    const inner = nested[name];
    if (inner !== undefined) return show(name, inner(value));
    if (veiled.has(name)) return `${value.length} octets, encrypted or derived from a secret`;
    if (texts.has(name)) return asciiText(value);
    return hex(value);
  }
  if (Array.isArray(value)) return value.map((item) => show(name, item)).join(", ") || "none";
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).map(([key, item]) => `${key} ${show(key, item)}`);
    return `{ ${parts.join(", ")} }`;
  }
  return String(value);
}

const fieldsOf = (body: object): DescribedField[] =>
  Object.entries(body).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: show(name, value) }],
  );

/** What a message says, for people; undefined for octets that are no message. A relayed one names what it carries. */
export function describeMessage(octets: Uint8Array): DescribedMessage | undefined {
  try {
    const message = everyMessage.decode(octets, maximumBackhaulMessage);
    if (message.name === "Relayed") {
      const inner = describeMessage(message.body.message);
      const origin = { name: "origin", value: hex(message.body.origin) };
      const fields = [origin, ...(inner?.fields ?? [])];
      return { name: `Relayed: ${inner?.name ?? "?"}`, exchange: message.exchange, fields };
    }
    return { name: message.name, exchange: message.exchange, fields: fieldsOf(message.body) };
  } catch {
    return undefined;
  }
}
