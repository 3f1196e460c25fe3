import { wipe } from "../base/octets.js";
import type { Milliseconds } from "../base/units.js";
import { CodecError } from "../codec/errors.js";
import { decode, encode, field, octets, optional, record, type Schema, uint } from "../codec/schema.js";
import { DatabaseError } from "./errors.js";
import type { RowSealer, Sealer } from "./sealing.js";

/*
 * Rows in octets: {0: version, 1: what lies open, ? 2: what is sealed}, each part encoded by its schema. The formats
 * are frozen: a change is a new version, with the former one and how it is upgraded beside it.
 */

const stored = record({
  version: field(0, uint(255)),
  open: field(1, octets(1, 0xffff)),
  sealed: optional(2, octets(1, 0xffff)),
});

/** How the value of a row is parted into what lies open and what is sealed, in one version of the format. */
export interface Format<Value> {
  readonly version: number;
  readonly open: Schema<unknown>;
  readonly secret: Schema<unknown> | undefined;
  readonly join: (open: unknown, secret: unknown) => Value;
}

export interface RowDefinition<Value, Column extends string> extends Format<Value> {
  readonly table: string;
  readonly split: (value: Value) => { readonly open: unknown; readonly secret: unknown };
  /** What the table is looked up by. */
  readonly columns: Readonly<Record<Column, (value: Value) => string | undefined>>;
  /** Columns whose rows are counted for each value, for quotas. */
  readonly counted: readonly Column[];
  /**
   * Stands in for a row that is not there: reading it takes the time that a row takes, so that nobody hears from the
   * clock what is there.
   */
  readonly sham?: Value;
  /** When the row is over; undefined when it does not end. */
  readonly endsAt: (value: Value) => Milliseconds | undefined;
  /**
   * No row of this kind is made to last longer: one that seems to is from a clock that was set back since, and void.
   */
  readonly longest: Milliseconds;
  readonly former: readonly Format<Value>[];
}

interface Options<Open, Hidden, Value, Column extends string> {
  readonly table: string;
  readonly version?: number;
  readonly open: Schema<Open>;
  readonly secret?: Schema<Hidden>;
  /** Where the value is not simply all fields of both parts. */
  readonly shape?: {
    split(value: Value): { readonly open: Open; readonly secret: Hidden };
    join(open: Open, secret: Hidden): Value;
  };
  readonly columns?: Readonly<Record<Column, (value: Value) => string | undefined>>;
  readonly counted?: readonly NoInfer<Column>[];
  readonly sham?: NoInfer<Value>;
  readonly ends?: { at(value: Value): Milliseconds | undefined; readonly longest: Milliseconds };
  readonly former?: readonly Format<Value>[];
}

export function defineRow<Open, Hidden = unknown, Value = Open & Hidden, Column extends string = never>(
  options: Options<Open, Hidden, Value, Column>,
): RowDefinition<Value, Column> {
  const { shape, ends } = options;
  return Object.freeze({
    table: options.table,
    version: options.version ?? 1,
    open: options.open as Schema<unknown>,
    secret: options.secret as Schema<unknown> | undefined,
    // Both schemas take their own fields out of the whole.
    split: (value: Value) => shape?.split(value) ?? { open: value, secret: value },
    join: (open: unknown, secret: unknown): Value =>
      shape?.join(open as Open, secret as Hidden) ?? ({ ...(open as Open), ...(secret as Hidden) } as Value),
    columns: options.columns ?? ({} as Record<Column, (value: Value) => string | undefined>),
    counted: options.counted ?? [],
    endsAt: (value: Value) => ends?.at(value),
    longest: ends?.longest ?? (0 as Milliseconds),
    former: options.former ?? [],
    ...(options.sham !== undefined && { sham: options.sham }),
  });
}

export type ValueOf<D> = D extends { readonly join: (...parts: never) => infer Value } ? Value : never;
export type ColumnOf<D> = D extends { readonly counted: readonly (infer Column)[] } ? Column : never;

/** Throws CodecError for a value out of the bounds of its schema. */
export function encodeRow<Value>(
  definition: RowDefinition<Value, string>,
  sealer: Sealer,
  key: string,
  value: Value,
): Uint8Array {
  return sealer.once(definition.table, key, (row) => encodeSealed(definition, row, value));
}

/** The same, sealed by who seals this row in a whole transaction. */
export function encodeSealed<Value>(
  definition: RowDefinition<Value, string>,
  sealer: Pick<RowSealer, "seal">,
  value: Value,
): Uint8Array {
  const { version, secret } = definition;
  const parts = definition.split(value);
  const open = encode(definition.open, parts.open);
  if (secret === undefined) return encode(stored, { version, open });
  const hidden = encode(secret, parts.secret);
  const sealed = sealer.seal(open, hidden);
  wipe(hidden);
  return encode(stored, { version, open, sealed });
}

/**
 * Throws DatabaseError: "database.row", "database.newer", "database.sealed". `secrets` takes the arrays of what was
 * sealed, for who wipes them.
 */
export function decodeRow<Value>(
  definition: RowDefinition<Value, string>,
  sealer: Sealer,
  key: string,
  octets: Uint8Array,
  secrets?: Uint8Array[],
): Value {
  return sealer.once(definition.table, key, (row) => decodeSealed(definition, row, octets, secrets));
}

/** The same, opened by who opens this row in a whole transaction. */
export function decodeSealed<Value>(
  definition: RowDefinition<Value, string>,
  sealer: Pick<RowSealer, "open">,
  row: Uint8Array,
  secrets?: Uint8Array[],
): Value {
  const { table } = definition;
  try {
    const { version, open, sealed } = decode(stored, row);
    const format = formatOf(definition, version);
    const hidden =
      format.secret === undefined ? undefined : opened(table, format.secret, sealer, open, sealed);
    if (secrets !== undefined) collect(hidden, secrets);
    return format.join(decode(format.open, open), hidden);
  } catch (error) {
    if (error instanceof CodecError) throw new DatabaseError("database.row", `${table}: ${error.code}`);
    throw error;
  }
}

function formatOf<Value>(definition: RowDefinition<Value, string>, version: number): Format<Value> {
  if (version === definition.version) return definition;
  const former = definition.former.find((one) => one.version === version);
  if (former === undefined)
    throw new DatabaseError("database.newer", `${definition.table}, version ${version}`);
  return former;
}

function collect(value: unknown, into: Uint8Array[]): void {
  if (value instanceof Uint8Array) into.push(value);
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) collect(part, into);
  }
}

function opened(
  table: string,
  schema: Schema<unknown>,
  sealer: Pick<RowSealer, "open">,
  open: Uint8Array,
  sealed: Uint8Array | undefined,
): unknown {
  if (sealed === undefined) throw new DatabaseError("database.row", `${table}: not sealed`);
  const secret = sealer.open(open, sealed);
  try {
    return decode(schema, secret);
  } finally {
    wipe(secret);
  }
}

/** Whether a row has to be written anew: an older version, or sealed under an older master key. */
export function isStale(definition: { readonly version: number }, sealer: Sealer, row: Uint8Array): boolean {
  const { version, sealed } = decode(stored, row);
  return version !== definition.version || (sealed !== undefined && !sealer.isCurrent(sealed));
}
