import { CodecError } from "./errors.js";
import { Reader } from "./reader.js";
import { read, type Schema, size, write } from "./schema.js";
import { headLength, Writer } from "./writer.js";

/** `[version, type, exchange, body]` (docs/PROTOCOL.md, Messages). */
export const protocolVersion = 1;
/** Octets of the longest message on a link. */
export const maximumMessage = 2048;
const maximumExchange = 0xffff;

export interface MessageDefinition<Name extends string, Body> {
  readonly name: Name;
  readonly type: number;
  readonly body: Schema<Body>;
}

export function defineMessage<Name extends string, Body>(
  name: Name,
  type: number,
  body: Schema<Body>,
): MessageDefinition<Name, Body> {
  return Object.freeze({ name, type, body });
}

/** The message's octets. Throws CodecError: a value out of its bounds, or message.tooLong. */
export function encodeMessage<Name extends string, Body>(
  definition: MessageDefinition<Name, Body>,
  exchange: number,
  body: Body,
  maximum: number = maximumMessage,
): Uint8Array {
  if (!Number.isInteger(exchange) || exchange < 0 || exchange > maximumExchange) {
    throw new CodecError("cbor.range", "exchange");
  }
  const schema = definition.body as Schema<unknown>;
  const length = 2 + headLength(definition.type) + headLength(exchange) + size(schema, body);
  if (length > maximum) throw new CodecError("message.tooLong", `${length}`);
  const writer = new Writer(length);
  writer.head(4, 4);
  writer.head(0, protocolVersion);
  writer.head(0, definition.type);
  writer.head(0, exchange);
  write(writer, schema, body);
  return writer.finish();
}

/** A decoded message with its octets exactly as received (a copy), for transcripts. */
export interface Decoded<Name extends string, Body> {
  readonly name: Name;
  readonly exchange: number;
  readonly body: Body;
  readonly octets: Uint8Array;
}

// biome-ignore lint/suspicious/noExplicitAny: a set holds definitions of any body
export type AnyDefinition = MessageDefinition<string, any>;
/** A message as received, by its definition: `Received<typeof connectRequest>`. */
export type Received<D> = D extends MessageDefinition<infer Name, infer Body> ? Decoded<Name, Body> : never;

export interface MessageSet<D extends readonly AnyDefinition[]> {
  readonly definitions: D;
  /** Whether the octets look like a message of this set, going by their type alone; never throws. */
  includes(octets: Uint8Array): boolean;
  /** Throws CodecError: message.version, message.unknown (not in this set), message.tooLong, or cbor.*. */
  decode(octets: Uint8Array, maximum?: number): Received<D[number]>;
}
export type MessageOf<S> = S extends MessageSet<infer D> ? Received<D[number]> : never;

/** The messages that one entity takes from one peer; anything else is refused by name. */
export const messageSet = <D extends readonly AnyDefinition[]>(...definitions: D): MessageSet<D> =>
  Object.freeze(new Messages(definitions));

/** A class, so that a device carries the code of all sets once. */
class Messages<D extends readonly AnyDefinition[]> implements MessageSet<D> {
  readonly definitions: D;

  constructor(definitions: D) {
    const types = definitions.map((definition) => definition.type);
    if (new Set(types).size !== types.length) throw new RangeError("message type used twice");
    // Frozen, so that a preloaded module keeps it in flash.
    this.definitions = Object.freeze(definitions);
  }

  includes(octets: Uint8Array): boolean {
    const type = peekMessage(octets)?.type;
    return type !== undefined && this.definitions.some((one) => one.type === type);
  }

  decode(octets: Uint8Array, maximum: number = maximumMessage): Received<D[number]> {
    if (octets.length > maximum) throw new CodecError("message.tooLong", `${octets.length}`);
    const reader = new Reader(octets);
    const { type, exchange } = readEnvelope(reader);
    const definition = this.definitions.find((one) => one.type === type);
    if (definition === undefined) throw new CodecError("message.unknown", `${type}`);
    const body = read(reader, definition.body as Schema<unknown>, 1);
    reader.end();
    return { name: definition.name, exchange, body, octets: octets.slice() } as Received<D[number]>;
  }
}

function readEnvelope(reader: Reader): { readonly type: number; readonly exchange: number } {
  if (reader.open(4, 0) !== 4) throw new CodecError("cbor.length", "not a message");
  if (reader.uint() !== protocolVersion) throw new CodecError("message.version");
  const type = reader.uint();
  const exchange = reader.uint();
  if (exchange > maximumExchange) throw new CodecError("cbor.range", "exchange");
  return { type, exchange };
}

/** Type and exchange of what looks like a message, to answer it with a Failure; never throws. */
export function peekMessage(
  octets: Uint8Array,
): { readonly type: number; readonly exchange: number } | undefined {
  try {
    return readEnvelope(new Reader(octets));
  } catch {
    return undefined;
  }
}
