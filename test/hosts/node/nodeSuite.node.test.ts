import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { nodeRandom } from "../../../hosts/node/nodeSuite.js";

/** The arrays that OpenSSL is asked to fill while `work` runs. */
function asked(work: () => void): unknown[] {
  const real = crypto.randomFillSync;
  const arrays: unknown[] = [];
  const watched = (octets: Uint8Array) => {
    arrays.push(octets);
    return real(octets);
  };
  crypto.randomFillSync = watched as typeof real;
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    crypto.randomFillSync = real;
    syncBuiltinESMExports();
  }
  return arrays;
}

describe("random octets", () => {
  it("are drawn 1,024 at once for who wants 64 or fewer, and by themselves for who wants more", () => {
    // From here on nothing is left of what was drawn before.
    for (let drawn = 0; drawn === 0; ) drawn = asked(() => nodeRandom.fill(new Uint8Array(1))).length;
    nodeRandom.fill(new Uint8Array(63));
    const few = asked(() => {
      for (let n = 1; n < 16; n++) nodeRandom.fill(new Uint8Array(64));
    });
    assert.deepEqual(few, []);
    const [own] = asked(() => nodeRandom.fill(new Uint8Array(64)));
    assert.ok(own instanceof Uint8Array && own.length === 1_024);
    const many = new Uint8Array(65);
    const [itself] = asked(() => nodeRandom.fill(many));
    assert.equal(itself, many);
    assert.deepEqual(
      asked(() => nodeRandom.fill(new Uint8Array(64))),
      [],
      "what was drawn before is still there",
    );
  });
});
