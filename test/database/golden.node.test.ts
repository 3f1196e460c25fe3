import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { aes256Gcm } from "../../hosts/node/database/aes.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { fromHex, hex } from "../../src/base/octets.js";
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

describe("the format of the rows, which is frozen", () => {
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
