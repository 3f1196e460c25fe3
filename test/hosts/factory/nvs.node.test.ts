import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { nvsPartition } from "../../../hosts/factory/nvs.js";
import { keysOfHmacKey, keysPartition, makeKeys } from "../../../hosts/factory/nvsKeys.js";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { fromHex, hex } from "../../../src/base/octets.js";
import { encodeFactoryData, factoryName, factoryNamespace } from "../../../src/keystore/factoryData.js";
import { codeOf } from "../../support/codeOf.js";
import { SeededRandom } from "../../support/seededRandom.js";
import { nvsVector } from "../../vectors/nvs.js";
import { readNvs } from "./nvsReader.js";

const record = fromHex(nvsVector.record);
const value = { namespace: factoryNamespace, name: factoryName, value: record };
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7 + length);

/** Rows of hexadecimal, and erased flash to the end. */
function image(rows: readonly string[], length: number): string {
  const head = rows.join("");
  return head + "ff".repeat(length - head.length / 2);
}

describe("the flash image of a device (SEC-06), as Espressif's own tool makes it", () => {
  it("holds the record that the firmware reads", () => {
    const device = {
      entityID: Uint8Array.from({ length: 16 }, (_, i) => i * 0x11),
      temporaryKey: Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i),
      name: "Oven",
    };
    assert.equal(hex(encodeFactoryData(nodeSuite, device)), nvsVector.record);
  });

  it("is the same octet for octet", () => {
    assert.equal(hex(nvsPartition(value, 0x6000)), image(nvsVector.plain, 0x6000));
  });

  it("is the same encrypted, with the keys that a device makes of the HMAC key in its eFuse", () => {
    const keys = keysOfHmacKey(fromHex(nvsVector.hmacKey));
    assert.equal(hex(keysPartition(keys)), image(nvsVector.keys, 4096));
    assert.equal(hex(nvsPartition(value, 0x6000, keys)), image(nvsVector.encrypted, 0x6000));
  });
});

describe("the flash image of a device (SEC-06), read by another reader", () => {
  it("gives back values of every length", () => {
    const keys = counting(64);
    for (const length of [1, 2, 31, 32, 33, 63, 64, 65, 96, 500, 1023, 1024]) {
      const one = { namespace: "n", name: "fifteen-letters", value: counting(length) };
      for (const size of [0x3000, 0x6000, 0x100000]) {
        const plain = readNvs(nvsPartition(one, size));
        assert.deepEqual(plain, [{ ...one, value: Buffer.from(one.value) }]);
      }
      assert.deepEqual(readNvs(nvsPartition(one, 0x3000, keys), keys)[0]?.value, Buffer.from(one.value));
    }
  });

  it("is nothing to a reader with another key, and its value is not seen in it", () => {
    const keys = counting(64);
    const encrypted = nvsPartition(value, 0x3000, keys);
    assert.throws(() => readNvs(encrypted, counting(64).reverse()));
    assert.throws(() => readNvs(encrypted));
    assert.ok(hex(nvsPartition(value, 0x3000)).includes(hex(record)));
    for (let at = 0; at + 8 <= record.length; at++) {
      assert.ok(!hex(encrypted).includes(hex(record.subarray(at, at + 8))));
    }
  });

  it("is refused when a single octet of it is another: the reader can fail", () => {
    const good = nvsPartition(value, 0x3000);
    // What fills up the last entry of the data says nothing.
    const filling = [64 + 32 * 2 + record.length, 64 + 32 * 5] as const;
    for (let at = 0; at < 64 + 32 * 6; at++) {
      if (at >= filling[0] && at < filling[1]) continue;
      const bad = good.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x41;
      assert.throws(() => readNvs(bad), `octet ${at}`);
    }
  });

  it("is not made for sizes that ESP-IDF refuses, and for names and values that do not fit", () => {
    for (const size of [0, 4096, 8192, 12289, -4096, Number.NaN, 0x101000, 1e9]) {
      assert.equal(
        codeOf(() => nvsPartition(value, size)),
        "factory.size",
      );
    }
    for (const name of ["", "sixteen-letters!", "ö", "a b", "a\0"]) {
      assert.equal(
        codeOf(() => nvsPartition({ ...value, name }, 0x3000)),
        "factory.name",
      );
    }
    for (const length of [0, 1025]) {
      assert.equal(
        codeOf(() => nvsPartition({ ...value, value: new Uint8Array(length) }, 0x3000)),
        "factory.value",
      );
    }
  });
});

describe("keys of encrypted flash (SEC-06)", () => {
  it("are new for each device, and stand in the file of their scheme", () => {
    const random = new SeededRandom(7);
    const flash = makeKeys(random, "flash");
    assert.equal(hex(flash.file), hex(keysPartition(flash.keys)));
    assert.notEqual(hex(makeKeys(random, "flash").keys), hex(flash.keys));
    const hmac = makeKeys(random, "hmac");
    const half = (seed: string) => createHmac("sha256", hmac.file).update(Buffer.from(seed.repeat(8), "hex"));
    assert.equal(hex(hmac.keys), half("5a5abeae").digest("hex") + half("a5a5dece").digest("hex"));
  });
});
