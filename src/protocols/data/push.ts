import { PushKind } from "../../codec/pushKinds.js";
import { withDirectionKey } from "../../crypto/keys/passingKeys.js";
import { Secret } from "../../crypto/secret.js";
import { memberName, placesOf } from "../../database/networks.js";
import type { PushRecord } from "../../database/rows/sessions.js";
import type { ServerTables } from "../../database/store.js";
import { defaultLimits, sealRecord } from "../../link/record.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { findMember, usableSessions } from "./members.js";

/**
 * Data of the Server for a PNE, 1 to 1024 octets, sealed under their SK: a push for the PN GW of the PN that it is in.
 * Undefined when it is in none, or its session is over.
 */
export async function dataFor(
  { suite, clock, limits = defaultLimits }: Pick<ServerPorts, "suite" | "clock" | "limits">,
  tables: ServerTables,
  entityID: Uint8Array,
  data: Uint8Array,
): Promise<Omit<PushRecord, "endsAt"> | undefined> {
  for (const { gatewayID, pnID } of await placesOf(tables, entityID)) {
    const found = await findMember(tables, { role: "pne", entityID, gatewayID }, pnID);
    const session = found?.member.session;
    if (found === undefined || session === undefined || session.next > limits.records) continue;
    if (!usableSessions(found, clock.now()).includes(session)) continue;
    const sk = new Secret(session.sk.slice());
    const message = withDirectionKey(suite, sk, "CPNS record r2i", (direction) =>
      sealRecord(suite, direction, session.next, data),
    );
    sk.wipe();
    await tables.members.put(memberName(gatewayID, pnID, entityID), {
      ...found.member,
      session: { ...session, next: session.next + 1 },
    });
    return { gatewayID, kind: PushKind.message, entityID, pnID, message };
  }
  return undefined;
}
