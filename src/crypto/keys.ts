import { allZero, ascii, concat, equalBytes, lengthPrefixed, wipe } from "../base/octets.js";
import { CryptoError, expectLength, expectUint } from "./errors.js";
import { Secret } from "./secret.js";
import type { Suite } from "./suite.js";

/** The key schedule (docs/PROTOCOL.md, Keys). Every label is ASCII, every length 32 octets. */

/** Which kind of key a pair proves; a key of one kind never works as another. */
export type KeyKind = "EUK" | "LEU" | "TK";

const salts: Readonly<Record<KeyKind, string>> = Object.freeze({
  EUK: "CPNS-EUK-v1",
  LEU: "CPNS-LEU-v1",
  TK: "CPNS-TK-v1",
});

/** What is derived from an EUKey, LocalEUKey or Temporary Key. */
export interface PairKeys {
  readonly auth: Secret;
  readonly wrap: Secret;
  readonly sess: Secret;
}

/**
 * `key` is 32 octets, of which a copy is kept until `wipeKeys`; `owner` is the Entity ID of the PNE or PN GW that it was
 * made for. What is not used is not derived. Throws CryptoError.
 */
export function deriveKeys(suite: Suite, kind: KeyKind, key: Uint8Array, owner: Uint8Array): PairKeys {
  expectLength(key, 32, "key");
  return new DerivedKeys(suite, kind, key, owner);
}

type Label = keyof PairKeys;

class DerivedKeys implements PairKeys {
  readonly #derive: (label: Label) => Secret;
  readonly #made = new Map<Label, Secret>();
  readonly #key: Secret;

  constructor(suite: Suite, kind: KeyKind, key: Uint8Array, owner: Uint8Array) {
    const own = new Secret(key.slice());
    this.#key = own;
    this.#derive = (label) =>
      new Secret(suite.hkdf(ascii(salts[kind]), own.octets, concat(ascii(label), lengthPrefixed(owner)), 32));
  }

  get auth(): Secret {
    return this.#get("auth");
  }

  get wrap(): Secret {
    return this.#get("wrap");
  }

  get sess(): Secret {
    return this.#get("sess");
  }

  #get(label: Label): Secret {
    const made = this.#made.get(label) ?? this.#derive(label);
    this.#made.set(label, made);
    return made;
  }

  wipe(): void {
    this.#key.wipe();
    this.#made.forEach((made) => {
      made.wipe();
    });
  }
}

export function wipeKeys(keys: PairKeys | undefined): void {
  if (keys instanceof DerivedKeys) keys.wipe();
}

/** RANDs are 32 octets, never all zero, never the peer's own reflected. Throws CryptoError("crypto.rand"). */
export function checkRands(own: Uint8Array, peer: Uint8Array): void {
  if (own.length !== 32 || peer.length !== 32 || allZero(own) || allZero(peer) || equalBytes(own, peer)) {
    throw new CryptoError("crypto.rand");
  }
}

// ── Direct pair: transcript profile (C-05, GWA-08 … GWA-13) ──

/** HASHes of the transcript profile are cut to 16 octets on the wire (ADR 1). */
export const hashLength = 16;

export const transcriptHash1 = (
  suite: Suite,
  connectRequest: Uint8Array,
  authenticateRequest: Uint8Array,
): Uint8Array => suite.sha256(lengthPrefixed(connectRequest), lengthPrefixed(authenticateRequest));

export const transcriptHash2 = (
  suite: Suite,
  connectRequest: Uint8Array,
  authenticateRequest: Uint8Array,
  authenticateResponse: Uint8Array,
): Uint8Array =>
  suite.sha256(
    lengthPrefixed(connectRequest),
    lengthPrefixed(authenticateRequest),
    lengthPrefixed(authenticateResponse),
  );

export const hashInitiator = (suite: Suite, keys: PairKeys, th1: Uint8Array): Uint8Array =>
  suite.hmac(keys.auth.octets, ascii("c-hash"), th1).slice(0, hashLength);

export const hashResponder = (suite: Suite, keys: PairKeys, th2: Uint8Array): Uint8Array =>
  suite.hmac(keys.auth.octets, ascii("s-hash"), th2).slice(0, hashLength);

/** SK of a direct pair (GWA-08, GWA-10). `ecdhSecret`, 32 octets, when both sides offered an ephemeral share. */
export function directSessionKey(
  suite: Suite,
  keys: PairKeys,
  randInitiator: Uint8Array,
  randResponder: Uint8Array,
  th1: Uint8Array,
  ecdhSecret?: Uint8Array,
): Secret {
  expectLength(randInitiator, 32, "rand");
  expectLength(randResponder, 32, "rand");
  if (ecdhSecret !== undefined) expectLength(ecdhSecret, 32, "ECDH secret");
  const ikm = ecdhSecret === undefined ? keys.sess.octets : concat(keys.sess.octets, ecdhSecret);
  const sk = suite.hkdf(concat(randInitiator, randResponder), ikm, concat(ascii("CPNS SK"), th1), 32);
  if (ecdhSecret !== undefined) wipe(ikm);
  return new Secret(sk);
}

// ── Relayed pair: value profile (C-05, PNI-08 … PNI-12) ──

/** What PNE and Server must agree on, whoever relays between them. */
export interface PairContext {
  readonly pnID: Uint8Array;
  readonly pne: Uint8Array;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
  /** Octets as the PNE sent them. */
  readonly pneInfo: Uint8Array;
  /** One octet, bits of `PairFlag`. */
  readonly flags: number;
  readonly randPNE: Uint8Array;
  readonly randServer: Uint8Array;
}

/**
 * With the Entity IDs, since rand_server is shared by all PNEs of an establishment (C-27):
 * lp(PNID) ‖ lp(PNE) ‖ lp(PN GW) ‖ lp(Server) ‖ SHA-256(PNEInfo) ‖ flags ‖ rand_PNE ‖ rand_server. Throws
 * CryptoError: what carries no length here must have the one it is defined with, or two contexts could read alike.
 */
export function contextOctets(suite: Suite, context: PairContext): Uint8Array {
  expectLength(context.randPNE, 32, "rand_PNE");
  expectLength(context.randServer, 32, "rand_server");
  expectUint(context.flags, 255, "flags");
  return concat(
    lengthPrefixed(context.pnID),
    lengthPrefixed(context.pne),
    lengthPrefixed(context.gateway),
    lengthPrefixed(context.server),
    suite.sha256(context.pneInfo),
    Uint8Array.of(context.flags),
    context.randPNE,
    context.randServer,
  );
}

/** Of forward secrecy between PNE and Server: both shares, 33 octets each, and the ECDH secret, 32. */
export interface RelayedAgreement {
  readonly sharePNE: Uint8Array;
  readonly shareServer: Uint8Array;
  readonly secret: Secret;
}

/** SK of PNE and Server (PNI-08, PNI-12a); with an agreement both shares are in info, and the secret in ikm. */
export function relayedSessionKey(
  suite: Suite,
  keys: PairKeys,
  context: PairContext,
  agreement?: RelayedAgreement,
): Secret {
  const shares = agreement === undefined ? [] : [agreement.sharePNE, agreement.shareServer];
  shares.forEach((share) => {
    expectLength(share, 33, "share");
  });
  const info = concat(ascii("CPNS SK"), contextOctets(suite, context), ...shares);
  const salt = concat(context.randPNE, context.randServer);
  if (agreement === undefined) return new Secret(suite.hkdf(salt, keys.sess.octets, info, 32));
  const ikm = concat(keys.sess.octets, agreement.secret.octets);
  const sk = new Secret(suite.hkdf(salt, ikm, info, 32));
  wipe(ikm);
  return sk;
}

/** HMAC(K_auth, label ‖ ctx ‖ SHA-256("sk" ‖ SK) ‖ more). */
function valueHash(
  suite: Suite,
  keys: PairKeys,
  label: "pne" | "srv",
  context: PairContext,
  sk: Secret,
  ...more: readonly Uint8Array[]
): Uint8Array {
  const ofKey = suite.sha256(ascii("sk"), sk.octets);
  const hash = suite.hmac(keys.auth.octets, ascii(label), contextOctets(suite, context), ofKey, ...more);
  wipe(ofKey);
  return hash;
}

/** hash_PNE, 32 octets (PNI-08). */
export const hashPNE = (suite: Suite, keys: PairKeys, context: PairContext, sk: Secret): Uint8Array =>
  valueHash(suite, keys, "pne", context, sk);

/** hash_server, 32 octets; binds hash_PNE (32) and the inventory's octets (PNI-12b). Throws CryptoError. */
export function hashServer(
  suite: Suite,
  keys: PairKeys,
  context: PairContext,
  sk: Secret,
  pneHash: Uint8Array,
  pnInventory: Uint8Array,
): Uint8Array {
  expectLength(pneHash, 32, "hash_PNE");
  return valueHash(suite, keys, "srv", context, sk, pneHash, suite.sha256(pnInventory));
}

// ── Copies of a LocalEUKey (PNI-05a, C-25) ──

/** What a wrapped copy is bound to. */
export interface LocalKeyBinding {
  readonly role: "pne" | "gw";
  readonly context: PairContext;
  readonly keyID: number;
  /** Unix seconds. */
  readonly expiresAt: number;
}

type KeyTerms = Pick<LocalKeyBinding, "keyID" | "expiresAt">;

/** key id (4) ‖ expiry (8). */
function termsOctets({ keyID, expiresAt }: KeyTerms): Uint8Array {
  expectUint(keyID, 0xffffffff, "key id");
  expectUint(expiresAt, Number.MAX_SAFE_INTEGER, "expiry");
  const octets = new Uint8Array(12);
  const view = new DataView(octets.buffer);
  view.setUint32(0, keyID);
  view.setUint32(4, Math.floor(expiresAt / 0x100000000));
  view.setUint32(8, expiresAt % 0x100000000);
  return octets;
}

const localKeyAad = (suite: Suite, binding: LocalKeyBinding): Uint8Array =>
  concat(ascii("LEU"), ascii(binding.role), contextOctets(suite, binding.context), termsOctets(binding));

/** Of a wrapped copy: nonce 12 ‖ key 32 ‖ tag 16. */
const wrappedLength = 60;

/** nonce (12) ‖ AEAD under K_wrap; AAD = "LEU" ‖ role ‖ ctx ‖ key id (4) ‖ expiry (8). Throws CryptoError. */
export function wrapLocalKey(
  suite: Suite,
  keys: PairKeys,
  binding: LocalKeyBinding,
  nonce: Uint8Array,
  localKey: Uint8Array,
): Uint8Array {
  expectLength(localKey, 32, "LocalEUKey");
  return concat(nonce, suite.seal(keys.wrap.octets, nonce, localKey, localKeyAad(suite, binding)));
}

/** The LocalEUKey, or undefined when the copy was not made for this very binding. */
export function unwrapLocalKey(
  suite: Suite,
  keys: PairKeys,
  binding: LocalKeyBinding,
  wrapped: Uint8Array,
): Secret | undefined {
  if (wrapped.length !== wrappedLength) return undefined;
  const aad = localKeyAad(suite, binding);
  const key = suite.open(keys.wrap.octets, wrapped.subarray(0, 12), wrapped.subarray(12), aad);
  return key === undefined ? undefined : new Secret(key);
}

/**
 * The pre-assigned key of a PNE without UI (LEU-02, C-04), in the place of a random LocalEUKey: HKDF(salt = rand_PNE ‖
 * rand_server, K_sess of TK, "CPNS TK link" ‖ ctx ‖ key id (4) ‖ expiry (8), 32). The Temporary Key, 32 octets, stays
 * with PNE and Server; the PN GW gets this, made for this PN and these RANDs only. Throws CryptoError.
 */
export function preAssignedKey(
  suite: Suite,
  temporaryKey: Uint8Array,
  context: PairContext,
  terms: KeyTerms,
): Secret {
  const info = concat(ascii("CPNS TK link"), contextOctets(suite, context), termsOctets(terms));
  const keys = deriveKeys(suite, "TK", temporaryKey, context.pne);
  try {
    return new Secret(suite.hkdf(concat(context.randPNE, context.randServer), keys.sess.octets, info, 32));
  } finally {
    wipeKeys(keys);
  }
}

// ── Records ──

export interface DirectionKey {
  readonly key: Secret;
  readonly iv: Uint8Array;
}

export interface RecordKeys {
  readonly initiatorToResponder: DirectionKey;
  readonly responderToInitiator: DirectionKey;
}

/** Key (32) and IV (12) of each direction, HKDF(no salt, SK, "CPNS record i2r" | "CPNS record r2i", 44). */
export function recordKeys(suite: Suite, sk: Secret): RecordKeys {
  const derive = (label: string): DirectionKey => {
    const octets = suite.hkdf(new Uint8Array(0), sk.octets, ascii(label), 44);
    const made = { key: new Secret(octets.slice(0, 32)), iv: octets.slice(32) };
    wipe(octets);
    return made;
  };
  return {
    initiatorToResponder: derive("CPNS record i2r"),
    responderToInitiator: derive("CPNS record r2i"),
  };
}

/** Does the work and wipes the keys, whatever comes of it. */
export function withWipedKeys<T>(keys: RecordKeys, work: () => T): T {
  try {
    return work();
  } finally {
    keys.initiatorToResponder.key.wipe();
    keys.responderToInitiator.key.wipe();
  }
}

// ── Enrolment ──

/** Key of the EUKey delivery of method scram (EUK-UI-19, EUK-GW-12). */
export function scramDeliveryKey(suite: Suite, serverKey: Uint8Array, authMessage: Uint8Array): Secret {
  const salt = suite.sha256(authMessage);
  return new Secret(suite.hkdf(salt, serverKey, ascii("CPNS EUKey delivery"), 32));
}

/** Key of the EUKey delivery of method spake2plus: K_shared, 32 octets, binds the whole exchange (RFC 9383 §3.4). */
export const spakeDeliveryKey = (suite: Suite, shared: Secret): Secret =>
  new Secret(suite.hkdf(new Uint8Array(0), shared.octets, ascii("CPNS EUKey delivery"), 32));

/** HMAC(K_auth, "confirm" | "ack" ‖ lp(EUKeyID)), cut to 16 octets: who holds the new key. */
export const keyConfirmation = (
  suite: Suite,
  keys: PairKeys,
  label: "confirm" | "ack",
  keyID: Uint8Array,
): Uint8Array => suite.hmac(keys.auth.octets, ascii(label), lengthPrefixed(keyID)).slice(0, hashLength);
