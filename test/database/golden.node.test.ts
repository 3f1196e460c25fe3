import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { aes256Gcm } from "../../hosts/node/database/aes.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { fromHex, hex } from "../../src/base/octets.js";
import type { Schema } from "../../src/codec/schema.js";
import { Secret } from "../../src/crypto/secret.js";
import { decodeRow, encodeRow, type RowDefinition } from "../../src/database/row.js";
import { Sealer } from "../../src/database/sealing.js";
import { definitions } from "../../src/database/store.js";
import { everyRow } from "./everyRow.js";

/** Table → version → octets of the row "00/key", under a master key of 0x4b and a nonce of 0x4e. */
type Golden = Readonly<Record<string, Readonly<Record<string, string>>>>;

const file = fileURLToPath(new URL("../../../test/database/golden.json", import.meta.url));
const golden = JSON.parse(readFileSync(file, "utf8")) as Golden;
const sealer = new Sealer({
  suite: nodeSuite,
  aead: aes256Gcm,
  random: { fill: (into) => into.fill(0x4e) },
  keys: [{ id: 1, key: new Secret(new Uint8Array(32).fill(0x4b)) }],
});

/** Names of the fields, and of those inside records and lists. */
function fieldsOf(schema: Schema<unknown>, at = ""): readonly string[] {
  if (schema.kind === "list") return fieldsOf(schema.item, at);
  if (schema.kind !== "record") return [];
  return schema.fields.flatMap(({ name, schema: inner }) => [
    `${at}/${name}`,
    ...fieldsOf(inner, `${at}/${name}`),
  ]);
}

/** Those of them that a value has. */
function namesIn(value: unknown, at = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => namesIn(one, at));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .flatMap(([name, one]) => [`${at}/${name}`, ...namesIn(one, `${at}/${name}`)]);
}

/** What the samples leave out: of a newer version, of another kind of row, or of a part that shares its schema. */
const unsaid: Readonly<Record<string, readonly string[]>> = {
  entities: ["/renewal"],
  guestLists: ["/meant"],
  staged: ["/key/expiresAt"],
  enrolments: ["/part"],
  clearEnrolments: ["/user"],
  members: ["/session/hash", "/session/share"],
};

describe("the format of the rows, which is frozen", () => {
  it("is watched in every field that a row can have", () => {
    for (const [name, sample] of everyRow) {
      const { open, secret, split } = definitions[name] as unknown as RowDefinition<unknown, string>;
      const parts = split(sample);
      const missing = [
        [open, parts.open],
        [secret, parts.secret],
      ].flatMap(([schema, part]) => {
        const there = new Set(namesIn(part));
        return schema ? fieldsOf(schema as Schema<unknown>).filter((field) => !there.has(field)) : [];
      });
      assert.deepEqual(missing, unsaid[name] ?? [], name);
    }
  });

  for (const [name, sample] of everyRow) {
    const definition = definitions[name] as unknown as RowDefinition<unknown, string>;
    const { table, version, former } = definition;

    it(`of ${table} is written as it was in this version`, () => {
      assert.equal(hex(encodeRow(definition, sealer, "00/key", sample)), golden[table]?.[version]);
    });

    it(`of ${table} is read in every version that there was`, () => {
      const versions = Object.keys(golden[table] ?? {}).map(Number);
      assert.deepEqual(versions.sort(), [version, ...former.map((one) => one.version)].sort());
      for (const octets of Object.values(golden[table] ?? {})) {
        assert.deepEqual(decodeRow(definition, sealer, "00/key", fromHex(octets)), sample);
      }
    });
  }
});
