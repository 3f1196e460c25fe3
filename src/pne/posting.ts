import { fromHex } from "../base/octets.js";
import { attempt, type Done, finished } from "../base/outcome.js";
import { encodeMessage } from "../codec/message.js";
import { ProcedureError, refusal } from "../procedure/procedure.js";
import { SendData } from "../protocols/data/pne.js";
import { Report } from "../protocols/data/report.js";
import { topicData } from "../protocols/topics/messages.js";
import type { Core } from "./core.js";
import { inPN } from "./messaging.js";
import type { Sender } from "./ports.js";
import { withFreshSessions } from "./sessionRenewal.js";

/**
 * What an application sends: quietly, as the person has not begun it, and after whatever the person has. It is a module of its
 * own, which a firmware without an application does not have.
 */

/**
 * A message of a topic, once nothing else runs and over sessions that are fresh; `done` is called once, when it has arrived
 * or at the first error: "pn.notMember", "linkLost", "timeout", or what was answered, "result.*".
 */
export function post(core: Core, to: Sender, payload: Uint8Array, done: Done<undefined>): void {
  const again = (): void => post(core, to, payload, done);
  const send = (): void => {
    const begun = attempt(() => {
      const now = inPN(core);
      if (now.connection.busy) now.connection.whenFree(again);
      else transmit(core, now, to, payload, done);
    });
    if ("error" in begun) done(begun);
  };
  const { joined, connection } = core;
  if (joined === undefined || connection === undefined || (connection.busy && !joined.renewal.running))
    send();
  else withFreshSessions(core, joined, connection, send);
}

function transmit(
  core: Core,
  { joined: { pn }, connection }: ReturnType<typeof inPN>,
  to: Sender,
  payload: Uint8Array,
  sent: Done<undefined>,
): void {
  const done: Done<Uint8Array | undefined> = (outcome) => {
    if ("error" in outcome) {
      // The session is gone on the other side: so it is on this one.
      if (outcome.error.code === "result.sessionExpired") core.leave();
      return sent(outcome);
    }
    // End to end the Server says by one octet what it has against the message.
    const result = outcome.value?.[0];
    sent(result === undefined ? finished : { error: refusal(result) });
  };
  const exchange = connection.nextExchange();
  if (to === "server") {
    const { layer: server } = pn.server;
    if (!server.alive) {
      core.leave();
      throw new ProcedureError("result.sessionExpired");
    }
    connection.runQuietly(new SendData(pn.pnID, { server }, payload, exchange), done);
    return;
  }
  const body = typeof to === "string" ? { payload } : { target: fromHex(to.member), payload };
  connection.runQuietly(new Report("send", encodeMessage(topicData, exchange, body)), done);
}
