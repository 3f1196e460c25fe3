import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { LocalKeyTable } from "../../src/keystore/localKeys.js";
import { StoredRecord } from "../../src/keystore/record.js";
import { localKeysRecord } from "../../src/keystore/schemas.js";
import { SlotRecord } from "../../src/keystore/slots.js";
import { codeOf } from "../support/codeOf.js";
import { MemoryStore } from "../support/memoryStore.js";
import { localKey } from "../support/storedKeys.js";

const id = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const alice = { id, userID: ascii("alice"), serverID: ascii("cpns.example") };
const others = [
  { id, userID: ascii("bob"), serverID: ascii("cpns.example") },
  { id, userID: ascii("alice"), serverID: ascii("other.example") },
];
const pnID = localKey(1, 0, 0).pnID;

describe("the table of LocalEUKeys", () => {
  let flash: MemoryStore;
  let table: LocalKeyTable;
  beforeEach(() => {
    flash = new MemoryStore();
    table = new LocalKeyTable(new StoredRecord(new SlotRecord(flash, nobleSuite, "leu"), localKeysRecord));
    table.put(alice, localKey(1, 500, 0xb1));
  });

  it("shows nothing of another User's or Server's, before it is erased as well", () => {
    for (const other of others) {
      assert.equal(table.get(other, pnID), undefined);
      assert.deepEqual(table.get(alice, pnID), localKey(1, 500, 0xb1));
    }
  });

  it("starts anew for another User or Server, leaving nothing of the first", () => {
    for (const other of others) {
      table.put(other, localKey(2, 1, 0xb2));
      assert.equal(table.get(other, pnID), undefined);
      assert.deepEqual(table.get(other, localKey(2, 1, 0).pnID), localKey(2, 1, 0xb2));
      assert.equal(flash.contains(localKey(1, 500, 0xb1).key), false);
    }
  });

  it("is erased unless it is the owner's", () => {
    table.keepOnly(alice);
    assert.deepEqual(table.get(alice, pnID), localKey(1, 500, 0xb1));
    table.keepOnly(others[0]);
    assert.deepEqual(flash.names(), []);
    table.put(alice, localKey(1, 1, 0xb1));
    table.keepOnly(undefined);
    assert.deepEqual(flash.names(), []);
  });

  it("counts key ids under one EUKey: another begins anew, and the keys stay (C-25)", () => {
    const anew = { ...alice, id: Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1) };
    assert.equal(
      codeOf(() => table.put(alice, localKey(2, 500, 0xb2))),
      "store.keyNotNewer",
    );
    table.put(anew, localKey(2, 1, 0xb2));
    assert.deepEqual(table.get(anew, pnID), localKey(1, 500, 0xb1));
    assert.equal(
      codeOf(() => table.put(anew, localKey(3, 1, 0xb3))),
      "store.keyNotNewer",
    );
  });

  it("of a firmware that did not say under which EUKey counts under the one that there is", () => {
    const record = new StoredRecord(new SlotRecord(flash, nobleSuite, "leu"), localKeysRecord);
    const { userID, serverID } = alice;
    record.replace({ highest: 500, keys: [], userID, serverID });
    const found = new LocalKeyTable(record);
    assert.equal(
      codeOf(() => found.put(alice, localKey(2, 500, 0xb2))),
      "store.keyNotNewer",
    );
  });
});
