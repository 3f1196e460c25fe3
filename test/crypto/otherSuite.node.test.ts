import assert from "node:assert/strict";
import { createCipheriv, createDecipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { Family } from "../support/family.js";
import { lampTopic, Probe } from "../support/probe.js";

const hash = "sha512-256";
const aead = "aes-256-gcm";
const taken = (octets: Buffer): Uint8Array => Uint8Array.from(octets);

/** Lengths as suite 1 has them, and no algorithm of it but the curve: AES-256-GCM, and SHA-512/256 everywhere. */
function otherSuite(calls: Set<string>): CurveSuite {
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => {
    calls.add("hmac");
    return taken(createHmac(hash, key).update(Buffer.concat(parts)).digest());
  };
  return {
    ...nodeSuite,
    id: 2,
    name: "another",
    sha256: (...parts) => {
      calls.add("hash");
      return taken(createHash(hash).update(Buffer.concat(parts)).digest());
    },
    hmac,
    hkdf: (salt, ikm, info, length) => {
      const prk = hmac(salt, ikm);
      const blocks: Uint8Array[] = [];
      for (let i = 1; blocks.length * 32 < length; i++)
        blocks.push(hmac(prk, blocks.at(-1) ?? new Uint8Array(0), info, Uint8Array.of(i)));
      return taken(Buffer.concat(blocks).subarray(0, length));
    },
    seal: (key, nonce, plaintext, aad) => {
      calls.add("seal");
      const cipher = createCipheriv(aead, key, nonce, { authTagLength: 16 }).setAAD(aad);
      return taken(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
    },
    open: (key, nonce, sealed, aad) => {
      const tag = sealed.subarray(sealed.length - 16);
      const cipher = createDecipheriv(aead, key, nonce, { authTagLength: 16 }).setAAD(aad).setAuthTag(tag);
      try {
        return taken(Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]));
      } catch {
        return undefined;
      }
    },
    pbkdf2: (password, salt, iterations) => {
      const made = taken(pbkdf2Sync(password, salt, iterations, 32, hash));
      return { iterations, done: iterations, step: () => made, cancel: () => made.fill(0) };
    },
  };
}

const specs = (probe: Probe) => [Family.spec("kitchen", { application: () => probe }), Family.spec("hall")];

describe("a suite of other algorithms", () => {
  it("is all that PNE, PN GW and Server need for another cryptography: enrolment, PN, data, the way back", async () => {
    const calls = new Set<string>();
    const suite = otherSuite(calls);
    const probe = new Probe(lampTopic);
    const suites = { pneSuite: suite, gatewaySuite: suite, serverSuite: suite };
    const net = await new Family(specs(probe), { ...suites, poll: true }).ready();
    await net.together("kitchen", ["hall"]);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    net.of("kitchen").powerOff();
    net.of("kitchen").powerOn();
    await net.pass(30);
    assert.equal(probe.context.state, "here");
    assert.deepEqual([...calls].sort(), ["hash", "hmac", "seal"]);
  });

  it("does not work with one of suite 1: nobody takes the wrong one's proofs", async () => {
    const net = new Family([Family.spec("kitchen")], { gatewaySuite: otherSuite(new Set()) });
    await assert.rejects(net.ready());
    assert.ok(!net.kinds("kitchen").includes("enrolled"));
  });
});
