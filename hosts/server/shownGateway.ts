import { decode } from "../../src/codec/schema.js";
import { GatewayCapability, gatewayInfo } from "../../src/protocols/network/messages.js";

const subscriptions = Object.freeze(["without subscription", "by password", "by SIM"]);

/** What a PN GW has said of itself when it registered a PN, for the operator (C-29). */
export function shownGateway(octets: Uint8Array): string {
  const { flags, links, technologies, subscription } = decode(gatewayInfo, octets);
  const { kind, realm } = subscription;
  const way = `${subscriptions[kind]}${realm === undefined ? "" : ` of ${realm}`}`;
  const typed = (flags & GatewayCapability.ui) !== 0 ? "a person can type at it" : "no keypad";
  const reached = (flags & GatewayCapability.reachable) !== 0 ? "reachable" : "not reachable";
  return `gateway ${way}, ${typed}, ${reached}, ${technologies.join(", ")} with ${links} links`;
}
