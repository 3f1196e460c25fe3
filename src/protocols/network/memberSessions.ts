import type { Random } from "../../base/ports.js";
import { Milliseconds, toMilliseconds } from "../../base/units.js";
import { answerShare } from "../../crypto/ephemeral.js";
import type { PairContext, RelayedAgreement } from "../../crypto/keys/relayedKeys.js";
import type { CurveSuite } from "../../crypto/suite.js";
import type { PNMember, PNRecord } from "../../database/rows/networks.js";
import { defaultLimits } from "../../link/record.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";

/** Sessions of a PNE and the Server in a PN, as its establishment makes them and a rekey renews them. */

/** Answers a PNE's share with one of the Server's. Throws CryptoError("crypto.point"). */
export function relayedAgreement(suite: CurveSuite, random: Random, sharePNE: Uint8Array): RelayedAgreement {
  const { share: shareServer, secret } = answerShare(suite, random, sharePNE);
  return { sharePNE, shareServer, secret };
}

/** When a session that is made now ends (GWA-01). */
export const sessionEnd = ({
  clock,
  limits = defaultLimits,
}: Pick<ServerPorts, "clock" | "limits">): Milliseconds =>
  Milliseconds(clock.now() + toMilliseconds(limits.lifetime));

/** What PNE and Server must agree on about this member, with the RANDs of one of its sessions. */
export const memberContext = (
  server: Uint8Array,
  pn: Pick<PNRecord, "pnID" | "gatewayID">,
  member: Pick<PNMember, "entityID" | "pneInfo" | "flags">,
  rands: { readonly randPNE: Uint8Array; readonly randServer: Uint8Array },
): PairContext => ({
  pnID: pn.pnID,
  pne: member.entityID,
  gateway: pn.gatewayID,
  server,
  pneInfo: member.pneInfo,
  flags: member.flags,
  randPNE: rands.randPNE,
  randServer: rands.randServer,
});
