import { hex } from "../../../src/base/octets.js";
import type { Value } from "../../../src/protocols/topics/message.js";

/** A topic's value in words: "on", "21.5", octets in hexadecimal. */
export function valueText(value: Value): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return value instanceof Uint8Array ? hex(value) : String(value);
}

/** What somebody has written for a value of this kind; undefined when it is none. */
export function readValue(kind: string, text: string): Value | undefined {
  if (kind === "switch") return text === "on" ? true : text === "off" ? false : undefined;
  if (kind !== "number") return text;
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}
