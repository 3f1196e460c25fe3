import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { clientProof, makeVerifier, serverSignature, verifyProof } from "../../src/crypto/scram.js";
import type { Derivation, Suite } from "../../src/crypto/suite.js";
import { aeadVectors } from "../vectors/chacha20Poly1305.js";
import { hkdfVectors } from "../vectors/hkdfSha256.js";
import { hmacVectors } from "../vectors/hmacSha256.js";
import { pbkdf2LongVector, pbkdf2Vector } from "../vectors/pbkdf2Sha256.js";
import { scramVector } from "../vectors/scramSha256.js";
import { sha256OfMillionA, sha256Vectors } from "../vectors/sha256.js";

/** One check of a Suite against a published value; throws AssertionError when it does not hold. */
export interface SuiteCheck {
  readonly title: string;
  readonly run: () => void;
}

/** Steps until the key is there, in slices of `slice` iterations. */
export function finish(derivation: Derivation, slice: number): Uint8Array {
  for (;;) {
    const key = derivation.step(slice);
    if (key !== undefined) return key;
  }
}

/** The message cut in three at odd places, so that a back end that joins parts wrongly shows. */
const inParts = (octets: Uint8Array): Uint8Array[] => {
  const cut = Math.floor(octets.length / 3);
  return [
    octets.subarray(0, cut),
    new Uint8Array(0),
    octets.subarray(cut, cut + 1),
    octets.subarray(cut + 1),
  ];
};

const hashChecks = (suite: Suite): SuiteCheck[] => [
  ...sha256Vectors.map(({ message, digest }) => ({
    title: `SHA-256 of ${message.length / 2} octets (FIPS 180, NIST)`,
    run: () => {
      assert.equal(hex(suite.sha256(fromHex(message))), digest);
      assert.equal(hex(suite.sha256(...inParts(fromHex(message)))), digest);
    },
  })),
  ...hmacVectors.map(({ key, message, mac }, index) => ({
    title: `HMAC-SHA-256, RFC 4231 vector ${index + 1}`,
    run: () => {
      assert.equal(hex(suite.hmac(fromHex(key), fromHex(message))), mac);
      assert.equal(hex(suite.hmac(fromHex(key), ...inParts(fromHex(message)))), mac);
    },
  })),
  ...hkdfVectors.map(({ ikm, salt, info, okm }, index) => ({
    title: `HKDF-SHA-256, RFC 5869 A.${index + 1}`,
    run: () => {
      const made = suite.hkdf(fromHex(salt), fromHex(ikm), fromHex(info), okm.length / 2);
      assert.equal(hex(made), okm);
    },
  })),
];

const aeadChecks = (suite: Suite): SuiteCheck[] =>
  aeadVectors.map(({ title, key, nonce, plaintext, aad, sealed }) => ({
    title: `ChaCha20-Poly1305, ${title}`,
    run: () => {
      const [k, n, a] = [fromHex(key), fromHex(nonce), fromHex(aad)];
      assert.equal(hex(suite.seal(k, n, fromHex(plaintext), a)), sealed);
      const opened = suite.open(k, n, fromHex(sealed), a);
      assert.equal(opened && hex(opened), plaintext);
    },
  }));

/** Every single changed bit, and every wrong length, of one published vector. */
function tamperChecks(suite: Suite): SuiteCheck[] {
  const vector = aeadVectors.find((one) => one.title === "BoringSSL 8");
  if (vector === undefined) throw new RangeError("no such vector");
  const parts = ["key", "nonce", "sealed", "aad"] as const;
  const open = (
    part?: (typeof parts)[number],
    change: (octets: Uint8Array) => Uint8Array = (same) => same,
  ) => {
    const octets = parts.map((name) =>
      name === part ? change(fromHex(vector[name])) : fromHex(vector[name]),
    );
    const [key, nonce, sealed, aad] = octets as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    return suite.open(key, nonce, sealed, aad);
  };
  return [
    ...parts.map((part) => ({
      title: `ChaCha20-Poly1305 does not open when any bit of ${part} is changed`,
      run: () => {
        for (let bit = 0; bit < vector[part].length * 4; bit++) {
          const opened = open(part, (octets) => {
            octets[bit >> 3] = (octets[bit >> 3] as number) ^ (1 << (bit & 7));
            return octets;
          });
          assert.equal(opened, undefined, `bit ${bit}`);
        }
      },
    })),
    {
      title: "ChaCha20-Poly1305 does not open what is cut or lengthened, and opens what is whole",
      run: () => {
        const whole = vector.sealed.length / 2;
        for (let length = 0; length <= whole + 1; length++) {
          if (length === whole) continue;
          const resized = new Uint8Array(length);
          const opened = open("sealed", (octets) => {
            resized.set(octets.subarray(0, length));
            return resized;
          });
          assert.equal(opened, undefined, `${length} octets`);
        }
        assert.notEqual(open(), undefined);
      },
    },
  ];
}

interface Pbkdf2Vector {
  readonly password: string;
  readonly salt: string;
  readonly iterations: number;
  readonly key: string;
}

const pbkdf2Check = (suite: Suite, vector: Pbkdf2Vector): SuiteCheck => ({
  title: `PBKDF2-HMAC-SHA-256, RFC 7914 §11, ${vector.iterations} iterations`,
  run: () => {
    const derivation = suite.pbkdf2(fromHex(vector.password), fromHex(vector.salt), vector.iterations);
    assert.equal(hex(finish(derivation, 7001)), vector.key);
  },
});

const scramCheck = (suite: Suite): SuiteCheck => ({
  title: "SCRAM-SHA-256, RFC 7677 §3",
  run: () => {
    const { password, salt, iterations } = scramVector;
    const salted = finish(suite.pbkdf2(fromHex(password), fromHex(salt), iterations), iterations);
    const authMessage = ascii(scramVector.authMessage);
    const verifier = makeVerifier(suite, salted);
    const proof = clientProof(suite, salted, authMessage);
    assert.equal(hex(proof), scramVector.clientProof);
    assert.equal(verifyProof(suite, verifier.storedKey, authMessage, proof), true);
    const signature = serverSignature(suite, verifier.serverKey, authMessage);
    assert.equal(hex(signature), scramVector.serverSignature);
  },
});

/** Everything published that a Suite must reproduce, in a time that XS can afford. */
export const suiteChecks = (suite: Suite): SuiteCheck[] => [
  ...hashChecks(suite),
  ...aeadChecks(suite),
  ...tamperChecks(suite),
  pbkdf2Check(suite, pbkdf2Vector),
  scramCheck(suite),
];

/** Published values that take XS tens of seconds. */
export const longSuiteChecks = (suite: Suite): SuiteCheck[] => [
  {
    title: "SHA-256 of one million octets (FIPS 180)",
    run: () => {
      assert.equal(hex(suite.sha256(new Uint8Array(1_000_000).fill(0x61))), sha256OfMillionA);
    },
  },
  pbkdf2Check(suite, pbkdf2LongVector),
];

/** Registers the checks of a Suite with mocha: the same for every back end. */
export function suiteVectors(suite: Suite, checks: (suite: Suite) => SuiteCheck[] = suiteChecks): void {
  describe(`published vectors of suite 1, back end ${suite.name}`, () => {
    for (const check of checks(suite)) it(check.title, check.run);
  });
}
