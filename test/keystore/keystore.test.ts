import assert from "node:assert/strict";
import { ascii, concat } from "../../src/base/octets.js";
import type { Log } from "../../src/base/ports.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { KeyOrigin } from "../../src/keystore/schemas.js";
import { SlotRecord } from "../../src/keystore/slots.js";
import { codeOf } from "../support/codeOf.js";
import { MemoryStore } from "../support/memoryStore.js";
import { SeededRandom } from "../support/seededRandom.js";
import { euKey, localKey, snapshot } from "../support/storedKeys.js";

let flash: MemoryStore;
const open = (log?: Log): KeyStore => new KeyStore(flash, nobleSuite, log);
const newFlash = (): void => {
  flash = new MemoryStore();
};
const pn = (octet: number): Uint8Array => new Uint8Array(16).fill(octet);

function enrolled(octet = 0xc1): KeyStore {
  const keyStore = open();
  keyStore.stage(euKey(octet));
  keyStore.commit(euKey(octet).id);
  return keyStore;
}

describe("the EUKey in flash", () => {
  beforeEach(newFlash);

  it("is none on a new device, and looking writes nothing", () => {
    assert.deepEqual(open().keys, { at: "empty" });
    assert.deepEqual(flash.names(), []);
  });

  it("is stored with all that its record holds, over a restart (EUK-UI-09, EUK-UI-21, EUK-GW-13, C-21)", () => {
    const staged = euKey(0xa1, { origin: KeyOrigin.gatewayEscrow, expiresAt: 1_900_000_000 });
    open().stage(staged);
    assert.deepEqual(open().keys, { at: "staged", staged });
    open().commit(staged.id);
    assert.deepEqual(open().keys, { at: "enrolled", committed: staged });
  });

  it("is not replaced by a staged one before the commit", () => {
    enrolled(0xc1).stage(euKey(0xa2));
    assert.deepEqual(open().keys, { at: "replacing", committed: euKey(0xc1), staged: euKey(0xa2) });
    open().commit(euKey(0xa2).id);
    assert.deepEqual(open().keys, { at: "enrolled", committed: euKey(0xa2) });
  });

  it("is committed by the id of the staged one only", () => {
    const keyStore = enrolled();
    assert.equal(
      codeOf(() => keyStore.commit(euKey(0xc1).id)),
      "store.notStaged",
    );
    keyStore.stage(euKey(0xa2));
    assert.equal(
      codeOf(() => keyStore.commit(euKey(0xa3).id)),
      "store.notStaged",
    );
    assert.equal(keyStore.keys.at, "replacing");
  });

  it("leaves flash with the key that replaced it", () => {
    const keyStore = enrolled(0xc1);
    keyStore.stage(euKey(0xa2));
    assert.equal(flash.contains(euKey(0xc1).key), true, "the search finds what is there");
    keyStore.commit(euKey(0xa2).id);
    assert.equal(flash.contains(euKey(0xc1).key), false);
  });

  it("gives way when staged to a later staged one, leaving nothing", () => {
    const keyStore = enrolled(0xc1);
    keyStore.stage(euKey(0xa2));
    keyStore.stage(euKey(0xa3));
    assert.deepEqual(keyStore.keys, { at: "replacing", committed: euKey(0xc1), staged: euKey(0xa3) });
    assert.equal(flash.contains(euKey(0xa2).key), false);
  });

  it("is handed out as copies", () => {
    const keyStore = enrolled();
    const first = keyStore.keys;
    if (first.at === "enrolled") first.committed.key.fill(0);
    assert.deepEqual(keyStore.keys, { at: "enrolled", committed: euKey(0xc1) });
  });

  it("stays as it was when flash is full", () => {
    const keyStore = enrolled(0xc1);
    const before = snapshot(keyStore);
    flash.capacity = flash.used + 20;
    assert.equal(
      codeOf(() => keyStore.stage(euKey(0xa2))),
      "store.full",
    );
    assert.equal(
      codeOf(() => keyStore.putLocalKey(localKey(1, 1, 0xb1))),
      "store.full",
    );
    assert.equal(snapshot(keyStore), before);
    assert.equal(snapshot(open()), before);
  });

  it("stays when its record breaks a bound", () => {
    const keyStore = enrolled(0xc1);
    assert.equal(
      codeOf(() => keyStore.stage(euKey(0xa2, { userID: new Uint8Array(33) }))),
      "cbor.length",
    );
    assert.deepEqual(keyStore.keys, { at: "enrolled", committed: euKey(0xc1) });
  });
});

describe("what a newer firmware wrote", () => {
  beforeEach(newFlash);

  const future = (): Uint8Array => {
    const body = concat(Uint8Array.of(2, 0, 0, 0, 9), ascii("something new"));
    return concat(body, nobleSuite.sha256(ascii("euk"), body).subarray(0, 8));
  };

  it("is refused by name, kept at start, and can be reset", () => {
    flash.write("euk.a", future());
    const events: string[] = [];
    const keyStore = open({ event: (name, fields) => void events.push(`${name} ${fields?.code}`) });
    assert.deepEqual(events, ["store.notMended store.version"]);
    assert.equal(
      codeOf(() => keyStore.keys),
      "store.version",
    );
    assert.equal(
      codeOf(() => keyStore.stage(euKey(1))),
      "store.version",
    );
    assert.deepEqual(flash.read("euk.a"), future());
    keyStore.factoryReset();
    assert.deepEqual(flash.names(), []);
    assert.equal(keyStore.keys.at, "empty");
  });

  it("is refused as well when only the record inside is newer", () => {
    new SlotRecord(flash, nobleSuite, "euk").write(Uint8Array.of(0xa1, 0x09, 0x00));
    const keyStore = open();
    assert.equal(
      codeOf(() => keyStore.keys),
      "store.version",
    );
    assert.deepEqual(flash.names(), ["euk.a"]);
  });
});

describe("Entity ID and failures in flash", () => {
  beforeEach(newFlash);

  it("keep an assigned Entity ID (PNR-06, C-12)", () => {
    assert.equal(open().entityID, undefined);
    open().entityID = pn(7);
    assert.deepEqual(open().entityID, pn(7));
    open().entityID = pn(8);
    assert.deepEqual(open().entityID, pn(8));
  });

  it("count failures over restarts, so that a restart gives no free tries", () => {
    assert.equal(open().failures, 0);
    for (let count = 1; count <= 4; count++) {
      open().failures = count;
      assert.equal(open().failures, count);
    }
    open().failures = 0;
    assert.equal(open().failures, 0);
    open().failures = 1e9;
    assert.equal(open().failures, 0xffff);
  });

  it("spare flash a write that changes nothing", () => {
    const keyStore = open();
    keyStore.failures = 0;
    assert.equal(flash.operations, 0);
  });

  it("do not rewrite the keys", () => {
    const keyStore = enrolled();
    const keys = [flash.read("euk.a"), flash.read("euk.b")];
    keyStore.failures = 3;
    keyStore.entityID = pn(1);
    keyStore.putLocalKey(localKey(1, 1, 0xb1));
    assert.deepEqual([flash.read("euk.a"), flash.read("euk.b")], keys);
  });
});

describe("LocalEUKeys in flash", () => {
  beforeEach(newFlash);

  it("are kept per PN (PNI-06a, PNI-06c)", () => {
    const keyStore = enrolled();
    assert.equal(keyStore.localKey(pn(1)), undefined);
    keyStore.putLocalKey(localKey(1, 5, 0xb1));
    keyStore.putLocalKey(localKey(2, 6, 0xb2));
    assert.deepEqual(open().localKey(pn(1)), localKey(1, 5, 0xb1));
    assert.deepEqual(open().localKey(pn(2)), localKey(2, 6, 0xb2));
    assert.equal(open().localKey(pn(3)), undefined);
  });

  it("are replaced by a newer one only, over restarts (C-25)", () => {
    const keyStore = enrolled();
    keyStore.putLocalKey(localKey(1, 5, 0xb1));
    for (const id of [0, 4, 5]) {
      assert.equal(
        codeOf(() => open().putLocalKey(localKey(1, id, 0xb2))),
        "store.keyNotNewer",
      );
      assert.equal(
        codeOf(() => open().putLocalKey(localKey(2, id, 0xb2))),
        "store.keyNotNewer",
      );
    }
    assert.equal(
      codeOf(() => open().putLocalKey(localKey(1, 5, 0xb1))),
      "store.keyNotNewer",
    );
    open().putLocalKey(localKey(1, 6, 0xb3));
    assert.deepEqual(open().localKey(pn(1)), localKey(1, 6, 0xb3));
  });

  it("are eight at most: the oldest gives way", () => {
    const keyStore = enrolled();
    for (let i = 1; i <= 9; i++) keyStore.putLocalKey(localKey(i, i, 0x80 + i));
    assert.equal(keyStore.localKey(pn(1)), undefined);
    assert.equal(flash.contains(localKey(1, 1, 0x81).key), false);
    for (let i = 2; i <= 9; i++) assert.equal(keyStore.localKey(pn(i))?.keyID, i);
    keyStore.putLocalKey(localKey(5, 10, 0xb5));
    for (let i = 2; i <= 9; i++) assert.equal(keyStore.localKey(pn(i))?.keyID, i === 5 ? 10 : i);
  });

  it("fit a value of flash when all eight are as long as can be", () => {
    const keyStore = enrolled();
    const write = flash.write.bind(flash);
    let longest = 0;
    flash.write = (name, value) => {
      longest = Math.max(longest, value.length);
      write(name, value);
    };
    const bounds = { gatewayID: new Uint8Array(32), expiresAt: 0xffffffffff };
    for (let i = 1; i <= 8; i++) keyStore.putLocalKey({ ...localKey(i, 0xfffffff0 + i, i), ...bounds });
    const userID = new Uint8Array(32).fill(65);
    const largest = { userID, serverID: userID, expiresAt: 0xffffffffff, createdAt: 0xffffffffff };
    keyStore.stage(euKey(1, largest));
    keyStore.commit(euKey(1).id);
    keyStore.stage(euKey(2, largest));
    assert.ok(longest < 1000, `${longest} octets`);
  });

  it("need an EUKey", () => {
    assert.equal(open().localKey(pn(1)), undefined);
    assert.equal(
      codeOf(() => open().putLocalKey(localKey(1, 1, 0xb1))),
      "store.notEnrolled",
    );
  });

  it("outlive a new EUKey of the same User", () => {
    const keyStore = enrolled();
    keyStore.putLocalKey(localKey(1, 5, 0xb1));
    keyStore.stage(euKey(0xa2));
    keyStore.commit(euKey(0xa2).id);
    assert.deepEqual(open().localKey(pn(1)), localKey(1, 5, 0xb1));
  });

  it("go with their User or Server, whose key ids start anew", () => {
    for (const change of [{ userID: ascii("bob") }, { serverID: ascii("other.example") }]) {
      newFlash();
      const keyStore = enrolled();
      keyStore.putLocalKey(localKey(1, 500, 0xb1));
      keyStore.stage(euKey(0xa2, change));
      assert.deepEqual(open().localKey(pn(1)), localKey(1, 500, 0xb1));
      keyStore.commit(euKey(0xa2).id);
      assert.equal(keyStore.localKey(pn(1)), undefined);
      assert.equal(flash.contains(localKey(1, 5, 0xb1).key), false);
      keyStore.putLocalKey(localKey(1, 1, 0xb2));
      assert.deepEqual(open().localKey(pn(1)), localKey(1, 1, 0xb2));
    }
  });
});

describe("a factory reset", () => {
  beforeEach(newFlash);

  it("leaves nothing, whatever else was there", () => {
    const keyStore = enrolled(0xc1);
    keyStore.stage(euKey(0xa2));
    keyStore.entityID = pn(1);
    keyStore.failures = 2;
    keyStore.putLocalKey(localKey(1, 1, 0xb1));
    flash.write("old-firmware", ascii("left behind"));
    keyStore.factoryReset();
    assert.deepEqual(flash.names(), []);
    assert.deepEqual(snapshot(keyStore), snapshot(new KeyStore(new MemoryStore(), nobleSuite)));
    keyStore.factoryReset();
    keyStore.stage(euKey(0xa3));
    assert.equal(open().keys.at, "staged");
  });

  it("works on a full flash, with its mark in the room of second copies", () => {
    for (const room of [0, 1, 100]) {
      newFlash();
      enrolled(0xc1).entityID = pn(1);
      flash.capacity = flash.used + room;
      const events: string[] = [];
      open({ event: (name) => void events.push(name) }).factoryReset();
      assert.deepEqual(events, []);
      assert.deepEqual(flash.names(), []);
    }
  });

  it("works, reported, on a flash that takes no write at all", () => {
    const keyStore = enrolled(0xc1);
    flash.capacity = 0;
    const events: string[] = [];
    open({ event: (name) => void events.push(name) }).factoryReset();
    assert.deepEqual(events, ["store.resetUnmarked"]);
    assert.deepEqual(flash.names(), []);
    assert.equal(keyStore.keys.at, "empty");
  });
});

describe("a flash of random garbage", () => {
  beforeEach(newFlash);

  const names = ["a", "b"].flatMap((slot) => ["euk", "leu", "id", "try"].map((name) => `${name}.${slot}`));

  it("is a new device that can be enrolled", () => {
    const random = new SeededRandom(4);
    for (let run = 0; run < 20; run++) {
      newFlash();
      for (const name of names) if (random.below(4) > 0) flash.write(name, random.octets(random.below(200)));
      const empty = snapshot(open());
      assert.equal(empty, snapshot(new KeyStore(new MemoryStore(), nobleSuite)));
      const keyStore = enrolled(0xc1);
      keyStore.putLocalKey(localKey(1, 1, 0xb1));
      keyStore.failures = 1;
      keyStore.entityID = pn(1);
      assert.equal(snapshot(open()), snapshot(keyStore));
      assert.equal(open().failures, 1);
      keyStore.factoryReset();
      assert.deepEqual(flash.names(), []);
    }
  });
});
