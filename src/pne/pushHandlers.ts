import { equalBytes, hex } from "../base/octets.js";
import type { PushedToPNE } from "../catalogue/pne.js";
import { encodeMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import type { Procedure } from "../procedure/procedure.js";
import { applicationDataReceived } from "../protocols/data/messages.js";
import { Report } from "../protocols/data/report.js";
import { Capability, deviceCapabilitiesQueryResponse } from "../protocols/discovery/messages.js";
import { pnSetupNotifyResponse, pnSetupResponseOfPNE } from "../protocols/network/invitations.js";
import { type AssignmentHost, install, triggered } from "./assignment.js";
import type { Connection } from "./connection.js";
import { type Invitation, invitationView, type Membership } from "./membership.js";
import type { PnePorts } from "./ports.js";
import { linkKeyOf } from "./procedures.js";
import { asciiText, shownLabel } from "./text.js";

/** Bits of `Capability` (PNI-01 "Device Capabilities"). */
export function capabilitiesOf({ policy }: Pick<PnePorts, "policy">): number {
  return (policy.hasUI ? Capability.ui : 0) | (policy.reachable ? Capability.reachable : 0);
}

/** What a push may set off at the PNE. */
export interface DutyHost {
  readonly ports: PnePorts;
  readonly connection: Connection;
  readonly membership: Membership;
  /** The device's label for people. */
  readonly name: () => string | undefined;
  readonly assignment: AssignmentHost;
  /** Has an EUKey, is in no PN, and does nothing else: may be invited. */
  readonly free: boolean;
  accept(invitation: Invitation): void;
  /** The PN is no more. */
  dissolved(): void;
  changed(): void;
}

/** What the PNE does when its gateway asks; what it says in answer, or undefined for nothing. */
export function dutyOf(host: DutyHost, message: PushedToPNE): Procedure<unknown> | undefined {
  switch (message.name) {
    case "DeviceCapabilitiesQueryRequest":
      return capabilities(host);
    case "PNSetupNotify": {
      const { pnID, name, origin, alias } = message.body;
      const from = name === undefined ? hex(origin) : shownLabel(name);
      return invited(host, { pnID, byGateway: false, from, ...called(alias) });
    }
    case "PNSetupRequest.gateway": {
      const { pnID, alias } = message.body;
      return invited(host, { pnID, byGateway: true, ...called(alias) });
    }
    case "PNInventoryNotify":
      if (trusted(host) && host.membership.keepOnly(message.body.pnID, message.body.members)) host.changed();
      return undefined;
    case "PNDissolveNotify": {
      const { pn } = host.membership;
      if (pn !== undefined && trusted(host) && equalBytes(pn.pnID, message.body.pnID)) host.dissolved();
      return undefined;
    }
    case "ApplicationDataNotify":
      return received(host, message.body);
    case "UserInfoInstallRequest":
      return install(host.assignment, message);
    case "EUKeyAssignmentTrigger":
      triggered(host.assignment, message.body);
      return undefined;
  }
}

/** Only the PN GW of the PN can have said it: it has proven itself, and the link is protected or secure by itself. */
const trusted = ({ connection, membership }: DutyHost): boolean =>
  !membership.away && (connection.protected || connection.link.secure);

function capabilities(host: DutyHost): Report {
  const { connection } = host;
  const flags = capabilitiesOf(host.ports);
  const name = host.name();
  const body = name === undefined ? { flags } : { flags, name };
  return new Report(
    "capabilities",
    encodeMessage(deviceCapabilitiesQueryResponse, connection.nextExchange(), body),
  );
}

const called = (alias: string | undefined) => (alias === undefined ? {} : { alias: shownLabel(alias) });

/** PNI-02, GWI-01: the person decides; a device without UI takes part when its owner's policy says so. */
function invited(host: DutyHost, invitation: Invitation): Report | undefined {
  const { ports, membership } = host;
  const { hasUI, acceptInvitations } = ports.policy;
  if (!host.free || membership.invitation !== undefined)
    return declining(host.connection, invitation, Result.busy);
  const possible = linkKeyOf(ports, host.connection.link.secure) !== undefined;
  if (!hasUI && !(acceptInvitations && possible))
    return declining(host.connection, invitation, Result.declined);
  if (!hasUI) {
    host.accept(invitation);
    return undefined;
  }
  membership.invite(invitation, () => {
    ports.notify({ kind: "invitationOver" });
    host.changed();
  });
  host.changed();
  ports.notify({ kind: "invited", ...invitationView(invitation) });
  return undefined;
}

/** PNI-03, GWI-03: takes no part. */
export function declining(connection: Connection, invitation: Invitation, result: Result): Report {
  const body = { pnID: invitation.pnID, result };
  const exchange = connection.nextExchange();
  return new Report(
    "decline",
    invitation.byGateway
      ? encodeMessage(pnSetupResponseOfPNE, exchange, body)
      : encodeMessage(pnSetupNotifyResponse, exchange, body),
  );
}

/** Data of another member: shown, and said so. What comes from nobody in the PN is not there. */
function received(
  host: DutyHost,
  body: { readonly pnID: Uint8Array; readonly origin: Uint8Array; readonly payload: Uint8Array },
): Report | undefined {
  const { ports, membership, connection } = host;
  const { pnID, origin, payload } = body;
  const name = membership.nameOf(origin);
  const own = membership.pn !== undefined && equalBytes(membership.pn.pnID, pnID);
  if (!own || name === undefined || !trusted(host)) return undefined;
  ports.notify({ kind: "message", from: "member", name, text: asciiText(payload) });
  const octets = encodeMessage(applicationDataReceived, connection.nextExchange(), { pnID, origin });
  return new Report("received", octets);
}
