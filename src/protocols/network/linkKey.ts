import { wipe } from "../../base/octets.js";
import type { Received } from "../../codec/message.js";
import { preAssignedKey, unwrapLocalKey } from "../../crypto/keys/localKeys.js";
import type { PairKeys } from "../../crypto/keys/pairKeys.js";
import type { PairContext } from "../../crypto/keys/relayedKeys.js";
import type { Secret } from "../../crypto/secret.js";
import type { LocalKeyData } from "../../keystore/schemas.js";
import { ProcedureError } from "../../procedure/procedure.js";
import { type authenticationRequest, LinkKey, localKeyLifetime } from "./messages.js";
import type { SetupOptions } from "./setupOptions.js";

/** Of a PNE: the key that is to protect its link to the PN GW. */

type Options = Pick<SetupOptions, "suite" | "linkKey" | "temporaryKey" | "atLeast" | "storeLocalKey">;

/**
 * The LocalEUKey, or the pre-assigned key in its place (PNI-06c, LEU-02); the caller's to keep or wipe. `keys`: the
 * PNE's. It is new, whatever the calendars say: by the PNE's own it has its whole time from now on, too. Throws
 * ProcedureError("pn.keyUnknown" | "pn.notTrusted").
 */
export function receiveLinkKey(
  options: Options,
  keys: PairKeys,
  context: PairContext,
  body: Received<typeof authenticationRequest>["body"],
): LocalKeyData {
  const { keyID, expiresAt } = body;
  if (keyID === undefined || expiresAt === undefined) throw new ProcedureError("pn.keyUnknown");
  const { octets: key } = secretOf(options, keys, context, { keyID, expiresAt }, body.wrappedKey);
  return {
    pnID: context.pnID,
    gatewayID: context.gateway,
    keyID,
    key,
    expiresAt: Math.max(expiresAt, options.atLeast + localKeyLifetime),
  };
}

/**
 * Without a key that opens for exactly this context, the Server does not stand behind the gateway (PNI-06c). A
 * pre-assigned key needs no opening: what the PN GW shows in the handshake, only the Server can have given it.
 */
function secretOf(
  { suite, linkKey, temporaryKey }: Options,
  keys: PairKeys,
  context: PairContext,
  terms: { readonly keyID: number; readonly expiresAt: number },
  wrapped: Uint8Array | undefined,
): Secret {
  if (linkKey === LinkKey.preAssigned) {
    const root = temporaryKey?.();
    if (root === undefined || wrapped !== undefined) throw new ProcedureError("pn.keyUnknown");
    try {
      return preAssignedKey(suite, root, context, terms);
    } finally {
      wipe(root);
    }
  }
  if (wrapped === undefined) throw new ProcedureError("pn.keyUnknown");
  const secret = unwrapLocalKey(suite, keys, { role: "pne", context, ...terms }, wrapped);
  if (secret === undefined) throw new ProcedureError("pn.notTrusted");
  return secret;
}

/**
 * Into flash, once the Server stands behind it: that of a pre-assigned key shows in the handshake only, and a key id that
 * anybody can name must not keep out those that follow (C-25). Throws StoreError.
 */
export function keepLinkKey({ storeLocalKey }: Options, key: LocalKeyData): void {
  try {
    storeLocalKey(key);
  } finally {
    wipe(key.key);
  }
}
