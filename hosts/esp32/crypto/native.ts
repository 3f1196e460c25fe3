/**
 * The functions of c/cpnsNative.c. Buffers come back as ArrayBuffers of their own; a wrong length, a detached or a
 * foreign buffer throws a TypeError or RangeError of XS: callers check before, these are the last line.
 */

/** A PBKDF2 under way, in C memory, which its collection wipes too. */
export interface NativeDerivation {
  readonly derivation: unique symbol;
}

/** Why P-256 gave no point (c/cpnsP256.h). */
export const P256Verdict = Object.freeze({ scalar: 1, point: 2 });

/** Why there are no random octets (c/cpnsEntropy.h). */
export const RandomVerdict = Object.freeze({ ok: 0, quiet: 1, absent: 2, unhealthy: 3 });

export function sha256(this: unknown, ...parts: readonly Uint8Array[]): ArrayBuffer {
  return native("xs_cpns_sha256").call(this, ...parts);
}

export function hmac(this: unknown, key: Uint8Array, ...parts: readonly Uint8Array[]): ArrayBuffer {
  return native("xs_cpns_hmac").call(this, key, ...parts);
}

export function hkdf(
  this: unknown,
  salt: Uint8Array,
  ikm: Uint8Array,
  info: Uint8Array,
  length: number,
): ArrayBuffer {
  return native("xs_cpns_hkdf").call(this, salt, ikm, info, length);
}

export function seal(
  this: unknown,
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): ArrayBuffer {
  return native("xs_cpns_seal").call(this, key, nonce, plaintext, aad);
}

/** Undefined when the tag does not hold. */
export function open(
  this: unknown,
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array,
): ArrayBuffer | undefined {
  return native("xs_cpns_open").call(this, key, nonce, sealed, aad);
}

/** Does the first iteration. */
export function startDerivation(this: unknown, password: Uint8Array, salt: Uint8Array): NativeDerivation {
  return native("xs_cpns_derivation_start").call(this, password, salt);
}

export function iterate(this: unknown, derivation: NativeDerivation, iterations: number): void {
  return native("xs_cpns_derivation_iterate").call(this, derivation, iterations);
}

/** The 32 octets; the derivation is wiped and cannot be used again. */
export function endDerivation(this: unknown, derivation: NativeDerivation): ArrayBuffer {
  return native("xs_cpns_derivation_end").call(this, derivation);
}

/** Wipes; the derivation cannot be used again. */
export function cancelDerivation(this: unknown, derivation: NativeDerivation): void {
  return native("xs_cpns_derivation_cancel").call(this, derivation);
}

/** The point or a P256Verdict. */
export function multiplyPoint(this: unknown, scalar: Uint8Array, point: Uint8Array): ArrayBuffer | number {
  return native("xs_cpns_p256_multiply").call(this, scalar, point);
}

/** The point or a P256Verdict. */
export function addPoints(this: unknown, point: Uint8Array, other: Uint8Array): ArrayBuffer | number {
  return native("xs_cpns_p256_add").call(this, point, other);
}

/** The point or a P256Verdict. */
export function decompressPoint(this: unknown, compressed: Uint8Array): ArrayBuffer | number {
  return native("xs_cpns_p256_decompress").call(this, compressed);
}

/** Whether r ‖ s, 64 octets, is an ECDSA signature of this digest by the owner of a compressed key. */
export function verify(this: unknown, key: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  return native("xs_cpns_p256_verify").call(this, key, digest, signature);
}

/** Fills the whole array, or with zeros; a RandomVerdict. */
export function random(this: unknown, into: Uint8Array): number {
  return native("xs_cpns_random").call(this, into);
}
