import { hex } from "../../base/octets.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { Result } from "../../codec/results.js";
import { encode } from "../../codec/schema.js";
import { memberName } from "../../database/networks.js";
import { seen } from "../../database/ownership.js";
import { remindOfRenewal } from "../../database/renewal.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import type { Proven } from "./memberProofs.js";
import { sessionEnd } from "./memberSessions.js";
import {
  gatewayInfo,
  maximumBackhaulMessage,
  type pnRegistrationRequest,
  pnRegistrationResponse,
} from "./messages.js";

/** What a PN GW says of itself when it registers a PN (C-29), as it is kept with that. */
export const infoIn = ({ gatewayInfo: info }: Received<typeof pnRegistrationRequest>["body"]) =>
  info && { gatewayInfo: encode(gatewayInfo, info) };

/** What comes of the hashes at the Server (PNI-12, C-16). */

/** It is in, with its session; what was for its proof is not kept. */
export async function enter(
  tables: ServerTables,
  ports: ServerPorts,
  { member, pne }: Proven,
): Promise<void> {
  const { ecdh, share, localKeyID, ...lasting } = member;
  const { gatewayID, pnID, entityID } = member;
  const now = ports.clock.now();
  await tables.members.put(memberName(gatewayID, pnID, entityID), { ...lasting, endsAt: sessionEnd(ports) });
  if (pne === undefined) return;
  await seen(tables, hex(entityID), pne.entity, now);
  await remindOfRenewal(tables, pne.entity, member, now);
}

/** PNRegistrationResponse: each one's Result, and hash_server over the inventory for who is in. */
export function registered(
  exchange: number,
  pnID: Uint8Array,
  all: readonly Proven[],
  inventory: Uint8Array | undefined,
): Uint8Array {
  const inside = all.some((one) => one.result === Result.ok);
  const members = all.map(({ member: { entityID }, result, answer }) =>
    inventory === undefined || answer === undefined
      ? { entityID, result }
      : { entityID, result, hash: answer(inventory) },
  );
  const body = { pnID, result: inside ? Result.ok : Result.refused, members };
  return encodeMessage(
    pnRegistrationResponse,
    exchange,
    inside && inventory ? { ...body, pnInventory: inventory } : body,
    maximumBackhaulMessage,
  );
}
