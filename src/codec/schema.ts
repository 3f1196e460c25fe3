import { CodecError } from "./errors.js";
import { compareKeys, Reader } from "./reader.js";
import { decodeUtf8, encodeUtf8, utf8Length } from "./utf8.js";
import { headLength, Writer } from "./writer.js";

/**
 * Schemas of the deterministic CBOR subset (RFC 8949 §4.2.1; docs/PROTOCOL.md, Messages): unsigned integers, octet strings,
 * text, booleans, lists, and records with integer keys. Bounds are part of the schema and hold both ways.
 */
export type Schema<T> = Frozen & { readonly valueType?: T };
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Frozen =
  | { readonly kind: "uint"; readonly max: number }
  | { readonly kind: "octets" | "text"; readonly min: number; readonly max: number }
  | { readonly kind: "bool" }
  | { readonly kind: "list"; readonly item: Schema<unknown>; readonly min: number; readonly max: number }
  | { readonly kind: "record"; readonly fields: readonly NamedField[] };

interface NamedField {
  readonly name: string;
  readonly key: number;
  readonly schema: Schema<unknown>;
  readonly required: boolean;
}

export interface Field<T, Required extends boolean> {
  readonly key: number;
  readonly schema: Schema<T>;
  readonly required: Required;
}

// biome-ignore lint/suspicious/noExplicitAny: the only place where a field's type is a variable of inference
type Fields = Readonly<Record<string, Field<any, boolean>>>;
type FieldValue<F> = F extends Field<infer T, boolean> ? T : never;
export type RecordValue<F extends Fields> = {
  readonly [N in keyof F as F[N] extends Field<unknown, true> ? N : never]: FieldValue<F[N]>;
} & {
  readonly [N in keyof F as F[N] extends Field<unknown, true> ? never : N]?: FieldValue<F[N]>;
};

/** 0 … max; max at most 2^53 − 1. */
export const uint = (max: number): Schema<number> => Object.freeze({ kind: "uint", max });
/** An octet string of min … max octets. */
export const octets = (min: number, max: number): Schema<Uint8Array> =>
  Object.freeze({ kind: "octets", min, max });
/** A text of min … max octets of UTF-8. */
export const text = (min: number, max: number): Schema<string> => Object.freeze({ kind: "text", min, max });
export const bool: Schema<boolean> = Object.freeze({ kind: "bool" });
/** min … max items. */
export const list = <T>(item: Schema<T>, min: number, max: number): Schema<readonly T[]> =>
  Object.freeze({ kind: "list", item: item as Schema<unknown>, min, max });

export const field = <T>(key: number, schema: Schema<T>): Field<T, true> =>
  Object.freeze({ key, schema, required: true });
export const optional = <T>(key: number, schema: Schema<T>): Field<T, false> =>
  Object.freeze({ key, schema, required: false });

/**
 * A map with integer keys. On decoding an unknown key ≥ 0 is critical and refused; an unknown key < 0 is an
 * extension that is checked for its form and skipped.
 */
export function record<F extends Fields>(fields: F): Schema<RecordValue<F>> {
  const named = Object.keys(fields).map((name) => {
    const { key, schema, required } = fields[name] as Field<unknown, boolean>;
    return Object.freeze({ name, key, schema, required });
  });
  named.sort((a, b) => compareKeys(a.key, b.key));
  if (named.some((one, i) => i > 0 && one.key === named[i - 1]?.key)) throw new RangeError("key used twice");
  return Object.freeze({ kind: "record", fields: Object.freeze(named) });
}

/** The deterministic encoding. Throws CodecError("cbor.range" | "cbor.length" | "cbor.missingKey" | "cbor.type"). */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  const writer = new Writer(size(schema, value));
  write(writer, schema, value);
  return writer.finish();
}

/** The value of the whole input; octet strings are copies. Throws CodecError. */
export function decode<T>(schema: Schema<T>, input: Uint8Array): T {
  const reader = new Reader(input);
  const value = read(reader, schema, 0);
  reader.end();
  return value as T;
}

function bounded(length: number, bounds: { readonly min: number; readonly max: number }): number {
  if (length < bounds.min || length > bounds.max) throw new CodecError("cbor.length", `${length}`);
  return length;
}

/** Octets of the encoding: asked first, so that one allocation holds it. Checks every bound. */
export function size(schema: Schema<unknown>, value: unknown): number {
  switch (schema.kind) {
    case "uint":
      if (typeof value !== "number" || !Number.isInteger(value)) throw new CodecError("cbor.type", "uint");
      if (value < 0 || value > schema.max) throw new CodecError("cbor.range");
      return headLength(value);
    case "octets": {
      if (!(value instanceof Uint8Array)) throw new CodecError("cbor.type", "octets");
      return headLength(bounded(value.length, schema)) + value.length;
    }
    case "text": {
      if (typeof value !== "string") throw new CodecError("cbor.type", "text");
      const length = bounded(utf8Length(value), schema);
      return headLength(length) + length;
    }
    case "bool":
      if (typeof value !== "boolean") throw new CodecError("cbor.type", "bool");
      return 1;
    case "list": {
      if (!Array.isArray(value)) throw new CodecError("cbor.type", "list");
      const head = headLength(bounded(value.length, schema));
      return value.reduce<number>((total, item) => total + size(schema.item, item), head);
    }
    case "record": {
      if (typeof value !== "object" || value === null) throw new CodecError("cbor.type", "record");
      const fields = value as Readonly<Record<string, unknown>>;
      let count = 0;
      let total = 0;
      schema.fields.forEach(({ key, schema, name, required }) => {
        const part = fields[name];
        if (part !== undefined) {
          count++;
          total += keyLength(key) + size(schema, part);
        } else if (required) throw new CodecError("cbor.missingKey", name);
      });
      return headLength(count) + total;
    }
  }
}

const keyLength = (key: number): number => headLength(key >= 0 ? key : -1 - key);

/** Writes a value whose size, and with it its bounds, was checked. */
export function write(writer: Writer, schema: Schema<unknown>, value: unknown): void {
  switch (schema.kind) {
    case "uint":
      writer.head(0, value as number);
      return;
    case "octets":
      writer.string(2, value as Uint8Array);
      return;
    case "text":
      writer.string(3, encodeUtf8(value as string));
      return;
    case "bool":
      writer.head(7, value === true ? 21 : 20);
      return;
    case "list":
      writer.head(4, (value as readonly unknown[]).length);
      (value as readonly unknown[]).forEach((item) => {
        write(writer, schema.item, item);
      });
      return;
    case "record": {
      const fields = value as Readonly<Record<string, unknown>>;
      const used = schema.fields.filter((one) => fields[one.name] !== undefined);
      writer.head(5, used.length);
      used.forEach((one) => {
        writer.key(one.key);
        write(writer, one.schema, fields[one.name]);
      });
    }
  }
}

/** Reads one value; `depth` arrays and maps are open around it. */
export function read(reader: Reader, schema: Schema<unknown>, depth: number): unknown {
  switch (schema.kind) {
    case "uint": {
      const value = reader.uint();
      if (value > schema.max) throw new CodecError("cbor.range");
      return value;
    }
    case "octets":
      return reader.string(2, schema.min, schema.max).slice();
    case "text":
      return decodeUtf8(reader.string(3, schema.min, schema.max));
    case "bool":
      return reader.bool();
    case "list": {
      const length = bounded(reader.open(4, depth), schema);
      const items: unknown[] = [];
      for (let i = 0; i < length; i++) items.push(read(reader, schema.item, depth + 1));
      return items;
    }
    case "record":
      return readRecord(reader, schema.fields, depth);
  }
}

function readRecord(reader: Reader, fields: readonly NamedField[], depth: number): unknown {
  const value: Record<string, unknown> = {};
  let left = reader.open(5, depth);
  let last: number | undefined;
  let next = 0;
  for (; left > 0; left--) {
    const key = reader.nextKey(last);
    last = key;
    let known = fields[next];
    while (known !== undefined && compareKeys(known.key, key) < 0) {
      if (known.required) throw new CodecError("cbor.missingKey", known.name);
      known = fields[++next];
    }
    if (known?.key === key) {
      value[known.name] = read(reader, known.schema, depth + 1);
      next++;
    } else if (key >= 0) {
      throw new CodecError("cbor.unknownKey", `${key}`);
    } else {
      reader.skip(depth + 1);
    }
  }
  for (; next < fields.length; next++) {
    const missing = fields[next] as NamedField;
    if (missing.required) throw new CodecError("cbor.missingKey", missing.name);
  }
  return value;
}
