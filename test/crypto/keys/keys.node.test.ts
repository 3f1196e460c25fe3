import assert from "node:assert/strict";
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { SeededRandom } from "../../support/seededRandom.js";
import { exampleInputs, exampleOutputs } from "../../vectors/keySchedule.js";
import { anyInputs, type KeyScheduleInputs, type KeyScheduleOutputs, keySchedule } from "./keySchedule.js";

// The key schedule a second time, from the text of the design alone: it shares no function with src/.

const sha256 = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const text = (label: string): Buffer => Buffer.from(label, "latin1");

function lp(octets: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([length, octets]);
}

/** RFC 5869 §2.2 and §2.3 by hand. */
function expand(prk: Uint8Array, info: Uint8Array, length: number): Buffer {
  let okm: Uint8Array = Buffer.alloc(0);
  let block: Uint8Array = Buffer.alloc(0);
  for (let n = 1; okm.length < length; n++) {
    block = hmac(prk, block, info, Uint8Array.of(n));
    okm = Buffer.concat([okm, block]);
  }
  return Buffer.from(okm.subarray(0, length));
}
const hkdf = (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Buffer =>
  expand(hmac(salt, ikm), info, length);

function context(from: KeyScheduleInputs): Buffer {
  const { pnID, pne, gateway, server, pneInfo, flags, randPNE, randServer } = from.context;
  const ids = Buffer.concat([lp(pnID), lp(pne), lp(gateway), lp(server)]);
  return Buffer.concat([ids, sha256(pneInfo), Uint8Array.of(flags), randPNE, randServer]);
}

function terms(from: KeyScheduleInputs): Buffer {
  const tail = Buffer.alloc(12);
  tail.writeUInt32BE(from.keyID);
  tail.writeBigUInt64BE(BigInt(from.expiresAt), 4);
  return tail;
}

/** LEU-02: of the Temporary Key, whose owner is the PNE of the context. */
function preAssigned(from: KeyScheduleInputs): Buffer {
  const sess = expand(
    hmac(text("CPNS-TK-v1"), from.key),
    Buffer.concat([text("sess"), lp(from.context.pne)]),
    32,
  );
  const salt = Buffer.concat([from.context.randPNE, from.context.randServer]);
  return hkdf(salt, sess, Buffer.concat([text("CPNS TK link"), context(from), terms(from)]), 32);
}

function wrapped(from: KeyScheduleInputs, wrap: Uint8Array): Buffer {
  const cipher = createCipheriv("chacha20-poly1305", wrap, from.nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.concat([text("LEU"), text(from.role), context(from), terms(from)]), {
    plaintextLength: 32,
  });
  const body = Buffer.concat([cipher.update(from.localKey), cipher.final()]);
  return Buffer.concat([from.nonce, body, cipher.getAuthTag()]);
}

function straight(from: KeyScheduleInputs): KeyScheduleOutputs {
  const { kind, key, connectRequest, authenticateRequest, authenticateResponse } = from;
  const prk = hmac(text(`CPNS-${kind}-v1`), key);
  const [auth, wrap, sess] = ["auth", "wrap", "sess"].map((label) =>
    expand(prk, Buffer.concat([text(label), lp(from.owner)]), 32),
  ) as [Buffer, Buffer, Buffer];
  const th1 = sha256(lp(connectRequest), lp(authenticateRequest));
  const th2 = sha256(lp(connectRequest), lp(authenticateRequest), lp(authenticateResponse));
  const rands = Buffer.concat([from.context.randPNE, from.context.randServer]);
  const directInfo = Buffer.concat([text("CPNS SK"), th1]);
  const ctx = context(from);
  const sk = hkdf(rands, sess, Buffer.concat([text("CPNS SK"), ctx]), 32);
  const skHash = sha256(text("sk"), sk);
  const hashPNE = hmac(auth, text("pne"), ctx, skHash);
  const outputs = {
    auth,
    wrap,
    sess,
    th1,
    th2,
    hashInitiator: hmac(auth, text("c-hash"), th1).subarray(0, 16),
    hashResponder: hmac(auth, text("s-hash"), th2).subarray(0, 16),
    directSessionKey: hkdf(rands, sess, directInfo, 32),
    directSessionKeyECDH: hkdf(rands, Buffer.concat([sess, from.ecdhSecret]), directInfo, 32),
    context: ctx,
    relayedSessionKey: sk,
    hashPNE,
    hashServer: hmac(auth, text("srv"), ctx, skHash, hashPNE, sha256(from.pnInventory)),
    wrapped: wrapped(from, wrap),
    preAssigned: preAssigned(from),
    recordInitiatorToResponder: hkdf(Buffer.alloc(0), sk, text("CPNS record i2r"), 44),
    recordResponderToInitiator: hkdf(Buffer.alloc(0), sk, text("CPNS record r2i"), 44),
    confirm: hmac(auth, text("confirm"), lp(from.euKeyID)).subarray(0, 16),
    ack: hmac(auth, text("ack"), lp(from.euKeyID)).subarray(0, 16),
    scramDeliveryKey: hkdf(sha256(from.authMessage), key, text("CPNS EUKey delivery"), 32),
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, octets]) => [name, octets.toString("hex")]));
}

describe("the key schedule, computed a second time from the design", () => {
  it("gives the published example", () => {
    assert.deepEqual(straight(exampleInputs()), exampleOutputs);
  });

  it("gives what the system computes, over both back ends, for any inputs", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const from = anyInputs(new SeededRandom(seed));
      const expected = straight(from);
      assert.deepEqual(keySchedule(nodeSuite, from), expected, `node:crypto, seed ${seed}`);
      assert.deepEqual(keySchedule(nobleSuite, from), expected, `noble, seed ${seed}`);
    }
  });
});
