import assert from "node:assert/strict";
import { CryptoError } from "../../../src/crypto/errors.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { contextOctets, hashServer, relayedSessionKey } from "../../../src/crypto/keys/relayedKeys.js";
import { nobleSuite as suite } from "../../../src/crypto/noble.js";
import { Secret } from "../../../src/crypto/secret.js";
import { exampleInputs } from "../../vectors/keySchedule.js";

const inputs = exampleInputs();
const { context } = inputs;
const keys = () => deriveKeys(suite, "EUK", inputs.key, inputs.owner);
const octets = (length: number): Uint8Array => new Uint8Array(length).fill(2);

/** What the error says. */
function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CryptoError) return error.message;
    throw error;
  }
  return "taken";
}

describe("what PNE and Server agree on (C-05, PNI-08)", () => {
  it("is refused by its name when it has not the length that it is defined with", () => {
    const sk = new Secret(octets(32));
    const withShares = (pne: number, server: number) => () =>
      relayedSessionKey(suite, keys(), context, {
        ...{ sharePNE: octets(pne), shareServer: octets(server), secret: new Secret(octets(32)) },
      });
    for (const [said, run] of [
      [
        "crypto.length: rand_PNE: 31 octets instead of 32",
        () => contextOctets(suite, { ...context, randPNE: octets(31) }),
      ],
      [
        "crypto.length: rand_server: 33 octets instead of 32",
        () => contextOctets(suite, { ...context, randServer: octets(33) }),
      ],
      ["crypto.range: flags", () => contextOctets(suite, { ...context, flags: 256 })],
      ["crypto.length: share: 32 octets instead of 33", withShares(32, 33)],
      ["crypto.length: share: 34 octets instead of 33", withShares(33, 34)],
      [
        "crypto.length: hash_PNE: 16 octets instead of 32",
        () => hashServer(suite, keys(), context, sk, octets(16), octets(9)),
      ],
      ["taken", withShares(33, 33)],
      ["taken", () => contextOctets(suite, { ...context, flags: 255 })],
      ["taken", () => hashServer(suite, keys(), context, sk, octets(32), octets(9))],
    ] as const)
      assert.equal(refused(run), said);
  });
});
