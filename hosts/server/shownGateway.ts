import { decode } from "../../src/codec/schema.js";
import { GatewayCapability, gatewayInfo } from "../../src/protocols/network/messages.js";

const subscriptions = Object.freeze(["without subscription", "by password", "by SIM"]);

/** What a PN GW has said of itself when it registered a PN, in words (C-29): its subscription, and what it can do. */
export function gatewayWords(octets: Uint8Array): {
  readonly subscription: string;
  readonly capabilities: string;
} {
  const { flags, links, technologies, subscription } = decode(gatewayInfo, octets);
  const { kind, realm } = subscription;
  const typed = (flags & GatewayCapability.ui) !== 0 ? "a person can type at it" : "no keypad";
  const reached = (flags & GatewayCapability.reachable) !== 0 ? "reachable" : "not reachable";
  return {
    subscription: `${subscriptions[kind]}${realm === undefined ? "" : ` of ${realm}`}`,
    capabilities: `${typed}, ${reached}, ${technologies.join(", ")} with ${links} links`,
  };
}

/** The same in one line, for the operator. */
export function shownGateway(octets: Uint8Array): string {
  const { subscription, capabilities } = gatewayWords(octets);
  return `gateway ${subscription}, ${capabilities}`;
}
