import type { Curve } from "./curve.js";

/** In octets, of what a Suite takes and makes. */
export interface Lengths {
  /** Of a key of `seal`, and of every key that is derived. */
  readonly key: number;
  /** Of `sha256` and `hmac`. */
  readonly hash: number;
  readonly nonce: number;
  readonly tag: number;
}

/** What every back end of suite 1 has. No message carries the id of a suite: none means suite 1. */
export const suite1 = Object.freeze({
  id: 1,
  lengths: Object.freeze<Lengths>({ key: 32, hash: 32, nonce: 12, tag: 16 }),
});

/**
 * The one interface through which the core reaches cryptography. Suite 1: SHA-256,
 * HMAC-SHA-256 (RFC 2104), HKDF-SHA-256 (RFC 5869), PBKDF2-HMAC-SHA-256 (RFC 8018), ChaCha20-Poly1305 (RFC 8439).
 * Back ends: noble (reference; Node and XS), node:crypto (gateway, server), the SDK's native modules (device).
 *
 * Every function returns fresh octets that the caller owns and wipes when they are secret.
 */
export interface Suite {
  /** Which algorithms these are; 1 so far. */
  readonly id: number;
  readonly lengths: Lengths;
  /** Of the back end. */
  readonly name: string;
  /** 32 octets over the concatenation of the parts. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 over the concatenation of the parts: 32 octets. */
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** HKDF-SHA-256, extract and expand; `length` at most 255 * 32 octets. */
  hkdf(salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** ChaCha20-Poly1305: key 32, nonce 12 octets; returns ciphertext ‖ tag (16). */
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  /** The plaintext, or undefined when the tag does not verify. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined;
  /** Starts PBKDF2-HMAC-SHA-256 with 32 octets of output; nothing is computed before the first `step`. */
  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Derivation;
  /** P-256, where the host has it: without it a PNE enrols by `scram` only, and a Server cannot be. */
  readonly curve?: Curve;
}

/** A Suite with curve arithmetic. */
export type CurveSuite = Suite & { readonly curve: Curve };

export const hasCurve = (suite: Suite): suite is CurveSuite => suite.curve !== undefined;

/**
 * A long key derivation, done in slices so that display and keypad stay alive and the person can cancel. It keeps
 * its own copy of what it needs of the password and wipes it at the end or on `cancel`.
 */
export interface Derivation {
  readonly iterations: number;
  /** Iterations done so far, for the progress bar. */
  readonly done: number;
  /** Computes at most `iterations` more (a back end may finish at once); the 32 octets when complete, else undefined. */
  step(iterations: number): Uint8Array | undefined;
  /** Wipes everything; later steps throw. */
  cancel(): void;
}
