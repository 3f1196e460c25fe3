import { isUtf8 } from "node:buffer";
import type { Kind } from "../../../src/protocols/topics/contents.js";
import { greatestNumber, isOfKind, type Value } from "../../../src/protocols/topics/message.js";

/** Values of topics as MQTT's payloads. */

/** A number in digits, ON or OFF, an event's name, a text; octets in hexadecimal. */
export function payloadOf(value: Value): string {
  if (typeof value === "boolean") return value ? "ON" : "OFF";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return String(value);
}

const on = new Set(["on", "true", "1"]);
const off = new Set(["off", "false", "0"]);

const longestPayload = 1_024;

/** The same of octets as they come: too many, or such as are no UTF-8, are no value. */
export function readPayload(kind: Kind, payload: Buffer): Value | undefined {
  if (payload.length > longestPayload || !isUtf8(payload)) return undefined;
  return readValue(kind, payload.toString("utf8"));
}

/** What a payload says to a topic of this kind; undefined when it is none of its values. */
export function readValue(kind: Kind, payload: string): Value | undefined {
  const value = read(kind, payload);
  return value !== undefined && isOfKind(kind, value) ? value : undefined;
}

function read(kind: Kind, payload: string): Value | undefined {
  const word = payload.trim();
  switch (kind) {
    case "number":
      return /^-?\d{1,10}(\.\d{1,6})?$/.test(word) && Math.abs(Number(word)) <= greatestNumber
        ? Number(word)
        : undefined;
    case "switch":
      return on.has(word.toLowerCase()) ? true : off.has(word.toLowerCase()) ? false : undefined;
    case "event":
      return word;
    case "text":
      return payload;
    case "octets":
      return /^([0-9a-fA-F]{2})+$/.test(word) ? new Uint8Array(Buffer.from(word, "hex")) : undefined;
  }
}
