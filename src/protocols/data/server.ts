import { CpnsError } from "../../base/errors.js";
import { attempt } from "../../base/outcome.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result, resultOf } from "../../codec/results.js";
import { withWipedKeys } from "../../crypto/keys/passingKeys.js";
import { recordKeys } from "../../crypto/keys/recordKeys.js";
import { Secret } from "../../crypto/secret.js";
import { memberName, withoutLapsed } from "../../database/networks.js";
import type { MemberSession, PNMember } from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import { defaultLimits, openRecord, sealRecord } from "../../link/record.js";
import type { Origin, Said, ServerPorts } from "../../procedure/serverPorts.js";
import { readPNEInfo } from "../network/context.js";
import { offered, readContents } from "../topics/contents.js";
import { checkedMessage } from "../topics/offered.js";
import { findMember, usableSessions } from "./members.js";
import { applicationData, isOfTopic } from "./messages.js";

interface Answered {
  readonly session: MemberSession;
  readonly record: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Number of a message of a topic. */
  readonly heard?: number;
  /** It is new, and something that the Server takes. */
  readonly fresh: boolean;
  readonly said?: Pick<Said, "topic" | "value">;
}

const nothing = Object.freeze({ reply: undefined, fresh: true });

/** Application data of a PNE, end to end under the SK of PNE and Server. */
export class RelayServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  async data(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof applicationData>,
  ): Promise<Uint8Array> {
    const { pnID, payload } = message.body;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    const found = await findMember(tables, origin, pnID);
    const usable = found === undefined ? [] : usableSessions(found, this.#ports.clock.now());
    const sessions = usable.filter((session) => this.#countersLeft(session));
    if (found === undefined || sessions.length === 0) return refuse(Result.sessionExpired);
    for (const session of sessions) {
      const answer = this.#answer(origin, found.member, session, payload);
      if (answer === undefined) continue;
      const { staged, ...rest } = withoutLapsed(found.member, this.#ports.clock.now());
      // Its first record has come: a staged session takes the place of the old one, and of all others.
      const kept = session === found.member.session && staged ? { ...rest, staged } : rest;
      const name = memberName(origin.gatewayID, pnID, origin.entityID);
      const { plaintext, heard, fresh, said } = answer;
      const row = { ...kept, session: answer.session, ...(heard !== undefined && { heard }) };
      await tables.members.put(name, row);
      if (fresh && said !== undefined) {
        await this.#ports.said?.(tables, {
          entityID: origin.entityID,
          owner: found.entity.owner,
          ...said,
        });
      }
      if (fresh) tables.afterwards(() => this.#ports.received?.(origin.entityID, pnID, plaintext));
      return encodeMessage(applicationData, message.exchange, { pnID, payload: answer.record });
    }
    return refuse(Result.refused);
  }

  /** A session that has used up its counters is over like one that is out of time. */
  #countersLeft(session: MemberSession): boolean {
    const { records } = this.#ports.limits ?? defaultLimits;
    return session.received < records && session.next <= records;
  }

  /** Undefined when replayed, reordered, altered on the way, or of another session. */
  #answer(
    origin: Origin,
    member: PNMember,
    session: MemberSession,
    payload: Uint8Array,
  ): Answered | undefined {
    const { suite, application, limits = defaultLimits } = this.#ports;
    const sk = new Secret(session.sk.slice());
    const keys = recordKeys(suite, sk);
    sk.wipe();
    return withWipedKeys(keys, () => {
      const { initiatorToResponder, responderToInitiator } = keys;
      try {
        const { plaintext, counter } = openRecord(suite, initiatorToResponder, session.received, payload);
        if (counter > limits.records) return undefined;
        const { reply, ...taken } = isOfTopic(plaintext)
          ? take(member, plaintext)
          : { ...nothing, reply: application(origin.entityID, member.pnID, plaintext) };
        const record = sealRecord(suite, responderToInitiator, session.next, reply ?? new Uint8Array(0));
        const next = { ...session, received: counter, next: session.next + 1 };
        return { session: next, record, plaintext, ...taken };
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        return undefined;
      }
    });
  }
}

/**
 * A message of a topic is answered end to end: by nothing when it is taken, also the second time, and by a Result when the
 * PNE does not offer such a thing.
 */
function take(
  member: PNMember,
  payload: Uint8Array,
): Omit<Answered, "session" | "record" | "plaintext"> & {
  readonly reply: Uint8Array | undefined;
} {
  const topics = readContents(readPNEInfo(member.pneInfo).contents);
  const read = attempt(() => checkedMessage(topics, payload));
  if ("error" in read) return { reply: Uint8Array.of(resultOf(read.error.code)), fresh: false };
  const { number, topic: name, value } = read.value;
  const topic = offered(topics, name);
  const said = topic && { said: { topic, value } };
  if (number === 0) return { ...nothing, ...said };
  const { heard = 0 } = member;
  return { reply: undefined, fresh: number > heard, heard: Math.max(number, heard), ...said };
}
