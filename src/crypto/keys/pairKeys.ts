import { ascii, concat, lengthPrefixed } from "../../base/octets.js";
import { expectLength } from "../errors.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";

/** The key schedule begins with what is derived from a key that a pair shares (docs/PROTOCOL.md, Keys). */

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
 * `key` is 32 octets (suite 1), of which a copy is kept until `wipeKeys`; `owner` is the Entity ID of the PNE or PN GW that it was
 * made for. What is not used is not derived. Throws CryptoError.
 */
export function deriveKeys(suite: Suite, kind: KeyKind, key: Uint8Array, owner: Uint8Array): PairKeys {
  expectLength(key, suite.lengths.key, "key");
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
      new Secret(
        suite.hkdf(
          ascii(salts[kind]),
          own.octets,
          concat(ascii(label), lengthPrefixed(owner)),
          suite.lengths.key,
        ),
      );
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
