import type { CpnsError } from "../base/errors.js";
import { fromHex } from "../base/octets.js";
import { attempt, type Done, finished } from "../base/outcome.js";
import { encodeMessage } from "../codec/message.js";
import { refusal } from "../procedure/procedure.js";
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
  const send = (error?: CpnsError): void => {
    const begun = attempt(() => {
      const now = inPN(core);
      if (error !== undefined && to === "server" && !now.joined.pn.server.layer.alive) throw error;
      if (now.connection.busy) now.connection.whenFree(again);
      else transmit(now, to, payload, done);
    });
    if ("error" in begun) done(begun);
  };
  const { joined, connection } = core;
  if (joined === undefined || connection === undefined || (connection.busy && !joined.renewal.running))
    send();
  else withFreshSessions(core, joined, connection, to === "server", send);
}

function transmit(
  { joined: { pn }, connection }: ReturnType<typeof inPN>,
  to: Sender,
  payload: Uint8Array,
  sent: Done<undefined>,
): void {
  const done: Done<Uint8Array | undefined> = (outcome) => {
    if ("error" in outcome) return sent(outcome);
    // End to end the Server says by one octet what it has against the message.
    const result = outcome.value?.[0];
    sent(result === undefined ? finished : { error: refusal(result) });
  };
  const exchange = connection.nextExchange();
  if (to === "server") {
    connection.runQuietly(new SendData(pn.pnID, { server: pn.server.layer }, payload, exchange), done);
    return;
  }
  const body = typeof to === "string" ? { payload } : { target: fromHex(to.member), payload };
  connection.runQuietly(new Report("send", encodeMessage(topicData, exchange, body)), done);
}
