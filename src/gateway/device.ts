import { equalBytes } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import { ProcedureError } from "../procedure/procedure.js";
import { Capability } from "../protocols/discovery/messages.js";
import type { PneLink } from "./pneLink.js";

/** For the PNE's own requests, once it was told to begin. */
export const assignmentTime = Milliseconds(30_000);

/** What an enrolment at the PN GW is done with, when the device that it is for has no UI (SEC-04, SEC-05). */
export interface AtGateway {
  readonly userID: Uint8Array;
  /** Ownership passes: it is wiped. */
  readonly password: Uint8Array;
}

/**
 * The connected PNE with this Entity ID, ready to be enrolled. Throws ProcedureError: "device.notThere", "device.busy",
 * "device.hasUI" (a person types into such a device, EUK-UI-11).
 */
export function deviceFor(links: readonly PneLink[], entityID: Uint8Array): PneLink {
  const link = links.find((one) => one.entityID !== undefined && equalBytes(one.entityID, entityID));
  if (link === undefined) throw new ProcedureError("device.notThere");
  const flags = link.capabilities?.flags ?? 0;
  if ((flags & Capability.ui) !== 0) throw new ProcedureError("device.hasUI");
  if (!link.idle) throw new ProcedureError("device.busy");
  return link;
}
