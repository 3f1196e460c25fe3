import type { Suite } from "../../src/crypto/suite.js";

export interface Recording {
  readonly suite: Suite;
  /** The very arrays that the Suite returned so far. */
  readonly returned: Uint8Array[];
  /** The very arrays that were given to HKDF as key material. */
  readonly keyMaterial: Uint8Array[];
}

/** A Suite that keeps hold of what it returns, so that a test sees who wiped it and who did not. */
export function recordingSuite(suite: Suite): Recording {
  const returned: Uint8Array[] = [];
  const keyMaterial: Uint8Array[] = [];
  const keep = <Octets extends Uint8Array | undefined>(octets: Octets): Octets => {
    if (octets !== undefined) returned.push(octets);
    return octets;
  };
  const recording: Suite = {
    ...suite,
    sha256: (...parts) => keep(suite.sha256(...parts)),
    hmac: (key, ...parts) => keep(suite.hmac(key, ...parts)),
    hkdf(salt, ikm, info, length) {
      keyMaterial.push(ikm);
      return keep(suite.hkdf(salt, ikm, info, length));
    },
    open: (key, nonce, sealed, aad) => keep(suite.open(key, nonce, sealed, aad)),
  };
  return { suite: recording, returned, keyMaterial };
}
