import assert from "node:assert/strict";
import { ascii, concat, hex, lengthPrefixed } from "../../../src/base/octets.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import { rekeyed, rekeyHashPNE, sessionBinder } from "../../../src/crypto/keys/rekey.js";
import { relayedSessionKey } from "../../../src/crypto/keys/relayedKeys.js";
import {
  deviceClaim,
  possessionProof,
  releasedKey,
  releaseProof,
  rotationHash,
  temporaryKeyAck,
} from "../../../src/crypto/keys/temporaryKey.js";
import { nobleSuite as suite } from "../../../src/crypto/noble.js";
import { proverSecrets } from "../../../src/crypto/spake2plus.js";
import { exampleInputs } from "../../vectors/keySchedule.js";

/**
 * Examples of docs/PROTOCOL.md that the key schedule's own leave out. What is expected was computed with the HMAC and
 * SHA-256 of Python's standard library, by the formulas of the page: a label that changes on both sides is seen here.
 */
const counting = (first: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (first + index) & 255);

describe("the examples of a renewed session (Rekey)", () => {
  const { kind, key, owner, context } = exampleInputs();
  const keys = deriveKeys(suite, kind, key, owner);
  const binder = sessionBinder(suite, relayedSessionKey(suite, keys, context));
  const request = (...share: readonly Uint8Array[]): string =>
    hex(rekeyHashPNE(suite, keys, context, binder, counting(0xa0, 32), ...share));

  it("the binder of the session before", () => {
    assert.equal(hex(binder.octets), "ca5d8d8a5a43f85c3a48e17630532d893b4b18c4dd27c2753e409f52bafd7a07");
  });

  it("the PNE's HASH, without and with a share", () => {
    assert.equal(request(), "c5c59c22ac842b6bbc436957fb17855d0ec6489b6cf1887e13a4b7c4076ca1b6");
    assert.equal(
      request(counting(2, 33)),
      "aa396a95d26e038af94bf21602a6b35b00bbe0b03b178e55a61bdf591972041e",
    );
  });

  it("the Server's HASH", () => {
    const of = rekeyHashPNE(suite, keys, context, binder, counting(0xa0, 32));
    assert.equal(
      hex(rekeyed(suite, keys, context, of).hash),
      "6d2ee228af1a0c2fc9f90b8537bf743eab8086cf264ce7326dda31f10267a7e0",
    );
  });
});

describe("the example of a password's secrets in SPAKE2+ (EUK-UI-19)", () => {
  it("w0 and w1", () => {
    const identity = concat(lengthPrefixed(ascii("alice")), lengthPrefixed(ascii("cpns.example")));
    const { w0, w1 } = proverSecrets(suite, counting(0, 32), identity);
    assert.equal(hex(w0.octets), "55eb4362fd2d504904169d3f0dfeb8a414a80b7d7fe3222a12ff8a18eb8538b0");
    assert.equal(hex(w1.octets), "d22139eeb50e640e17256957b45b05e3243a500d7c1bc58236b05ab418f839af");
  });
});

describe("the examples of the Temporary Key (SEC-06, C-04)", () => {
  const temporaryKey = counting(1, 32);
  const context = {
    pne: counting(0x10, 16),
    gateway: counting(0x20, 10),
    server: counting(0x30, 12),
    userID: counting(0x40, 5),
    randPNE: counting(0x50, 32),
    randGateway: counting(0x70, 32),
    epoch: counting(0x90, 16),
    keyID: counting(0xa0, 8),
  };
  const keys = deriveKeys(suite, "TK", temporaryKey, context.pne);
  const hash = counting(0xc0, 16);

  it("the proof of a release, and the key that is released", () => {
    assert.equal(hex(releaseProof(suite, keys, context)), "bf255a9e6de5c0198ecbaac54e130041");
    assert.equal(
      hex(releasedKey(suite, temporaryKey, context).octets),
      "2e141be97edb4fd3e31aadbf89e00680c6b56693259be374c81a47cf381b155a",
    );
  });

  it("the device's claim, the Server's acknowledgement, and the proof beside a guess", () => {
    assert.equal(hex(deviceClaim(suite, keys, context.keyID, hash)), "1493287db582adbd8fb4470f8be4a1f1");
    assert.equal(hex(temporaryKeyAck(suite, keys, context.keyID, hash)), "b71c936ed7d630f2da30ac25c5c63c97");
    assert.equal(
      hex(possessionProof(suite, keys, counting(0xd0, 8), hash)),
      "d3effd7799007a95a886dc248757d981",
    );
  });

  it("the hash of a rotation, with a time beyond 32 bits", () => {
    const { pne, gateway, server, userID: request, keyID } = context;
    const of = { pne, gateway, server, request, keyID, share: counting(2, 33), createdAt: 0x12_3456_789a };
    assert.equal(
      hex(rotationHash(suite, of)),
      "2c8ec256575f0e9eb50c9659f1df7c0f1c4b1fcfc75a1e65067104ee183acf89",
    );
  });
});
