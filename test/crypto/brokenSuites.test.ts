import assert from "node:assert/strict";
import { concat, equalBytes } from "../../src/base/octets.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import type { Suite } from "../../src/crypto/suite.js";
import { suiteChecks } from "./suiteVectors.js";

/** ChaCha20 is its own inverse: what sealing a ciphertext yields is its plaintext, before any look at the tag. */
function openUnverified(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sealed.length < 16) return undefined;
  const ciphertext = sealed.subarray(0, sealed.length - 16);
  return nobleSuite.seal(key, nonce, ciphertext, new Uint8Array(0)).slice(0, ciphertext.length);
}

const none = new Uint8Array(0);
const { sha256, hmac, hkdf, seal, open, pbkdf2 } = nobleSuite;

/** A Suite with one bug, and how the titles of the checks begin that must find it. */
const broken: readonly (readonly [defect: string, found: string, bug: Partial<Suite>])[] = [
  ["hashes the first part only", "SHA-256", { sha256: (first = none) => sha256(first) }],
  ["hashes its parts in reverse", "SHA-256", { sha256: (...parts) => sha256(...[...parts].reverse()) }],
  ["has an HMAC without the outer hash", "HMAC", { hmac: (key, ...parts) => sha256(key, ...parts) }],
  ["cuts long HMAC keys", "HMAC", { hmac: (key, ...parts) => hmac(key.subarray(0, 64), ...parts) }],
  ["authenticates the first part only", "HMAC", { hmac: (key, first = none) => hmac(key, first) }],
  [
    "exchanges salt and key of HKDF",
    "HKDF",
    { hkdf: (salt, ikm, info, length) => hkdf(ikm, salt, info, length) },
  ],
  ["forgets the info of HKDF", "HKDF", { hkdf: (salt, ikm, _info, length) => hkdf(salt, ikm, none, length) }],
  ["seals without the AAD", "ChaCha20", { seal: (key, nonce, text) => seal(key, nonce, text, none) }],
  ["opens without the AAD", "ChaCha20", { open: (key, nonce, sealed) => open(key, nonce, sealed, none) }],
  ["opens without a look at the tag", "ChaCha20-Poly1305 does not", { open: openUnverified }],
  [
    "looks at half of the tag",
    "ChaCha20-Poly1305 does not",
    {
      open(key, nonce, sealed, aad) {
        const plaintext = openUnverified(key, nonce, sealed);
        if (plaintext === undefined) return undefined;
        const half = sealed.length - 8;
        const again = seal(key, nonce, plaintext, aad).subarray(0, half);
        return equalBytes(again, sealed.subarray(0, half)) ? plaintext : undefined;
      },
    },
  ],
  [
    "opens what has octets after the tag",
    "ChaCha20-Poly1305 does not",
    {
      open: (key, nonce, sealed, aad) =>
        open(key, nonce, sealed, aad) ?? open(key, nonce, sealed.subarray(0, sealed.length - 1), aad),
    },
  ],
  [
    "iterates once too often",
    "PBKDF2",
    { pbkdf2: (password, salt, count) => pbkdf2(password, salt, count + 1) },
  ],
  ["forgets the salt", "PBKDF2", { pbkdf2: (password, _salt, count) => pbkdf2(password, none, count) }],
  [
    "adds an octet to the password",
    "PBKDF2",
    { pbkdf2: (password, salt, count) => pbkdf2(concat(password, Uint8Array.of(1)), salt, count) },
  ],
];

describe("the published vectors find a Suite that", () => {
  for (const [defect, found, bug] of broken) {
    it(defect, () => {
      const checks = suiteChecks({ ...nobleSuite, ...bug }).filter(({ title }) => title.startsWith(found));
      const failed = checks.filter(({ run }) => {
        try {
          run();
          return false;
        } catch {
          return true;
        }
      });
      assert.notEqual(failed.length, 0);
    });
  }
});
