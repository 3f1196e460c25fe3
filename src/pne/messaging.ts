import type { CpnsError } from "../base/errors.js";
import { ascii, fromHex } from "../base/octets.js";
import { encodeMessage } from "../codec/message.js";
import { ProcedureError } from "../procedure/procedure.js";
import { SendData, type Target } from "../protocols/data/pne.js";
import { Report } from "../protocols/data/report.js";
import { LeaveFlag, pnLeaveRequest } from "../protocols/network/invitations.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { Joined } from "./joined.js";
import { watchSessions, withFreshSessions } from "./sessionRenewal.js";
import { asciiText } from "./text.js";

/** What the person of a PNE in a PN says to Server, gateway and members; each over a session that is fresh enough. */

type Say = (joined: Joined, connection: Connection, error?: CpnsError) => void;

/** Throws ProcedureError("pn.notMember" | "linkLost" | "busy"). */
export function inPN(core: Core): { readonly joined: Joined; readonly connection: Connection } {
  const { joined, connection } = core;
  if (joined === undefined) throw new ProcedureError("pn.notMember");
  if (connection === undefined || joined.away) throw new ProcedureError("linkLost");
  return { joined, connection };
}

/** As soon as nothing else runs that nobody has asked for, and with sessions that are good for it. */
function say(core: Core, toServer: boolean, work: Say): void {
  const { joined, connection } = inPN(core);
  if (joined.renewal.running) {
    withFreshSessions(core, joined, connection, toServer, () => say(core, toServer, work));
  } else if (connection.busyQuietly) {
    connection.whenFree(() => core.guard(() => say(core, toServer, work)));
  } else if (connection.busy) {
    throw new ProcedureError("busy");
  } else {
    withFreshSessions(core, joined, connection, toServer, (error) => {
      const now = inPN(core);
      if (now.connection.busy) throw new ProcedureError("busy");
      work(now.joined, now.connection, error);
    });
  }
}

export function send(core: Core, to: "server" | "gateway", text: string): void {
  const toServer = to === "server";
  say(core, toServer, ({ pn }, connection, error) => {
    const { layer: server } = pn.server;
    // Why there is no session: as a rule the Server is not there.
    if (error !== undefined && toServer && !server.alive) throw error;
    const target: Target = toServer ? { server } : { gatewayID: connection.peer.gatewayID };
    const data = new SendData(pn.pnID, target, ascii(text), connection.nextExchange());
    connection.run(data, (outcome) => {
      watchSessions(core);
      if ("value" in outcome)
        core.ports.notify({ kind: "message", from: to, text: asciiText(outcome.value) });
      else core.failed(outcome.error);
    });
  });
}

/** By the routing table of the PN GW; it has arrived when the other device says so. */
export function sendToMember(core: Core, to: string, text: string): void {
  say(core, false, (joined, connection) => {
    const member = fromHex(to);
    const name = joined.nameOf(member);
    if (name === undefined) throw new ProcedureError("result.noRoute");
    const data = new SendData(joined.pn.pnID, { member }, ascii(text), connection.nextExchange());
    connection.run(data, (outcome) => {
      if ("value" in outcome) core.ports.notify({ kind: "sent", to: name });
      else core.failed(outcome.error);
    });
  });
}

/** Tells the PN GW, as far as it can be told, and leaves in any case. */
export function goodbye(core: Core, dissolve: boolean): void {
  const { joined, connection } = core;
  const gone = (): void => {
    core.leave();
    core.ports.notify({ kind: "left" });
  };
  if (joined === undefined || connection === undefined || joined.away || connection.busy) {
    gone();
    return;
  }
  const body = { pnID: joined.pn.pnID, flags: dissolve ? LeaveFlag.dissolve : 0 };
  const octets = encodeMessage(pnLeaveRequest, connection.nextExchange(), body);
  connection.run(new Report("leave", octets), gone);
}
