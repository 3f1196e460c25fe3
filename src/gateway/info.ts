import { KeyOrigin } from "../keystore/schemas.js";
import type { GatewayInfo } from "../procedure/gatewayPorts.js";
import { GatewayCapability, SubscriptionKind } from "../protocols/network/messages.js";
import type { GatewayEntityPorts } from "./ports.js";

/** Of a realm, as the Server takes it. */
const longestRealm = 64;

/** What the PN GW says of itself (C-29): what it is made with, and which key it has now. */
export function infoOf(ports: GatewayEntityPorts): GatewayInfo {
  const { hasUI = true, poll = false, pan = { links: 1, technology: "BLE" } } = ports;
  return {
    flags: (hasUI ? GatewayCapability.ui : 0) | (poll ? GatewayCapability.reachable : 0),
    links: Math.min(pan.links, 0xffff),
    technologies: [pan.technology],
    subscription: subscriptionOf(ports),
  };
}

function subscriptionOf({ gba, store }: GatewayEntityPorts): GatewayInfo["subscription"] {
  if (gba === undefined) {
    const { committed } = store.facts;
    return {
      kind: committed?.origin === KeyOrigin.password ? SubscriptionKind.password : SubscriptionKind.none,
    };
  }
  const realm = gba.uicc.impi.split("@")[1]?.slice(0, longestRealm);
  return { kind: SubscriptionKind.uicc, ...(realm && { realm }) };
}
