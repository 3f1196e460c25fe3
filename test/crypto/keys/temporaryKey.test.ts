import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { type ReleaseContext, releasedKey, releaseProof } from "../../../src/crypto/keys/temporaryKey.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { codeOf } from "../../support/codeOf.js";

const count = (from: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const temporaryKey = count(1, 32);
const context: ReleaseContext = {
  pne: count(0x10, 16),
  gateway: count(0x20, 10),
  server: count(0x30, 12),
  userID: count(0x40, 5),
  randPNE: count(0x50, 32),
  randGateway: count(0x70, 32),
  epoch: count(0x90, 16),
  keyID: count(0xa0, 8),
};
const keys = deriveKeys(nobleSuite, "TK", temporaryKey, context.pne);
const proof = (of: ReleaseContext): string => hex(releaseProof(nobleSuite, keys, of));
const key = (of: ReleaseContext): string => hex(releasedKey(nobleSuite, temporaryKey, of).octets);

describe("the keys of the Temporary Key (SEC-06, C-04)", () => {
  it("change with everything that they are bound to", () => {
    const changed = Object.entries(context).map(([name, octets]) => {
      const other = octets.slice();
      (other[0] as number) ^= 1;
      return { name, context: { ...context, [name]: other } };
    });
    assert.equal(new Set([proof(context), ...changed.map((one) => proof(one.context))]).size, 9);
    const inKey = ["pne", "gateway", "userID", "randPNE", "randGateway"];
    const keysSeen = changed.filter(({ name }) => inKey.includes(name)).map((one) => key(one.context));
    assert.equal(new Set([key(context), ...keysSeen]).size, 6);
  });

  it("cannot be shifted from one name into the next", () => {
    const shifted = {
      ...context,
      pne: count(0x10, 15),
      gateway: Uint8Array.from([0x1f, ...context.gateway]),
    };
    assert.notEqual(proof(shifted), proof(context));
    assert.notEqual(key(shifted), key(context));
  });

  it("never are the Temporary Key itself", () => {
    assert.notEqual(key(context), hex(temporaryKey));
  });

  it("refuse random values, epochs and keys of another length", () => {
    const short = new Uint8Array(31);
    assert.equal(
      codeOf(() => releasedKey(nobleSuite, short, context)),
      "crypto.length",
    );
    for (const name of ["randPNE", "randGateway", "epoch", "keyID"]) {
      assert.equal(
        codeOf(() => releaseProof(nobleSuite, keys, { ...context, [name]: new Uint8Array(7) })),
        "crypto.length",
      );
    }
  });
});
