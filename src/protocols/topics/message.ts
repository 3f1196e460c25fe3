import { ascii } from "../../base/octets.js";
import { attempt } from "../../base/outcome.js";
import { CodecError } from "../../codec/errors.js";
import { Reader } from "../../codec/reader.js";
import { decodeUtf8, encodeUtf8, utf8Length } from "../../codec/utf8.js";
import { headLength, Writer } from "../../codec/writer.js";
import { isTopicName, type Kind, TopicError } from "./contents.js";

/**
 * Typed messages of applications, in the application data of a PN: `[number, topic, value, ? scale]` in deterministic
 * CBOR (docs/PROTOCOL.md, Topics). Its first octet, 0x83 or 0x84, begins no text in ASCII or UTF-8: what people say to
 * each other in plain text goes beside it.
 */

/** A number (21.5), on or off, an event's name, a text, or octets: by the kind of its topic. */
export type Value = number | boolean | string | Uint8Array;

export interface TopicMessage {
  /** Grows with each message of one sender in one PN; 0 of who does not count, and sends nothing twice. */
  readonly number: number;
  readonly topic: string;
  readonly value: Value;
}

/** Octets of a text or octets; of an event's name. */
export const maximumValue = 512;
export const maximumEvent = 16;
/** Digits behind the point. */
export const maximumDigits = 6;
/** With so many digits a double has all of it. */
export const greatestNumber = 9_000_000_000;
export const maximumNumber = 0xffffffff;

/** Whether the value is one of this kind, within its bounds. */
export function isOfKind(kind: Kind, value: Value): boolean {
  switch (kind) {
    case "number":
      return typeof value === "number" && Math.abs(value) <= greatestNumber;
    case "switch":
      return typeof value === "boolean";
    case "event":
      return typeof value === "string" && isTopicName(value);
    case "text":
      return typeof value === "string" && value !== "" && isText(value);
    case "octets":
      return value instanceof Uint8Array && value.length > 0 && value.length <= maximumValue;
  }
}

/** A lone surrogate is no text. */
function isText(value: string): boolean {
  const length = attempt(() => utf8Length(value));
  return "value" in length && length.value <= maximumValue;
}

/** The number without its point, which `digits` stand behind: as few as give the number again, at most six. */
function digitsOf(value: number): number {
  let power = 1;
  let digits = 0;
  while (digits < maximumDigits && Math.round(value * power) / power !== value) {
    power *= 10;
    digits++;
  }
  // What is rounded may end with zeros.
  while (digits > 0 && Math.round(value * power) % 10 === 0) {
    power /= 10;
    digits--;
  }
  return digits;
}

/** Throws TopicError("topic.kind") for a value that no kind has, CodecError("cbor.range" | "cbor.utf8"). */
export function encodeTopicMessage({ number, topic, value }: TopicMessage): Uint8Array {
  if (!Number.isInteger(number) || number < 0 || number > maximumNumber) throw new CodecError("cbor.range");
  const name = ascii(topic);
  const head = 1 + headLength(number) + headLength(name.length) + name.length;
  const begun = (items: number, length: number): Writer => {
    const writer = new Writer(head + length);
    writer.head(4, items);
    writer.head(0, number);
    writer.string(3, name);
    return writer;
  };
  if (typeof value === "number") return withNumber(value, begun);
  if (typeof value === "boolean") {
    const writer = begun(3, 1);
    writer.head(7, value ? 21 : 20);
    return writer.finish();
  }
  const text = typeof value === "string";
  const octets = text ? encodeUtf8(value) : value;
  if (octets.length === 0 || octets.length > maximumValue) throw new TopicError("topic.kind");
  const writer = begun(3, headLength(octets.length) + octets.length);
  writer.string(text ? 3 : 2, octets);
  return writer.finish();
}

function withNumber(value: number, begun: (items: number, length: number) => Writer): Uint8Array {
  if (!(Math.abs(value) <= greatestNumber)) throw new TopicError("topic.kind");
  const digits = digitsOf(value);
  const whole = Math.round(value * 10 ** digits);
  const magnitude = Math.abs(whole);
  const scale = 2 * digits + (whole < 0 ? 1 : 0);
  const writer = begun(scale === 0 ? 3 : 4, headLength(magnitude) + (scale === 0 ? 0 : 1));
  writer.head(0, magnitude);
  if (scale !== 0) writer.head(0, scale);
  return writer.finish();
}

/** What a payload of application data says. Throws CodecError: whatever is not exactly as `encodeTopicMessage` writes it. */
export function decodeTopicMessage(payload: Uint8Array): TopicMessage {
  const reader = new Reader(payload);
  const items = reader.open(4, 0);
  if (items !== 3 && items !== 4) throw new CodecError("cbor.length", "no message of a topic");
  const number = reader.uint();
  if (number > maximumNumber) throw new CodecError("cbor.range");
  const topic = decodeUtf8(reader.string(3, 1, 16));
  if (!isTopicName(topic)) throw new CodecError("cbor.range", "topic");
  const value = items === 4 ? readScaled(reader) : readValue(reader);
  reader.end();
  return { number, topic, value };
}

function readValue(reader: Reader): Value {
  switch (reader.peekMajor()) {
    case 0:
      return reader.uint();
    case 2:
      return reader.string(2, 1, maximumValue).slice();
    case 3:
      return decodeUtf8(reader.string(3, 1, maximumValue));
    default:
      return reader.bool();
  }
}

function readScaled(reader: Reader): number {
  const magnitude = reader.uint();
  const scale = reader.uint();
  const digits = scale >> 1;
  if (scale === 0 || digits > maximumDigits) throw new CodecError("cbor.range", "scale");
  // One way to write each number.
  if (magnitude === 0 || (digits > 0 && magnitude % 10 === 0))
    throw new CodecError("cbor.nonMinimal", "scale");
  const value = magnitude / 10 ** digits;
  return (scale & 1) === 1 ? -value : value;
}
