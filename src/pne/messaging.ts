import { ascii, fromHex } from "../base/octets.js";
import { encodeMessage } from "../codec/message.js";
import { ProcedureError } from "../procedure/procedure.js";
import { SendData } from "../protocols/data/pne.js";
import { Report } from "../protocols/data/report.js";
import { LeaveFlag, pnLeaveRequest } from "../protocols/network/invitations.js";
import type { JoinedPN } from "../protocols/network/pne.js";
import type { Connection } from "./connection.js";
import type { Membership } from "./membership.js";
import type { PnePorts } from "./ports.js";
import type { Upkeep } from "./sessionRenewal.js";
import type { Jobs } from "./tasks.js";
import { asciiText } from "./text.js";

export interface ConversationHost {
  readonly ports: PnePorts;
  readonly membership: Membership;
  readonly upkeep: Upkeep;
  readonly jobs: Jobs;
  connection(): Connection | undefined;
  leave(): void;
}

/** What the person of a PNE in a PN says to Server, gateway and members; each over a session that is fresh enough. */
export class Conversation {
  readonly #host: ConversationHost;

  constructor(host: ConversationHost) {
    this.#host = host;
  }

  /** Throws ProcedureError("pn.notMember" | "linkLost" | "busy"). */
  #inPN(): { readonly pn: JoinedPN; readonly connection: Connection } {
    const { membership, upkeep } = this.#host;
    const { pn } = membership;
    const connection = this.#host.connection();
    if (pn === undefined) throw new ProcedureError("pn.notMember");
    if (connection === undefined || membership.away) throw new ProcedureError("linkLost");
    if (connection.busy && !upkeep.renewing) throw new ProcedureError("busy");
    return { pn, connection };
  }

  /** True when a session nears its end (GWA-01): it is renewed first, then `work` is done. */
  #renewFirst(connection: Connection, work: () => void): boolean {
    const { upkeep, jobs } = this.#host;
    if (!upkeep.due(connection)) return false;
    upkeep.renew(connection, () => jobs.guard(work));
    return true;
  }

  send(to: "server" | "gateway", text: string, renewed = false): void {
    const { pn, connection } = this.#inPN();
    if (!renewed && this.#renewFirst(connection, () => this.send(to, text, true))) return;
    const { ports, upkeep, jobs } = this.#host;
    const { layer: server } = pn.server;
    if (to === "server" && !server.alive) {
      this.#host.leave();
      throw new ProcedureError("result.sessionExpired");
    }
    const target = to === "server" ? { server } : { gatewayID: connection.peer.gatewayID };
    const data = new SendData(pn.pnID, target, ascii(text), connection.nextExchange());
    jobs.run(connection, data, (result) => {
      upkeep.watch();
      if ("outcome" in result) {
        ports.notify({ kind: "message", from: to, text: asciiText(result.outcome) });
        return;
      }
      // The session is gone on the other side: so it is on this one.
      if (result.error.code === "result.sessionExpired") this.#host.leave();
      jobs.failed(result.error);
    });
  }

  /** By the routing table of the PN GW; it has arrived when the other device says so. */
  sendToMember(to: string, text: string, renewed = false): void {
    const { pn, connection } = this.#inPN();
    if (!renewed && this.#renewFirst(connection, () => this.sendToMember(to, text, true))) return;
    const { ports, membership, jobs } = this.#host;
    const member = fromHex(to);
    const name = membership.nameOf(member);
    if (name === undefined) throw new ProcedureError("result.noRoute");
    const data = new SendData(pn.pnID, { member }, ascii(text), connection.nextExchange());
    jobs.run(connection, data, (result) => {
      if ("outcome" in result) ports.notify({ kind: "sent", to: name });
      else jobs.failed(result.error);
    });
  }

  /** Tells the PN GW, as far as it can be told, and leaves in any case. */
  goodbye(dissolve: boolean): void {
    const { ports, membership, jobs } = this.#host;
    const { pn, away } = membership;
    const connection = this.#host.connection();
    const gone = (): void => {
      this.#host.leave();
      ports.notify({ kind: "left" });
    };
    if (pn === undefined || connection === undefined || away || connection.busy) {
      gone();
      return;
    }
    const body = { pnID: pn.pnID, flags: dissolve ? LeaveFlag.dissolve : 0 };
    const octets = encodeMessage(pnLeaveRequest, connection.nextExchange(), body);
    jobs.run(connection, new Report("leave", octets), gone);
  }
}
