import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii, concat, hex } from "../../../src/base/octets.js";
import { Method } from "../../../src/codec/methods.js";
import { basePoint } from "../../../src/crypto/curve.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import { clientKey } from "../../../src/crypto/scram.js";
import { proverSecrets } from "../../../src/crypto/spake2plus.js";
import { passwordIdentity } from "../../../src/protocols/enrolment/transcript.js";
import { userVerifier } from "../../../src/protocols/enrolment/verifiers.js";
import { EnrolPair, realm } from "../../support/enrolPair.js";

const alice = ascii("alice");
const salt = new Uint8Array(16).fill(5);
const salted = nodeSuite.sha256(ascii("as PBKDF2 would give it"));
const record = userVerifier(nodeSuite, salted, salt, alice, realm);
const digest = (user: typeof record): string =>
  hex(concat(user.salt, user.storedKey, user.serverKey, user.w0, user.l));

describe("what is kept of a password, and sent in its place at a registration (C-23, REG-03)", () => {
  it("verifies both methods, from one derivation", async () => {
    const pair = await new EnrolPair().register("alice", "wonderland");
    for (const method of [Method.spake2plus, Method.scram]) {
      assert.equal((await pair.attempt({ methods: [method] })).outcome, "enrolled");
    }
  });

  it("is the same whichever back end makes it", () => {
    const noble = { ...nobleSuite, curve: nobleCurve };
    assert.equal(digest(userVerifier(noble, salted, salt, alice, realm)), digest(record));
  });

  it("holds nothing with which one could ask for a key: no SaltedPassword, ClientKey, nor w1", () => {
    const { w1 } = proverSecrets(nodeSuite, salted, passwordIdentity(alice, realm));
    const kept = digest(record);
    for (const secret of [salted, clientKey(nodeSuite, salted), w1.octets])
      assert.ok(!kept.includes(hex(secret)));
    assert.equal(hex(record.l), hex(nodeSuite.curve.multiply(w1.octets, basePoint())));
  });

  it("is refused for another User ID and at another Server, though the password is the same", async () => {
    for (const [userID, server] of [
      ["bob", realm],
      ["alice", ascii("other.example")],
    ] as const) {
      const other = userVerifier(nodeSuite, salted, salt, ascii(userID), server);
      assert.notEqual(hex(other.w0), hex(record.w0));
      assert.notEqual(hex(other.l), hex(record.l));
    }
    const pair = await new EnrolPair().register("alice", "wonderland");
    const stolen = await pair.store.get("users", hex(alice));
    assert.ok(stolen);
    await pair.store.transaction((tables) => tables.users.put(hex(ascii("bob")), stolen));
    const methods = [Method.spake2plus];
    assert.equal((await pair.attempt({ methods, userID: "bob" })).outcome, "result.refused");
  });
});
