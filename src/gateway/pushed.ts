import { equalBytes, hex } from "../base/octets.js";
import { contain, type Done, finished } from "../base/outcome.js";
import { encodeMessage } from "../codec/message.js";
import { PushKind } from "../codec/pushKinds.js";
import { Result } from "../codec/results.js";
import { refusal } from "../procedure/procedure.js";
import { deliver } from "../protocols/data/gateway.js";
import type { PNGateway } from "../protocols/network/gateway.js";
import { euKeyAssignmentTrigger } from "../protocols/temporaryKey/messages.js";
import type { GuardedPorts } from "./guard.js";
import type { PneLink } from "./pneLink.js";
import type { Pushed } from "./poller.js";

export interface PushHost {
  readonly ports: GuardedPorts;
  readonly pns: PNGateway;
  readonly links: readonly PneLink[];
}

/** Does what the Server has pushed; `done` is called once. */
export function actUpon(host: PushHost, push: Pushed, done: Done<undefined>): void {
  const begun = contain(() => begin(host, push, done), host.ports.fault);
  if ("error" in begun) done(begun);
}

/** Throws CpnsError where it cannot even begin. */
function begin({ ports, pns, links }: PushHost, push: Pushed, done: Done<undefined>): void {
  const { kind, target, pnID, payload } = push;
  switch (kind) {
    case PushKind.message: {
      const member = pns.pns
        .find((pn) => pnID !== undefined && equalBytes(pn.pnID, pnID))
        ?.members.find((one) => target !== undefined && equalBytes(one.entityID, target));
      if (member?.link === undefined || pnID === undefined || payload === undefined) {
        throw refusal(Result.noRoute);
      }
      return deliver(member.link, { pnID, origin: ports.serverID, payload }, done);
    }
    case PushKind.removed:
      if (target !== undefined) remove({ ports, pns, links }, target, pnID);
      return done(finished);
    case PushKind.rekey: {
      const claiming = links.filter(({ entityID }) => entityID && target && equalBytes(entityID, target));
      if (claiming.length === 0) throw refusal(Result.noRoute);
      for (const link of claiming)
        link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, {}));
      return done(finished);
    }
    default:
      // Of a newer Server, or only to be known.
      return done(finished);
  }
}

/** Out of this PN, or of all; and away from the PN GW, where it is nobody's device any more. */
function remove({ ports, pns, links }: PushHost, target: Uint8Array, pnID: Uint8Array | undefined): void {
  ports.log.event("pn.excluded", { entity: hex(target) });
  for (const pn of pns.pns) {
    if (pnID === undefined || equalBytes(pn.pnID, pnID)) pns.exclude(pn.pnID, target);
  }
  for (const link of links) {
    if (link.entityID !== undefined && equalBytes(link.entityID, target)) pns.partFrom(link);
  }
}
