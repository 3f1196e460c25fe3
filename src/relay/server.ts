import { encodeMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { equalBytes, hex } from "../crypto/bytes.js";
import { recordKeys } from "../crypto/keys.js";
import { Secret } from "../crypto/secret.js";
import { openRecord, sealRecord } from "../link/record.js";
import { countersLeft, pnName } from "../pn/server.js";
import type { Origin, ServerPorts } from "../server/ports.js";
import type { PNMember, PNRecord } from "../server/store.js";
import { applicationData, failure } from "./messages.js";

/** Application data of a PNE, end to end under the SK of PNE and Server; the PN GW sees records only. */
export class RelayServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  async data(
    origin: Origin,
    message: {
      readonly exchange: number;
      readonly body: { readonly pnID: Uint8Array; readonly payload: Uint8Array };
    },
  ): Promise<Uint8Array> {
    const { clock, store } = this.#ports;
    const { pnID, payload } = message.body;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    const name = pnName(origin.gatewayID, pnID);
    return store.transaction(async (tables) => {
      const pn = await tables.pns.get(name);
      // Its User may have been removed.
      const entity = await tables.entities.get(hex(origin.entityID));
      const member = pn?.members.find((one) => equalBytes(one.entityID, origin.entityID));
      const session = member?.session;
      if (
        pn?.state !== "established" ||
        member === undefined ||
        session === undefined ||
        !entity?.committed
      ) {
        return refuse(Result.sessionExpired);
      }
      if (session.expiresAt <= clock.now() || !countersLeft(session)) return refuse(Result.sessionExpired);
      const answer = this.#answer(origin, pnID, member, payload);
      if (answer === undefined) return refuse(Result.refused);
      await tables.pns.put(name, replaceMember(pn, answer.member));
      return encodeMessage(applicationData, message.exchange, { pnID, payload: answer.record });
    });
  }

  #answer(
    origin: Origin,
    pnID: Uint8Array,
    member: PNMember,
    payload: Uint8Array,
  ): { readonly member: PNMember; readonly record: Uint8Array } | undefined {
    const { suite, application } = this.#ports;
    const { session } = member;
    if (session === undefined) return undefined;
    const sk = new Secret(session.sk.slice());
    const keys = recordKeys(suite, sk);
    sk.wipe();
    try {
      const { plaintext, counter } = openRecord(suite, keys.initiatorToResponder, session.received, payload);
      const reply = application(origin.entityID, pnID, plaintext) ?? new Uint8Array(0);
      const record = sealRecord(suite, keys.responderToInitiator, session.next, reply);
      const after = { ...session, received: counter, next: session.next + 1 };
      return { member: { ...member, session: after }, record };
    } catch {
      // Replayed, reordered or altered on the way: one answer for all of them.
      return undefined;
    } finally {
      keys.initiatorToResponder.key.wipe();
      keys.responderToInitiator.key.wipe();
    }
  }
}

function replaceMember(pn: PNRecord, member: PNMember): PNRecord {
  const members = pn.members.map((one) => (equalBytes(one.entityID, member.entityID) ? member : one));
  return { ...pn, members };
}
