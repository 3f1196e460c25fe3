import { ascii } from "../../base/octets.js";
import { Secret } from "../secret.js";
import type { Suite } from "../suite.js";

/** What protects a new EUKey on its way to the device. */

/** Key of the EUKey delivery of method scram (EUK-UI-19, EUK-GW-12). */
export function scramDeliveryKey(suite: Suite, serverKey: Uint8Array, authMessage: Uint8Array): Secret {
  const salt = suite.sha256(authMessage);
  return new Secret(suite.hkdf(salt, serverKey, ascii("CPNS EUKey delivery"), suite.lengths.key));
}

/** Key of the EUKey delivery of method spake2plus: K_shared, 32 octets, binds the whole exchange (RFC 9383 §3.4). */
export const spakeDeliveryKey = (suite: Suite, shared: Secret): Secret =>
  new Secret(suite.hkdf(new Uint8Array(0), shared.octets, ascii("CPNS EUKey delivery"), suite.lengths.key));
