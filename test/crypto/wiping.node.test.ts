import assert from "node:assert/strict";
import { createDecipheriv, createHmac } from "node:crypto";
import { format, inspect } from "node:util";
import { sha256 } from "@noble/hashes/sha2.js";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { allZero, ascii, equalBytes } from "../../src/base/octets.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Secret } from "../../src/crypto/secret.js";
import type { Suite } from "../../src/crypto/suite.js";

const Plain = Uint8Array;
const salt = ascii("public salt of sixteen"); // in the clear on the wire, so it may stay

interface Traces {
  readonly arrays: Uint8Array[];
  readonly hashes: object[];
}

/** Runs `run` while every new Uint8Array and every state of noble's SHA-256 is kept in `traces`. */
function traced(run: (traces: Traces) => void): void {
  const traces: Traces = { arrays: [], hashes: [] };
  const Traced = { Uint8Array: class extends Plain {} }.Uint8Array;
  const watched = new Proxy(Traced, {
    construct(target, parameters, newTarget): object {
      const made = Reflect.construct(target, parameters, newTarget) as Uint8Array;
      traces.arrays.push(made);
      return made;
    },
  });
  // So that slice() and subarray() of a traced array are traced as well.
  Object.defineProperty(Traced.prototype, "constructor", { value: watched });
  const hash = Object.getPrototypeOf(sha256.create()) as { get(): number[] };
  const { get } = hash;
  hash.get = function (this: object) {
    traces.hashes.push(this);
    return get.call(this);
  };
  globalThis.Uint8Array = watched as unknown as Uint8ArrayConstructor;
  try {
    run(traces);
  } finally {
    globalThis.Uint8Array = Plain;
    Reflect.deleteProperty(hash, "get");
  }
}

const words = ["A", "B", "C", "D", "E", "F", "G", "H"];
/** What the traces still hold, but for the salt and the block index of PBKDF2. */
const secretsIn = ({ arrays, hashes }: Traces): object[] => [
  ...arrays.filter((octets) => !allZero(octets) && !equalBytes(octets, salt) && octets.length > 4),
  ...hashes.filter((hash) => words.some((word) => Reflect.get(hash, word) !== 0)),
];

/** An array of the class that is traced at the moment, as a caller's own would be. */
function ownPassword(traces: Traces): Uint8Array {
  const password = Uint8Array.from(ascii("correct horse battery staple"));
  traces.arrays.length = 0;
  return password;
}

for (const suite of [nobleSuite, nodeSuite] as readonly Suite[]) {
  describe(`a derivation of back end ${suite.name}`, () => {
    it("holds secrets while it runs and none after it was cancelled", () => {
      traced((traces) => {
        const derivation = suite.pbkdf2(ownPassword(traces), salt, 100);
        if (suite === nobleSuite) derivation.step(10);
        assert.notEqual(
          secretsIn(traces).length,
          0,
          "the traces must see something, else they prove nothing",
        );
        derivation.cancel();
        assert.deepEqual(secretsIn(traces), []);
      });
    });

    it("holds none after it yielded its key, which is its caller's", () => {
      traced((traces) => {
        const derivation = suite.pbkdf2(ownPassword(traces), salt, 100);
        const key = derivation.step(100);
        assert.ok(key !== undefined && !allZero(key));
        assert.deepEqual(
          secretsIn(traces).filter((octets) => octets !== key),
          [],
        );
      });
    });
  });
}

/** Every Buffer that OpenSSL's HMAC and deciphering gave out while `run` ran. */
function buffersOf(run: () => void): Buffer[] {
  const buffers: Buffer[] = [];
  const hmac = Object.getPrototypeOf(createHmac("sha256", salt));
  const cipherKey = new Plain(32);
  const options = { authTagLength: 16 };
  const decipher = Object.getPrototypeOf(
    createDecipheriv("chacha20-poly1305", cipherKey, new Plain(12), options),
  );
  const { digest } = hmac;
  const { update } = decipher;
  const keep = (original: (...parameters: unknown[]) => Buffer) =>
    function (this: unknown, ...parameters: unknown[]): Buffer {
      const buffer = original.apply(this, parameters);
      buffers.push(buffer);
      return buffer;
    };
  hmac.digest = keep(digest);
  decipher.update = keep(update);
  try {
    run();
  } finally {
    hmac.digest = digest;
    decipher.update = update;
  }
  return buffers;
}

describe("back end node:crypto", () => {
  const [key, nonce, aad] = [new Plain(32).fill(1), new Plain(12), new Plain(0)];
  const sealed = nodeSuite.seal(key, nonce, ascii("a secret text"), aad);
  const tampered = sealed.map((octet, at) => (at === sealed.length - 1 ? octet ^ 1 : octet));

  it("leaves no second copy of a result in Node's Buffers", () => {
    const buffers = buffersOf(() => {
      nodeSuite.hmac(key, salt);
      nodeSuite.open(key, nonce, sealed, aad);
    });
    assert.equal(buffers.length, 2);
    for (const buffer of buffers) assert.ok(buffer.length > 0 && allZero(buffer));
  });

  it("wipes what it deciphered under a wrong tag", () => {
    traced((traces) => {
      assert.equal(nodeSuite.open(key, nonce, tampered, aad), undefined);
      assert.ok(traces.arrays.some((octets) => octets.length === sealed.length - 16));
      assert.deepEqual(secretsIn(traces), []);
    });
  });
});

describe("a Secret in Node's own printing", () => {
  it("shows no octet", () => {
    const secret = new Secret(Plain.of(171, 205));
    for (const printed of [
      inspect(secret, { showHidden: true, depth: 9 }),
      format("%s %o %j", secret, secret, secret),
    ]) {
      assert.doesNotMatch(printed, /171|205|ab|cd/i);
    }
  });
});
