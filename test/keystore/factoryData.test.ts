import assert from "node:assert/strict";
import { ascii, concat, fromHex, hex } from "../../src/base/octets.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import {
  encodeFactoryData,
  factoryName,
  factoryNamespace,
  isTemporaryKey,
  readFactoryData,
} from "../../src/keystore/factoryData.js";
import { codeOf } from "../support/codeOf.js";
import { MemoryStore } from "../support/memoryStore.js";

const entityID = Uint8Array.from([1, 2, 3]);
const temporaryKey = Uint8Array.from({ length: 32 }, (_, i) => i + 1);

/** Made by hand: 1, then {1: h'010203', 2: h'0102…20', 3: "oven"}, then SHA-256 of "cpns-factory" and all that, cut. */
const whole = concat(
  fromHex("01 a3 01 43 010203 02 5820"),
  temporaryKey,
  fromHex("03 64 6f76656e"),
  fromHex("505e41978933b2e3"),
);

function factory(value?: Uint8Array): MemoryStore {
  const store = new MemoryStore();
  if (value !== undefined) store.write(factoryName, value);
  return store;
}

const read = (value?: Uint8Array) => readFactoryData(nobleSuite, factory(value));

/** With a check value that holds. */
function sealed(head: Uint8Array): Uint8Array {
  return concat(head, nobleSuite.sha256(ascii("cpns-factory"), head).slice(0, 8));
}

describe("what the factory wrote into the device (SEC-06, C-12, C-04)", () => {
  it("is version, CBOR and check value, octet for octet", () => {
    assert.equal(hex(encodeFactoryData(nobleSuite, { entityID, temporaryKey, name: "oven" })), hex(whole));
  });

  it("is an Entity ID, a Temporary Key of which every reader gets a copy of his own, and a name", () => {
    const data = read(whole);
    assert.deepEqual(data.factoryEntityID, entityID);
    assert.equal(data.name, "oven");
    data.temporaryKey?.().fill(0);
    assert.deepEqual(data.temporaryKey?.(), temporaryKey);
  });

  it("may be nothing, or an Entity ID alone", () => {
    assert.deepEqual(read(), {});
    assert.deepEqual(read(encodeFactoryData(nobleSuite, { entityID })), { factoryEntityID: entityID });
  });

  it("is refused as damaged when any octet is another, or some are missing", () => {
    for (let at = 0; at < whole.length; at++) {
      const bad = whole.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      assert.equal(
        codeOf(() => read(bad)),
        "store.factory",
      );
      assert.equal(
        codeOf(() => read(whole.slice(0, at))),
        "store.factory",
      );
    }
  });

  it("is refused as of another version only when it is whole", () => {
    assert.equal(
      codeOf(() => read(sealed(concat(fromHex("02"), whole.slice(1, -8))))),
      "store.version",
    );
  });

  it("is refused by name when whole, and no factory can have meant it", () => {
    const key = hex(temporaryKey);
    const bodies = [
      "",
      "a0",
      "a10140", // an Entity ID of no octets
      `a1015821${"00".repeat(33)}`, // and of 33
      `a1025820${key}`, // a key without Entity ID
      `a2014101024131`, // a key of one octet
      `a2014101025820${"00".repeat(32)}`, // a key that nobody has set
      "a20141010360", // a name without letters
      "a10141010a", // more than a record
    ];
    for (const body of bodies) {
      assert.equal(
        codeOf(() => read(sealed(fromHex(`01${body}`)))),
        "store.factory",
      );
    }
  });

  it("is not written for a key, an Entity ID or a name that is none", () => {
    for (const bad of [new Uint8Array(32), temporaryKey.slice(1)]) {
      assert.ok(!isTemporaryKey(bad));
      assert.equal(
        codeOf(() => encodeFactoryData(nobleSuite, { entityID, temporaryKey: bad })),
        "store.factory",
      );
    }
    for (const bad of [new Uint8Array(0), new Uint8Array(33)]) {
      assert.equal(
        codeOf(() => encodeFactoryData(nobleSuite, { entityID: bad })),
        "store.factory",
      );
    }
    for (const name of ["", "ö".repeat(17)]) {
      assert.equal(
        codeOf(() => encodeFactoryData(nobleSuite, { entityID, name })),
        "store.factory",
      );
    }
  });

  it("has names that flash takes: 15 characters at most", () => {
    for (const name of [factoryNamespace, factoryName]) assert.ok(name.length <= 15);
  });
});
