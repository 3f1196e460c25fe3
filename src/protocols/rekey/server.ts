import { equalBytes, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { rekeyed, rekeyHashPNE, sessionBinder } from "../../crypto/keys/rekey.js";
import { Secret } from "../../crypto/secret.js";
import { memberName, pnName, withoutLapsed } from "../../database/networks.js";
import { seen } from "../../database/ownership.js";
import { remindOfRenewal } from "../../database/renewal.js";
import {
  type MemberSession,
  maximumStagedSessions,
  type StagedSession,
} from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import type { Origin, ServerPorts } from "../../procedure/serverPorts.js";
import { type FoundMember, findMember, usableSessions } from "../data/members.js";
import { readPNEInfo } from "../network/context.js";
import { memberContext, relayedAgreement, sessionEnd } from "../network/memberSessions.js";
import { mayJoin } from "../network/policy.js";
import { type rekeyRequest, rekeyResponse } from "./messages.js";

type Asked = Received<typeof rekeyRequest>["body"];

/** A new session of PNE and Server in place of the one of a PN, before that one ends (GWA-01). */
export class RekeyServer {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /**
   * RekeyRequest → RekeyResponse. The old session goes on until the PNE uses a new one; the same RAND gets the same
   * answer, so that a request that was doubled on its way takes nothing from the PNE.
   */
  async rekey(
    tables: ServerTables,
    origin: Origin,
    message: Received<typeof rekeyRequest>,
  ): Promise<Uint8Array> {
    const { clock } = this.#ports;
    const { body, exchange } = message;
    const refuse = (result: Result): Uint8Array => encodeMessage(failure, exchange, { result });
    const found = await findMember(tables, origin, body.pnID);
    const sessions = found === undefined ? [] : usableSessions(found, clock.now());
    if (found === undefined || sessions.length === 0) return refuse(Result.sessionExpired);
    const { pn, member, entity } = found;
    // A HASH bound to a staged session proves that one as well as its first record would.
    const proven = sessions.find((session) => this.#proves(found, session, body));
    if (proven === undefined) return refuse(Result.refused);
    const gateway = await tables.entities.get(hex(pn.gatewayID));
    const pne = { id: member.entityID, entity, flags: readPNEInfo(member.pneInfo).flags };
    if (!gateway || !(await mayJoin(tables, this.#ports, pne, { id: pn.gatewayID, entity: gateway }))) {
      return refuse(Result.notAuthorized);
    }
    const before = (member.staged ?? []).find((one) => equalBytes(one.randPNE, body.rand));
    const next = before ?? this.#next(found, body);
    if (before === undefined) {
      await this.#stage(tables, found, proven, next);
      await remindOfRenewal(tables, entity, member, clock.now());
    }
    const { hash, share, randServer } = next;
    return encodeMessage(rekeyResponse, exchange, { rand: randServer, hash, ...(share && { share }) });
  }

  async #stage(
    tables: ServerTables,
    { pn, member, entity }: FoundMember,
    session: MemberSession,
    next: StagedSession,
  ): Promise<void> {
    const staged = [...(member.staged ?? []).filter((one) => one !== session), next];
    const endsAt = Milliseconds(Math.max(pn.endsAt, next.endsAt));
    await tables.members.put(memberName(pn.gatewayID, pn.pnID, member.entityID), {
      ...withoutLapsed(member, this.#ports.clock.now()),
      session,
      staged: staged.slice(-maximumStagedSessions),
      endsAt,
    });
    await tables.pns.put(pnName(pn.gatewayID, pn.pnID), { ...pn, endsAt });
    await seen(tables, hex(member.entityID), entity, this.#ports.clock.now());
    tables.log.event("pn.rekeyed", { pn: hex(pn.pnID), entity: hex(member.entityID) });
  }

  /** Whether the PNE's HASH holds for this session of its. */
  #proves(
    { pn, member, entity }: FoundMember,
    session: MemberSession,
    { rand, hash, share }: Asked,
  ): boolean {
    const { suite, serverID } = this.#ports;
    const sk = new Secret(session.sk.slice());
    const binder = sessionBinder(suite, sk);
    const keys = deriveKeys(suite, "EUK", entity.committed.key, member.entityID);
    const old = memberContext(serverID, pn, member, session);
    const holds = equalBytes(hash, rekeyHashPNE(suite, keys, old, binder, rand, share));
    sk.wipe();
    binder.wipe();
    wipeKeys(keys);
    return holds;
  }

  /** The session that the PNE asks for, with hash_server. Throws CryptoError for a RAND or a share that is none. */
  #next({ pn, member, entity }: FoundMember, { rand, hash, share }: Asked): StagedSession {
    const { suite, random, serverID } = this.#ports;
    const { key, id: keyID } = entity.committed;
    const rands = { randPNE: rand, randServer: randomOctets(random, 32) };
    checkRands(rands.randServer, rands.randPNE);
    const answered = share && relayedAgreement(suite, random, share);
    const keys = deriveKeys(suite, "EUK", key, member.entityID);
    const made = rekeyed(suite, keys, memberContext(serverID, pn, member, rands), hash, answered);
    wipeKeys(keys);
    answered?.secret.wipe();
    made.binder.wipe();
    const sk = made.sk.octets.slice();
    made.sk.wipe();
    const shareServer = answered?.shareServer;
    const endsAt = sessionEnd(this.#ports);
    const session = { sk, received: 0, next: 1, endsAt, keyID, ...rands, hash: made.hash };
    return { ...session, ...(shareServer && { share: shareServer }) };
  }
}
