import { randomOctets } from "../../base/ports.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { type entityDiscoveryRequest, entityDiscoveryResponse } from "./messages.js";

/** What a PNE says of itself (PNI-01, PNR-04). */
export interface DeviceCapabilities {
  readonly flags: number;
  readonly name?: string;
}

export interface Discovered {
  /** As claimed, or as assigned; proven only by what the Server verifies (C-10). */
  readonly entityID: Uint8Array;
  readonly capabilities: DeviceCapabilities;
  /** EntityDiscoveryResponse. */
  readonly response: Uint8Array;
}

/** PNR-04, PNR-06: who the PN GW is, and an Entity ID of 16 random octets for a PNE that has none (C-12). */
export function discover(
  { gatewayID, serverID, random, name }: Pick<GatewayPorts, "gatewayID" | "serverID" | "random" | "name">,
  { exchange, body: { entityID, flags } }: Received<typeof entityDiscoveryRequest>,
): Discovered {
  const own = { entityID: gatewayID, serverID, ...(name !== undefined && { name }) };
  const capabilities = { flags };
  if (entityID !== undefined) {
    return { entityID, capabilities, response: encodeMessage(entityDiscoveryResponse, exchange, own) };
  }
  const assignedEntityID = randomOctets(random, 16);
  const response = encodeMessage(entityDiscoveryResponse, exchange, { ...own, assignedEntityID });
  return { entityID: assignedEntityID, capabilities, response };
}
