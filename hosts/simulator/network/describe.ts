import { hex } from "../../../src/base/octets.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { Method } from "../../../src/codec/methods.js";
import { decode } from "../../../src/codec/schema.js";
import { asciiText } from "../../../src/pne/text.js";
import { maximumBackhaulMessage, pneInfo, pnInventory } from "../../../src/protocols/network/messages.js";

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

function show(name: string, value: unknown): string {
  if ((name === "method" || name === "methods") && typeof value === "number") {
    return methodNames[value] ?? String(value);
  }
  if (value instanceof Uint8Array) {
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

function fieldsOf(body: object): DescribedField[] {
  return Object.entries(body).flatMap(([name, value]): DescribedField[] => {
    if (value === undefined) return [];
    if (name === "pneInfo") return [{ name, value: show(name, decode(pneInfo, value)) }];
    if (name === "pnInventory") return [{ name, value: show(name, decode(pnInventory, value)) }];
    return [{ name, value: show(name, value) }];
  });
}

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
