import { fromHex } from "../base/octets.js";
import { attempt, type Done, finished } from "../base/outcome.js";
import { ProcedureError, refusal } from "../procedure/procedure.js";
import { SendData, type Target } from "../protocols/data/pne.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { Joined } from "./joined.js";
import { inPN } from "./messaging.js";
import type { Sender } from "./ports.js";
import { watchSessions, withFreshSessions } from "./sessionRenewal.js";

/**
 * What an application sends: quietly, as the person has not begun it, and after whatever the person has. It is a module of its
 * own, which a firmware without an application does not have.
 */

/**
 * A message of a topic, once nothing else runs and over sessions that are fresh; `done` is called once, when it has arrived
 * or at the first error: "pn.notMember", "linkLost", "timeout", or what was answered, "result.*".
 */
export function post(core: Core, to: Sender, payload: Uint8Array, done: Done<undefined>): void {
  const begin = (work: () => void): void => {
    const begun = attempt(work);
    if ("error" in begun) done(begun);
  };
  const again = (): void => post(core, to, payload, done);
  begin(() => {
    const { joined, connection } = inPN(core);
    if (joined.renewal.running) withFreshSessions(core, joined, connection, again);
    else if (connection.busy) connection.whenFree(again);
    else {
      withFreshSessions(core, joined, connection, () =>
        begin(() => {
          const now = inPN(core);
          if (now.connection.busy) now.connection.whenFree(again);
          else transmit(core, now, to, payload, done);
        }),
      );
    }
  });
}

function transmit(
  core: Core,
  { joined: { pn }, connection }: { readonly joined: Joined; readonly connection: Connection },
  to: Sender,
  payload: Uint8Array,
  done: Done<undefined>,
): void {
  const { layer: server } = pn.server;
  if (to === "server" && !server.alive) {
    core.leave();
    throw new ProcedureError("result.sessionExpired");
  }
  const data = new SendData(pn.pnID, targetOf(connection, server, to), payload, connection.nextExchange());
  connection.runQuietly(data, (outcome) => {
    watchSessions(core);
    if ("error" in outcome) {
      // The session is gone on the other side: so it is on this one.
      if (outcome.error.code === "result.sessionExpired") core.leave();
      return done(outcome);
    }
    // End to end the Server says by one octet what it has against the message.
    const [result] = outcome.value;
    done(to === "server" && result !== undefined ? { error: refusal(result) } : finished);
  });
}

function targetOf({ peer }: Connection, server: Joined["pn"]["server"]["layer"], to: Sender): Target {
  if (to === "server") return { server };
  return to === "gateway" ? { gatewayID: peer.gatewayID } : { member: fromHex(to.member) };
}
