import { CpnsError } from "../../base/errors.js";
import { equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { checkRands, deriveKeys, recordKeys, wipeKeys, withWipedKeys } from "../../crypto/keys.js";
import { rekeyed, rekeyHashPNE, sessionBinder } from "../../crypto/rekey.js";
import { Secret } from "../../crypto/secret.js";
import type { EntityRecord, MemberSession, PNMember, PNRecord, ServerTables } from "../../database/tables.js";
import { defaultLimits, openRecord, sealRecord } from "../../link/record.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { sessionHolds } from "../authentication/server.js";
import { memberContext, pnName, relayedAgreement, sessionEnd } from "../network/server.js";
import { type rekeyRequest, rekeyResponse } from "../rekey/messages.js";
import { applicationData } from "./messages.js";

interface Rekeyed {
  /** The one that the PNE has proven. */
  readonly session: MemberSession;
  readonly next: MemberSession;
  readonly hash: Uint8Array;
  readonly share: Uint8Array | undefined;
}

interface Found {
  readonly pn: PNRecord;
  readonly member: PNMember;
  readonly entity: EntityRecord;
}

/** Application data of a PNE, end to end under the SK of PNE and Server, which the PNE renews here in time. */
export class RelayServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  async data(origin: Origin, message: Received<typeof applicationData>): Promise<Uint8Array> {
    const { store } = this.#ports;
    const { pnID, payload } = message.body;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    return store.transaction(async (tables) => {
      const found = await this.#find(tables, origin, pnID);
      if (found === undefined) return refuse(Result.sessionExpired);
      const { pn, member } = found;
      const sessions = this.#usable(found).filter((session) => this.#countersLeft(session));
      if (sessions.length === 0) return refuse(Result.sessionExpired);
      for (const session of sessions) {
        const answer = this.#answer(origin, pnID, session, payload);
        if (answer === undefined) continue;
        // Its first record has come: a staged session takes the place of the old one.
        const { next, ...rest } = member;
        const kept = session === next ? rest : member;
        const changed = { ...kept, session: answer.session };
        await tables.pns.put(pnName(origin.gatewayID, pnID), replaceMember(pn, changed));
        return encodeMessage(applicationData, message.exchange, { pnID, payload: answer.record });
      }
      return refuse(Result.refused);
    });
  }

  /** RekeyRequest → RekeyResponse; the old session goes on until the PNE uses the new one (GWA-01). */
  async rekey(origin: Origin, message: Received<typeof rekeyRequest>): Promise<Uint8Array> {
    const { store, policy, log } = this.#ports;
    const { pnID } = message.body;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, message.exchange, { result });
    return store.transaction(async (tables) => {
      const found = await this.#find(tables, origin, pnID);
      const sessions = found === undefined ? [] : this.#usable(found);
      if (found === undefined || sessions.length === 0) return refuse(Result.sessionExpired);
      const { pn, member, entity } = found;
      // A HASH bound to the staged session proves that one as well as its first record would.
      const made = sessions
        .map((session) => this.#rekeyed(pn, pnID, member, session, entity, message.body))
        .find((one) => one !== undefined);
      if (made === undefined) return refuse(Result.refused);
      const owner = (await tables.entities.get(hex(pn.gatewayID)))?.userID;
      if (owner === undefined || !policy.mayJoin(member.entityID, entity.userID, pn.gatewayID, owner)) {
        return refuse(Result.notAuthorized);
      }
      const { session, next, hash, share } = made;
      const expiresAt = Milliseconds(Math.max(pn.expiresAt, next.expiresAt));
      const changed = replaceMember({ ...pn, expiresAt }, { ...member, session, next });
      await tables.pns.put(pnName(origin.gatewayID, pnID), changed);
      log.event("pn.rekeyed", { pn: hex(pnID), entity: hex(member.entityID) });
      return encodeMessage(rekeyResponse, message.exchange, {
        rand: next.randServer,
        hash,
        ...(share && { share }),
      });
    });
  }

  async #find(tables: ServerTables, origin: Origin, pnID: Uint8Array): Promise<Found | undefined> {
    const pn = await tables.pns.get(pnName(origin.gatewayID, pnID));
    const member = pn?.members.find((one) => equalBytes(one.entityID, origin.entityID));
    const entity = await tables.entities.get(hex(origin.entityID));
    const known = pn?.state === "established" && member !== undefined && entity?.role === "pne";
    return known ? { pn, member, entity } : undefined;
  }

  /** The session, and the one that is staged, while their time and their EUKey last (GWA-01). */
  #usable({ member, entity }: Found): readonly MemberSession[] {
    const now = this.#ports.clock.now();
    return [member.session, member.next].flatMap((one) =>
      one !== undefined && sessionHolds(one, entity, now) ? [one] : [],
    );
  }

  /** The staged session and hash_server; undefined when the PNE's HASH does not hold for the session that it has. */
  #rekeyed(
    pn: PNRecord,
    pnID: Uint8Array,
    member: PNMember,
    session: MemberSession,
    entity: EntityRecord,
    request: Received<typeof rekeyRequest>["body"],
  ): Rekeyed | undefined {
    const { suite, random, serverID } = this.#ports;
    if (entity.committed === undefined) return undefined;
    const { key, id: keyID } = entity.committed;
    const randServer = randomOctets(random, 32);
    checkRands(randServer, request.rand);
    const keys = deriveKeys(suite, "EUK", key, member.entityID);
    const oldKey = new Secret(session.sk.slice());
    const binder = sessionBinder(suite, oldKey);
    oldKey.wipe();
    try {
      const old = memberContext(serverID, pn, pnID, member, session);
      const expected = rekeyHashPNE(suite, keys, old, binder, request.rand, request.share);
      if (!equalBytes(request.hash, expected)) return undefined;
      const rands = { randPNE: request.rand, randServer };
      const answered = request.share && relayedAgreement(suite, random, request.share);
      const made = rekeyed(suite, keys, { ...old, ...rands }, request.hash, answered);
      answered?.secret.wipe();
      const sk = made.sk.octets.slice();
      made.sk.wipe();
      made.binder.wipe();
      const expiresAt = sessionEnd(this.#ports);
      const next = { sk, received: 0, next: 1, expiresAt, keyID, ...rands };
      return { session, next, hash: made.hash, share: answered?.shareServer };
    } finally {
      binder.wipe();
      wipeKeys(keys);
    }
  }

  /** A session that has used up its counters is over like one that is out of time. */
  #countersLeft(session: MemberSession): boolean {
    const { records } = this.#ports.limits ?? defaultLimits;
    return session.received < records && session.next <= records;
  }

  /** Undefined when replayed, reordered, altered on the way, or of another session. */
  #answer(
    origin: Origin,
    pnID: Uint8Array,
    session: MemberSession,
    payload: Uint8Array,
  ): { readonly session: MemberSession; readonly record: Uint8Array } | undefined {
    const { suite, application, limits = defaultLimits } = this.#ports;
    const sk = new Secret(session.sk.slice());
    const keys = recordKeys(suite, sk);
    sk.wipe();
    return withWipedKeys(keys, () => {
      const { initiatorToResponder, responderToInitiator } = keys;
      try {
        const { plaintext, counter } = openRecord(suite, initiatorToResponder, session.received, payload);
        if (counter > limits.records) return undefined;
        const reply = application(origin.entityID, pnID, plaintext) ?? new Uint8Array(0);
        const record = sealRecord(suite, responderToInitiator, session.next, reply);
        return { session: { ...session, received: counter, next: session.next + 1 }, record };
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        return undefined;
      }
    });
  }
}

function replaceMember(pn: PNRecord, member: PNMember): PNRecord {
  const members = pn.members.map((one) => (equalBytes(one.entityID, member.entityID) ? member : one));
  return { ...pn, members };
}
