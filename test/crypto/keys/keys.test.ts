import assert from "node:assert/strict";
import { allZero, ascii, concat, hex } from "../../../src/base/octets.js";
import { checkRands, directSessionKey } from "../../../src/crypto/keys/directKeys.js";
import { type LocalKeyBinding, unwrapLocalKey, wrapLocalKey } from "../../../src/crypto/keys/localKeys.js";
import { deriveKeys, wipeKeys } from "../../../src/crypto/keys/pairKeys.js";
import { recordKeys } from "../../../src/crypto/keys/recordKeys.js";
import { rekeyed } from "../../../src/crypto/keys/rekey.js";
import {
  contextOctets,
  hashServer,
  type PairContext,
  relayedSessionKey,
} from "../../../src/crypto/keys/relayedKeys.js";
import { nobleSuite as suite } from "../../../src/crypto/noble.js";
import { Secret } from "../../../src/crypto/secret.js";
import { codeOf } from "../../support/codeOf.js";
import { exampleInputs, exampleOutputs } from "../../vectors/keySchedule.js";
import { keySchedule } from "./keySchedule.js";

const inputs = exampleInputs();
const keys = () => deriveKeys(suite, inputs.kind, inputs.key, inputs.owner);
const binding: LocalKeyBinding = Object.freeze({
  role: "gw",
  context: inputs.context,
  keyID: 0xffffffff,
  expiresAt: 0xffffffffff,
});

describe("the key schedule's example (GWA-08, GWA-09, GWA-12, PNI-05a, PNI-08, PNI-12a, PNI-12b, EUK-UI-19)", () => {
  const outputs = keySchedule(suite, inputs);
  for (const [name, expected] of Object.entries(exampleOutputs)) {
    it(name, () => {
      assert.equal(outputs[name], expected);
    });
  }
});

describe("the key schedule", () => {
  it("takes keys of 32 octets only", () => {
    for (const length of [0, 16, 31, 33]) {
      const wrong = new Uint8Array(length);
      assert.equal(
        codeOf(() => deriveKeys(suite, "EUK", wrong, inputs.owner)),
        "crypto.length",
      );
      assert.equal(
        codeOf(() => wrapLocalKey(suite, keys(), binding, inputs.nonce, wrong)),
        "crypto.length",
      );
    }
  });

  it("leaves the key it derives from to its owner", () => {
    const key = inputs.key.slice();
    wipeKeys(deriveKeys(suite, "EUK", key, inputs.owner));
    assert.equal(hex(key), hex(inputs.key));
  });

  it("wipes all keys of a pair at once", () => {
    const made = keys();
    const octets = [made.auth.octets, made.wrap.octets, made.sess.octets];
    wipeKeys(made);
    wipeKeys(made);
    wipeKeys(undefined);
    for (const one of octets) assert.ok(allZero(one));
    assert.throws(() => relayedSessionKey(suite, made, inputs.context), RangeError);
  });

  it("refuses what has no length in its context unless it has its defined one", () => {
    const changes: readonly Partial<PairContext>[] = [
      { randPNE: new Uint8Array(31) },
      { randPNE: new Uint8Array(33) },
      { randServer: new Uint8Array(0) },
      { randServer: new Uint8Array(64) },
    ];
    for (const change of changes) {
      assert.equal(
        codeOf(() => contextOctets(suite, { ...inputs.context, ...change })),
        "crypto.length",
      );
    }
    for (const flags of [-1, 256, 0.5, Number.NaN]) {
      assert.equal(
        codeOf(() => contextOctets(suite, { ...inputs.context, flags })),
        "crypto.range",
      );
    }
    const sk = relayedSessionKey(suite, keys(), inputs.context);
    const short = new Uint8Array(16);
    const make = () => hashServer(suite, keys(), inputs.context, sk, short, inputs.pnInventory);
    assert.equal(codeOf(make), "crypto.length");
  });

  it("refuses RANDs and ECDH secrets of another length than 32", () => {
    const [right, wrong] = [new Uint8Array(32), new Uint8Array(31)];
    assert.equal(
      codeOf(() => directSessionKey(suite, keys(), wrong, right, right)),
      "crypto.length",
    );
    assert.equal(
      codeOf(() => directSessionKey(suite, keys(), right, wrong, right)),
      "crypto.length",
    );
    assert.equal(
      codeOf(() => directSessionKey(suite, keys(), right, right, right, wrong)),
      "crypto.length",
    );
  });

  it("makes session keys of the ECDH secret too, where there is one: the EUKey alone is not enough (forward secrecy)", () => {
    const agreement = (mark: number) => ({
      sharePNE: new Uint8Array(33).fill(2),
      shareServer: new Uint8Array(33).fill(3),
      secret: new Secret(new Uint8Array(32).fill(mark)),
    });
    const relayed = (mark: number): string =>
      hex(relayedSessionKey(suite, keys(), inputs.context, agreement(mark)).octets);
    const renewed = (mark: number): string => {
      const { sk, hash } = rekeyed(suite, keys(), inputs.context, new Uint8Array(32), agreement(mark));
      return hex(sk.octets) + hex(hash);
    };
    const rand = (mark: number) => new Uint8Array(32).fill(mark);
    const direct = (mark: number): string =>
      hex(directSessionKey(suite, keys(), rand(1), rand(2), rand(3), rand(mark)).octets);
    for (const made of [relayed, renewed, direct]) {
      assert.equal(made(7), made(7));
      assert.notEqual(made(7), made(8));
    }
    // docs/PROTOCOL.md: ikm = K_sess ‖ secret, both shares in the info.
    const shares = concat(agreement(7).sharePNE, agreement(7).shareServer);
    const info = concat(ascii("CPNS SK"), contextOctets(suite, inputs.context), shares);
    const salt = concat(inputs.context.randPNE, inputs.context.randServer);
    const ikm = concat(keys().sess.octets, agreement(7).secret.octets);
    assert.equal(relayed(7), hex(suite.hkdf(salt, ikm, info, 32)));
  });

  it("makes RANDs wrong that are short, zero or equal, on either side", () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    assert.equal(
      codeOf(() => checkRands(one, other)),
      undefined,
    );
    const bad = [
      new Uint8Array(0),
      new Uint8Array(31).fill(3),
      new Uint8Array(33).fill(3),
      new Uint8Array(32),
    ];
    for (const wrong of bad) {
      assert.equal(
        codeOf(() => checkRands(one, wrong)),
        "crypto.rand",
      );
      assert.equal(
        codeOf(() => checkRands(wrong, one)),
        "crypto.rand",
      );
    }
    assert.equal(
      codeOf(() => checkRands(one, one.slice())),
      "crypto.rand",
    );
  });

  it("gives each direction of the records its own key and IV", () => {
    const made = recordKeys(suite, relayedSessionKey(suite, keys(), inputs.context));
    const { initiatorToResponder: i2r, responderToInitiator: r2i } = made;
    assert.notEqual(hex(i2r.key.octets), hex(r2i.key.octets));
    assert.notEqual(hex(i2r.iv), hex(r2i.iv));
    assert.deepEqual([i2r.key.octets.length, i2r.iv.length], [32, 12]);
  });
});

describe("a wrapped LocalEUKey (PNI-05a, PNI-06, C-25)", () => {
  it("opens for whom it was made, to the key that was wrapped", () => {
    const wrapped = wrapLocalKey(suite, keys(), binding, inputs.nonce, inputs.localKey);
    assert.equal(wrapped.length, 60);
    const key = unwrapLocalKey(suite, keys(), binding, wrapped);
    assert.equal(key && hex(key.octets), hex(inputs.localKey));
  });

  it("has no binding outside the numbers that its octets can hold", () => {
    const numbers = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
    const wrong = [{ keyID: 2 ** 32 }, ...numbers.flatMap((one) => [{ keyID: one }, { expiresAt: one }])];
    for (const change of wrong) {
      const make = () =>
        wrapLocalKey(suite, keys(), { ...binding, ...change }, inputs.nonce, inputs.localKey);
      assert.equal(codeOf(make), "crypto.range");
    }
    const latest = { ...binding, expiresAt: Number.MAX_SAFE_INTEGER };
    const wrapped = wrapLocalKey(suite, keys(), latest, inputs.nonce, inputs.localKey);
    assert.notEqual(unwrapLocalKey(suite, keys(), latest, wrapped), undefined);
  });
});
