import { encodeMessage } from "../codec/message.js";
import { Capability, deviceCapabilitiesQueryResponse } from "../discovery/messages.js";
import type { PushedToPNE } from "../messages.js";
import type { Procedure } from "../procedure.js";
import { Report } from "../relay/report.js";
import type { Connection } from "./connection.js";
import type { PnePorts } from "./ports.js";

/** Bits of `Capability` (PNI-01 "Device Capabilities"). */
export function capabilitiesOf({ policy }: Pick<PnePorts, "policy">): number {
  return (policy.hasUI ? Capability.ui : 0) | (policy.reachable ? Capability.reachable : 0);
}

/** What the PNE does when its gateway asks; undefined when nothing. */
export function dutyOf(
  ports: PnePorts,
  connection: Connection,
  message: PushedToPNE,
): Procedure<unknown> | undefined {
  switch (message.name) {
    case "DeviceCapabilitiesQueryRequest": {
      const flags = capabilitiesOf(ports);
      const body = ports.name === undefined ? { flags } : { flags, name: ports.name };
      const octets = encodeMessage(deviceCapabilitiesQueryResponse, connection.nextExchange(), body);
      return new Report("capabilities", octets);
    }
  }
}
