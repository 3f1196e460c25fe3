import { equalBytes, hex } from "../../base/octets.js";
import { type Done, finished } from "../../base/outcome.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage } from "../../codec/message.js";
import { acknowledgement, failure } from "../../codec/replies.js";
import { Result, resultOf } from "../../codec/results.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError, refusal } from "../../procedure/procedure.js";
import type { MemberLink } from "../network/member.js";
import type { EstablishedPN } from "../network/settlement.js";
import { applicationData, applicationDataNotify, applicationDataReceived, isOfTopic } from "./messages.js";

/** For data to arrive: the sender, who waits for 10 s, is told in time that it has not. */
export const deliveryTime = Milliseconds(7_000);

/** Data for a member, by the routing table (PNI-04a). */
export interface Parcel {
  readonly pnID: Uint8Array;
  readonly origin: Uint8Array;
  readonly payload: Uint8Array;
}

/** Ends once the PNE says that it has it. Errors: "result.busy" while another one is on its way, "result.noRoute". */
export function deliver(link: MemberLink, parcel: Parcel, done: Done<undefined>): void {
  if (link.expects(applicationDataReceived)) return done({ error: refusal(Result.busy) });
  link.expect(applicationDataReceived, deliveryTime, (said) => {
    if ("error" in said) return done({ error: refusal(Result.noRoute) });
    const { message, answer } = said.value;
    const { origin, pnID, result = Result.ok } = message.body;
    answer(encodeMessage(acknowledgement, message.exchange, {}));
    const same = equalBytes(origin, parcel.origin) && equalBytes(pnID, parcel.pnID);
    if (!same) done({ error: refusal(Result.noRoute) });
    else done(result === Result.ok ? finished : { error: refusal(result) });
  });
  link.push((exchange) => encodeMessage(applicationDataNotify, exchange, parcel));
}

/** ApplicationData, or TopicData in the PN of its link. */
export interface Addressed {
  readonly exchange: number;
  readonly body: { readonly pnID: Uint8Array; readonly target: Uint8Array; readonly payload: Uint8Array };
}

/**
 * ApplicationData of a member for the PN GW or another member. What the Server has not sealed end to end travels on links
 * that are protected only. Throws ProcedureError("result.noRoute").
 */
export function route(
  ports: GatewayPorts,
  link: MemberLink,
  pn: EstablishedPN,
  { exchange, body }: Addressed,
  answer: (octets: Uint8Array) => void,
): void {
  const { gatewayID, application, log } = ports;
  const { entityID: origin } = link;
  const { pnID, target, payload } = body;
  if (!link.secured || origin === undefined) throw refusal(Result.noRoute);
  if (equalBytes(target, gatewayID) && isOfTopic(payload)) {
    take(ports, link, pn, payload);
    answer(encodeMessage(acknowledgement, exchange, {}));
    return;
  }
  if (equalBytes(target, gatewayID)) {
    log.event("pn.data", { from: hex(origin), octets: payload.length });
    const reply = application(origin, pnID, payload);
    answer(encodeMessage(applicationData, exchange, { pnID, origin: gatewayID, payload: reply }));
    return;
  }
  const member = pn.members.find((one) => equalBytes(one.entityID, target))?.link;
  if (member === undefined || member === link || !member.secured) throw refusal(Result.noRoute);
  log.event("pn.data", { from: hex(origin), to: hex(target), octets: payload.length });
  deliver(member, { pnID, origin, payload }, (outcome) => {
    if ("error" in outcome) {
      answer(encodeMessage(failure, exchange, { result: resultOf(outcome.error.code) }));
    } else answer(encodeMessage(acknowledgement, exchange, {}));
  });
}

/** A message of a topic, for the PN GW itself. Throws CodecError, ProcedureError("result.notListed"). */
function take(ports: GatewayPorts, link: MemberLink, pn: EstablishedPN, payload: Uint8Array): void {
  const member = pn.members.find((one) => one.link === link);
  const message = member?.topics.take(payload, ports.clock.now());
  if (member !== undefined && message !== undefined) ports.topic?.(pn.pnID, member, message);
}

/** Throws ProcedureError("pn.notMember") for data of another PN than the one that the link is in (C-14). */
export function expectMember(pn: EstablishedPN | undefined, pnID: Uint8Array): EstablishedPN {
  if (pn === undefined || !equalBytes(pn.pnID, pnID)) throw new ProcedureError("pn.notMember");
  return pn;
}
