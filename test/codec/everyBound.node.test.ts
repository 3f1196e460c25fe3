import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CodecError } from "../../src/codec/errors.js";
import { decode, encode, type Schema } from "../../src/codec/schema.js";

type Any = Schema<unknown>;
type Fields = Extract<Any, { readonly kind: "record" }>["fields"];

/** A value in which one thing is at a bound, below it or above it. */
interface Case {
  readonly where: string;
  readonly value: unknown;
  readonly good: boolean;
}

const text = (length: number): string => "a".repeat(length);
const filled = (length: number): Uint8Array => new Uint8Array(length).fill(7);

/** The smallest value that a schema lets through. */
function least(schema: Any): unknown {
  switch (schema.kind) {
    case "uint":
      return 0;
    case "octets":
      return filled(schema.min);
    case "text":
      return text(schema.min);
    case "bool":
      return false;
    case "list":
      return Array.from({ length: schema.min }, () => least(schema.item));
    case "record":
      return leastOf(schema.fields);
  }
}

const leastOf = (fields: Fields): Record<string, unknown> =>
  Object.fromEntries(fields.filter((one) => one.required).map((one) => [one.name, least(one.schema)]));

/** Lengths at, beside and beyond the bounds. */
function lengths(min: number, max: number): readonly (readonly [number, boolean])[] {
  const all = new Set([min - 1, min, min + 1, max - 1, max, max + 1]);
  return [...all].filter((n) => n >= 0).map((n) => [n, n >= min && n <= max]);
}

function cases(schema: Any, where: string): Case[] {
  switch (schema.kind) {
    case "uint":
      return lengths(0, schema.max)
        .filter(([n]) => Number.isSafeInteger(n))
        .concat([[-1, false]])
        .map(([value, good]) => ({ where, value, good }));
    case "octets":
      return lengths(schema.min, schema.max).map(([n, good]) => ({ where, value: filled(n), good }));
    case "text":
      return [
        ...lengths(schema.min, schema.max).map(([n, good]) => ({ where, value: text(n), good })),
        // Octets count, and no letter is cut.
        ...lengths(schema.min, schema.max)
          .filter(([n]) => n >= 2)
          .map(([n, good]) => ({ where, value: `é${text(n - 2)}`, good })),
      ];
    case "bool":
      return [false, true].map((value) => ({ where, value, good: true }));
    case "list":
      return [
        ...lengths(schema.min, schema.max).map(([n, good]) => {
          return { where, value: Array.from({ length: n }, () => least(schema.item)), good };
        }),
        ...cases(schema.item, `${where}[]`).map((one) => {
          const others = Array.from({ length: Math.max(0, schema.min - 1) }, () => least(schema.item));
          return { ...one, value: [...others, one.value] };
        }),
      ];
    case "record":
      return schema.fields.flatMap(({ name, schema: inner }) =>
        cases(inner, `${where}.${name}`).map((one) => {
          return { ...one, value: { ...leastOf(schema.fields), [name]: one.value } };
        }),
      );
  }
}

/** The same form without bounds, as somebody else may write it. */
function unbounded(schema: Any): Any {
  switch (schema.kind) {
    case "uint":
      return { ...schema, max: Number.MAX_SAFE_INTEGER };
    case "octets":
    case "text":
      return { ...schema, min: 0, max: 0x7fffffff };
    case "bool":
      return schema;
    case "list":
      return { ...schema, min: 0, max: 0x7fffffff, item: unbounded(schema.item) };
    case "record":
      return { ...schema, fields: schema.fields.map((one) => ({ ...one, schema: unbounded(one.schema) })) };
  }
}

const isSchema = (value: unknown): value is Any =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  Object.isFrozen(value) &&
  ["uint", "octets", "text", "bool", "list", "record"].includes(String(value.kind));

/** What a module has told to others: schemas, bodies of messages, and rows of the database with their former formats. */
function schemasIn(exported: unknown, name: string): readonly (readonly [string, Any])[] {
  if (isSchema(exported)) return [[name, exported]];
  if (typeof exported !== "object" || exported === null) return [];
  const { body, open, secret, former } = exported as Readonly<Record<string, unknown>>;
  const own = Object.entries({ body, open, secret }).flatMap(([part, value]) =>
    isSchema(value) ? [[`${name}.${part}`, value] as const] : [],
  );
  const older = Array.isArray(former) ? former.flatMap((one, n) => schemasIn(one, `${name}.${n}`)) : [];
  return [...own, ...older];
}

const sources = new URL("../../src/", import.meta.url);

async function everySchema(): Promise<ReadonlyMap<Any, string>> {
  const found = new Map<Any, string>();
  const files = readdirSync(fileURLToPath(sources), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((one) => one.endsWith(".js")).sort()) {
    const module: Record<string, unknown> = await import(pathToFileURL(fileURLToPath(sources) + file).href);
    for (const [name, exported] of Object.entries(module))
      for (const [path, schema] of schemasIn(exported, `${file.slice(0, -3)} ${name}`))
        if (!found.has(schema)) found.set(schema, path);
  }
  return found;
}

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
};

describe("every bound of every message, row and record", () => {
  let schemas: ReadonlyMap<Any, string>;
  before(async function () {
    this.timeout(60_000);
    schemas = await everySchema();
  });

  it("is there to be tried: messages, rows of the database, and what flash holds", () => {
    const names = [...schemas.values()];
    for (const some of [
      "protocols/network/messages pneInfo",
      "protocols/network/messages pnSetupRequest.body",
      "database/rows/networks members.open",
      "database/rows/networks members.secret",
      "protocols/network/keptNetworks keptPN",
    ])
      assert.ok(names.includes(some), some);
    assert.ok(names.length > 150, `${names.length}`);
  });

  it("lets through what is at it and beside it within, and nothing beyond, both ways", function () {
    this.timeout(120_000);
    let tried = 0;
    for (const [schema, name] of schemas) {
      const wide = unbounded(schema);
      for (const { where, value, good } of cases(schema, name)) {
        tried++;
        const made = codeOf(() => encode(schema, value));
        if (good) {
          assert.equal(made, undefined, where);
          assert.deepEqual(decode(schema, encode(schema, value)), value, where);
          continue;
        }
        assert.match(made ?? "encoded", /^cbor\.(?:length|range)$/, where);
        // Nothing writes a negative number.
        if (codeOf(() => encode(wide, value)) !== undefined) continue;
        assert.match(
          codeOf(() => decode(schema, encode(wide, value))) ?? "decoded",
          /^cbor\.(?:length|range)$/,
          where,
        );
      }
    }
    assert.ok(tried > 2_500, `${tried}`);
  });
});
