import { hex } from "../base/octets.js";
import { encodeMessage } from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { Result } from "../codec/results.js";
import { withDirectionKey } from "../crypto/keys/passingKeys.js";
import type { DirectionKey, RecordLabel } from "../crypto/keys/recordKeys.js";
import { Secret } from "../crypto/secret.js";
import type { GatewaySession } from "../database/rows/sessions.js";
import { sessionHolds } from "../database/sessions.js";
import type { ServerTables } from "../database/store.js";
import { LinkError } from "../link/errors.js";
import { defaultLimits, openParsed, type ParsedRecord, sealRecord } from "../link/record.js";
import { mark, type ReceiveWindow, seen, windowSize } from "../link/window.js";
import type { StoredServerPorts } from "../procedure/serverPorts.js";

/** What a request is answered with after others have had their turn: the answer is made in a transaction of its own. */
export interface Held {
  wait(): Promise<void>;
  answer(tables: ServerTables): Promise<Uint8Array>;
}

/** An answer, or the promise of one that is held: nothing else waits for it. */
export type Answered = Uint8Array | { readonly held: Promise<Uint8Array> };

/** Does what a PN GW asks for, inside the transaction that counts its record. Whatever it throws undoes all of it. */
export type Act = (
  tables: ServerTables,
  gateway: Uint8Array,
  plaintext: Uint8Array,
) => Promise<Uint8Array | Held>;

/** A record between PN GW and Server. */
export type SessionRecord = ParsedRecord & { readonly sid: Uint8Array };

interface Opened {
  readonly gateway: Uint8Array;
  readonly plaintext: Uint8Array;
}

/** In the clear, about a record that has had no effect: the PN GW may authenticate and send the same once more. */
const unknownSession = (): Uint8Array => encodeMessage(failure, 0, { result: Result.sessionExpired });
/** In the clear, about a record that was acted upon, whose answer is not there any more. */
const alreadyDone = (): Uint8Array => encodeMessage(failure, 0, { result: Result.alreadyDone });

/**
 * Records of PN GWs (GWA-03): each is opened, counted, acted upon and answered in one transaction, so that one that comes
 * again gets the answer that it got before, from any Server on the database. Counters may come in any order inside the
 * window; the answer bears the counter of its request, so that no counter ever seals two answers that leave.
 */
export class GatewaySessions {
  readonly #ports: StoredServerPorts;

  constructor(ports: StoredServerPorts) {
    this.#ports = ports;
  }

  /** Rejects with what `act` throws, after all of it was undone, and with DatabaseError. */
  async answer(record: SessionRecord, act: Act): Promise<Answered> {
    const { store, log } = this.#ports;
    try {
      const first = await store.transaction((tables) => this.#take(tables, record, act));
      return first instanceof Uint8Array ? first : { held: this.#later(record, first) };
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      log.event("server.refused", { error: error.code });
      return unknownSession();
    }
  }

  /** The session may have ended meanwhile: then the PN GW hears of it now, in place of an answer. */
  async #later(record: SessionRecord, held: Held): Promise<Uint8Array> {
    await held.wait();
    return this.#ports.store.transaction(async (tables) => {
      if ((await this.#session(tables, hex(record.sid))) === undefined) return unknownSession();
      return this.#keep(tables, record, await held.answer(tables));
    });
  }

  async #take(tables: ServerTables, record: SessionRecord, act: Act): Promise<Uint8Array | Held> {
    const { counter } = record;
    const sid = hex(record.sid);
    const session = await this.#session(tables, sid);
    if (session === undefined || counter > this.#records) return unknownSession();
    const { gateway, plaintext } = this.#open(session, record);
    const before = windowOf(session);
    if (seen(before, counter) !== "new") {
      return (await tables.answers.get(`${sid}/${counter}`))?.record ?? alreadyDone();
    }
    const after = mark(before, counter);
    await tables.gatewaySessions.put(sid, { ...session, received: after.received, window: after.bits });
    for (const old of leaving(before, after)) await tables.answers.delete(`${sid}/${old}`);
    const answer = await act(tables, gateway, plaintext);
    return answer instanceof Uint8Array ? this.#keep(tables, record, answer) : answer;
  }

  /** Undefined when there is none, or its time or counters are over, or its key was replaced. */
  async #session(tables: ServerTables, sid: string): Promise<GatewaySession | undefined> {
    const session = await tables.gatewaySessions.get(sid);
    if (session === undefined) return undefined;
    const entity = await tables.entities.get(hex(session.entityID));
    return sessionHolds(session, entity, this.#ports.clock.now()) ? session : undefined;
  }

  get #records(): number {
    return (this.#ports.limits ?? defaultLimits).records;
  }

  /** Throws LinkError("record.forged"). */
  #open(session: GatewaySession, record: ParsedRecord): Opened {
    const plaintext = this.#withKey(session, "CPNS record i2r", (key) =>
      openParsed(this.#ports.suite, key, record),
    );
    return { gateway: session.entityID, plaintext };
  }

  /** Seals the answer, and keeps it for as long as the window reaches. The session may have ended by what was done. */
  async #keep(
    tables: ServerTables,
    { sid, counter }: { readonly sid: Uint8Array; readonly counter: number },
    answer: Uint8Array,
  ): Promise<Uint8Array> {
    const session = await tables.gatewaySessions.get(hex(sid));
    if (session === undefined) return alreadyDone();
    const record = this.#withKey(session, "CPNS record r2i", (key) =>
      sealRecord(this.#ports.suite, key, counter, answer, sid),
    );
    if (seen(windowOf(session), counter) === "seen") {
      await tables.answers.put(`${hex(sid)}/${counter}`, { record, endsAt: session.endsAt });
    }
    return record;
  }

  #withKey<T>(session: GatewaySession, label: RecordLabel, work: (key: DirectionKey) => T): T {
    const sk = new Secret(session.sk.slice());
    try {
      return withDirectionKey(this.#ports.suite, sk, label, work);
    } finally {
      sk.wipe();
    }
  }
}

const windowOf = ({ received, window }: GatewaySession): ReceiveWindow => ({ received, bits: window });

/** Counters that fall out of the window when it moves from one to the other, from the oldest on. */
export function* leaving(before: ReceiveWindow, after: ReceiveWindow): Generator<number> {
  const first = Math.max(1, before.received - windowSize + 1);
  const last = Math.min(before.received, after.received - windowSize);
  for (let counter = first; counter <= last; counter++) {
    if (seen(before, counter) === "seen") yield counter;
  }
}
