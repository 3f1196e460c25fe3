import assert from "node:assert/strict";
import { StoreError } from "../../../src/keystore/errors.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import type { LocalKeyData } from "../../../src/keystore/schemas.js";
import { keypad, outcome, TestNetwork } from "../../support/network.js";

describe("a PNE's own copy of a LocalEUKey in memory (PNI-06c)", () => {
  const { putLocalKey } = KeyStore.prototype;
  const seen: Uint8Array[] = [];

  afterEach(() => {
    KeyStore.prototype.putLocalKey = putLocalKey;
    seen.length = 0;
  });

  const joined = async (
    secure: boolean,
    store: (this: KeyStore, key: LocalKeyData) => void,
  ): Promise<string> => {
    const net = await new TestNetwork({ devices: [{ ...keypad, secure }] }).enrolled();
    KeyStore.prototype.putLocalKey = function (key) {
      seen.push(key.key);
      assert.ok(key.key.some((octet) => octet !== 0));
      store.call(this, key);
    };
    return outcome(await net.join());
  };

  const wiped = (): boolean => seen.length === 1 && seen.every((key) => key.every((octet) => octet === 0));

  for (const secure of [false, true]) {
    it(`is wiped once the PNE is in, on a PAN that is ${secure ? "" : "not "}secure (LEU-04)`, async () => {
      assert.equal(await joined(secure, putLocalKey), "joined");
      assert.ok(wiped());
    });
  }

  it("is wiped when the key is not newer and the PNE does not go on (C-25)", async () => {
    const end = await joined(false, () => {
      throw new StoreError("store.keyNotNewer");
    });
    assert.equal(end, "store.keyNotNewer");
    assert.ok(wiped());
  });
});
