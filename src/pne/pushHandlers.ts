import { equalBytes, hex } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import type { PushedToPNE } from "../catalogue/pne.js";
import { encodeMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import type { Procedure } from "../procedure/procedure.js";
import { applicationDataReceived, isOfTopic } from "../protocols/data/messages.js";
import { Report } from "../protocols/data/report.js";
import { deviceCapabilitiesQueryResponse } from "../protocols/discovery/messages.js";
import { pnSetupNotifyResponse, pnSetupResponseOfPNE } from "../protocols/network/invitations.js";
import { install, rotationProcedure, triggered } from "./assignment.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { Joined } from "./joined.js";
import type { PnePorts, Sender } from "./ports.js";
import { capabilitiesOf, linkKeyOf } from "./procedures.js";
import { takePartAnew } from "./reconnect.js";
import type { Assignment, Invitation } from "./state.js";
import { begin } from "./tasks.js";
import { asciiText, shownLabel } from "./text.js";
import { invitationView, nameOf } from "./view.js";

/** What the PNE does when its gateway asks; what it says in answer, or undefined for nothing. */
export function answerTo(
  core: Core,
  connection: Connection,
  message: Exclude<PushedToPNE, { readonly name: "UpdateOffer" }>,
): Procedure<unknown> | undefined {
  const { joined } = core;
  switch (message.name) {
    case "DeviceCapabilitiesQueryRequest":
      return capabilities(core, connection);
    case "PNSetupNotify": {
      const { pnID, name, origin, alias } = message.body;
      if (saidOf(joined, connection, pnID)) return learn(core, joined, connection);
      const from = name === undefined ? hex(origin) : shownLabel(name);
      return invited(core, connection, { pnID, byGateway: false, from, ...called(alias) });
    }
    case "PNSetupRequest.gateway": {
      const { pnID, alias } = message.body;
      return invited(core, connection, { pnID, byGateway: true, ...called(alias) });
    }
    case "PNInventoryNotify":
      if (!saidOf(joined, connection, message.body.pnID)) return undefined;
      joined.keepOnly(message.body.members);
      core.tell();
      return undefined;
    case "PNDissolveNotify":
      if (!saidOf(joined, connection, message.body.pnID)) return undefined;
      core.leave();
      core.ports.notify({ kind: "left", why: "dissolved" });
      return undefined;
    case "ApplicationDataNotify":
      return received(core, connection, message.body);
    case "UserInfoInstallRequest":
      return install(core, connection, message);
    case "EUKeyAssignmentTrigger": {
      const assignment = triggered(core, connection, message.body);
      assign(core, assignment);
      // With nothing to ask by, the Server wants another key in place of the one that there is (C-38).
      const renews = assignment === undefined && message.body.keyID === undefined;
      return renews ? rotationProcedure(core.ports, core.store, connection, true) : undefined;
    }
  }
}

/** Only the PN GW of the PN can have said it: it has proven itself, and the link is protected or secure by itself. */
function saidOf(joined: Joined | undefined, connection: Connection, pnID: Uint8Array): joined is Joined {
  if (joined === undefined || joined.away || !equalBytes(joined.pn.pnID, pnID)) return false;
  return connection.protected || connection.link.secure;
}

function capabilities({ ports, store }: Core, connection: Connection): Report {
  const flags = capabilitiesOf(ports);
  const name = nameOf(store, ports);
  const body = name === undefined ? { flags } : { flags, name };
  return new Report(
    "capabilities",
    encodeMessage(deviceCapabilitiesQueryResponse, connection.nextExchange(), body),
  );
}

const called = (alias: string | undefined) => (alias === undefined ? {} : { alias: shownLabel(alias) });

/** PNI-02, GWI-01: the person decides; a device without UI takes part when its owner's policy says so. */
function invited(core: Core, connection: Connection, invitation: Invitation): Report | undefined {
  const { ports, free } = core;
  const { hasUI, acceptInvitations } = ports.policy;
  if (free?.at !== "idle" || free.asked !== undefined) return declining(connection, invitation, Result.busy);
  const possible = linkKeyOf(ports, connection.link.secure) !== undefined;
  if (!hasUI && !(acceptInvitations && possible)) return declining(connection, invitation, Result.declined);
  if (!hasUI) {
    accept(core, invitation);
    return undefined;
  }
  core.ask(invitation);
  core.tell();
  ports.notify({ kind: "invited", ...invitationView(invitation) });
  return undefined;
}

/** Others have come into the PN: the Server proves them to whoever takes part anew; until then all stays as it is. */
function learn(core: Core, joined: Joined, connection: Connection): undefined {
  attempt(() => {
    takePartAnew({ core, joined, connection }, (_, code) => {
      core.ports.log.event("pne.duty", { name: "learn", code });
    });
  });
}

function assign(core: Core, assignment: Assignment | undefined): void {
  if (assignment !== undefined) begin(core, { kind: "assign", assignment });
}

/** Takes part in the PN. */
export const accept = (core: Core, { pnID, byGateway }: Invitation): void =>
  begin(core, { kind: "join", how: { kind: "invited", pnID, byGateway } });

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

/** Data of a member, of the PN GW or of the Server. What comes from nobody in the PN is not there. */
function received(
  { ports, joined }: Core,
  connection: Connection,
  body: { readonly pnID: Uint8Array; readonly origin: Uint8Array; readonly payload: Uint8Array },
): Report | undefined {
  const { pnID, origin, payload } = body;
  if (!saidOf(joined, connection, pnID)) return undefined;
  const { layer, context } = joined.pn.server;
  let result: Result;
  if (equalBytes(origin, context.server)) {
    // End to end: nobody but the Server can have sealed it, whoever brings it.
    const opened = attempt(() => layer.open(payload));
    if ("error" in opened) return undefined;
    result = taken(ports, "server", opened.value);
  } else if (equalBytes(origin, context.gateway)) result = taken(ports, "gateway", payload);
  else {
    const name = joined.nameOf(origin);
    if (name === undefined) return undefined;
    result = taken(ports, { member: hex(origin) }, payload, name);
  }
  const said = result === Result.ok ? { pnID, origin } : { pnID, origin, result };
  return new Report("received", encodeMessage(applicationDataReceived, connection.nextExchange(), said));
}

/** A message of a topic is the application's; any other is a text, and shown. */
function taken({ application, notify }: PnePorts, from: Sender, payload: Uint8Array, name?: string): Result {
  if (isOfTopic(payload)) return application?.received(from, payload) ?? Result.notListed;
  const text = asciiText(payload);
  if (typeof from === "string") notify({ kind: "message", from, text });
  else notify({ kind: "message", from: "member", text, ...(name !== undefined && { name }) });
  return Result.ok;
}
