import { equalBytes } from "../../base/octets.js";
import type { Clock, Random } from "../../base/ports.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { Ephemeral } from "../../crypto/ephemeral.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, type PairKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { rekeyed, rekeyHashPNE } from "../../crypto/keys/rekey.js";
import { hasCurve, type Suite } from "../../crypto/suite.js";
import { RecordLayer, type SessionLimits } from "../../link/record.js";
import { readAnswer } from "../../procedure/answers.js";
import { noDerivation, type Procedure, ProcedureError, type Step } from "../../procedure/procedure.js";
import { agreementOf } from "../network/context.js";
import type { ServerSession } from "../network/setupOptions.js";
import { rekeyRequest, rekeyResponse } from "./messages.js";

const answers = messageSet(rekeyResponse);

export function wipeSession(session: ServerSession | undefined): void {
  session?.layer.wipe();
  session?.binder.wipe();
}

/**
 * The PNE renews its session with the Server in one round trip (GWA-01): by the EUKey, fresh RANDs of both sides, and
 * bound to the session that it replaces, which stays in use until this run has succeeded.
 */
export class Rekey implements Procedure<ServerSession> {
  readonly name = "rekey";
  readonly #suite: Suite;
  readonly #clock: Clock;
  readonly #limits: SessionLimits | undefined;
  readonly #session: ServerSession;
  readonly #keys: PairKeys;
  readonly #rand = new Uint8Array(32);
  readonly #hash: Uint8Array;
  readonly #ephemeral: Ephemeral | undefined;
  readonly #exchange: number;

  /** `euKey` is the caller's, to be wiped. */
  constructor(
    ports: {
      readonly suite: Suite;
      readonly random: Random;
      readonly clock: Clock;
      readonly limits?: SessionLimits;
      readonly policy: { readonly forwardSecrecy?: boolean };
    },
    session: ServerSession,
    euKey: Uint8Array,
    exchange: number,
  ) {
    const { suite, random, clock, limits, policy } = ports;
    this.#suite = suite;
    this.#clock = clock;
    this.#limits = limits;
    this.#session = session;
    this.#exchange = exchange;
    this.#keys = deriveKeys(suite, "EUK", euKey, session.context.pne);
    random.fill(this.#rand);
    const wanted = policy.forwardSecrecy === true && hasCurve(suite);
    this.#ephemeral = wanted ? new Ephemeral(suite, random) : undefined;
    const { context, binder } = session;
    this.#hash = rekeyHashPNE(suite, this.#keys, context, binder, this.#rand, this.#ephemeral?.share);
  }

  start(): Step<never> {
    const { pnID } = this.#session.context;
    const share = this.#ephemeral?.share;
    const body = { pnID, rand: this.#rand, hash: this.#hash, ...(share && { share }) };
    return { kind: "request", octets: encodeMessage(rekeyRequest, this.#exchange, body) };
  }

  receive(answer: Uint8Array): Step<ServerSession> {
    const { rand, hash, share } = readAnswer(answers, answer, this.name).body;
    checkRands(this.#rand, rand);
    const context = { ...this.#session.context, randPNE: this.#rand, randServer: rand };
    const agreement = agreementOf(this.#ephemeral, share);
    const made = rekeyed(this.#suite, this.#keys, context, this.#hash, agreement);
    agreement?.secret.wipe();
    if (!equalBytes(hash, made.hash)) {
      made.sk.wipe();
      made.binder.wipe();
      throw new ProcedureError("pn.notTrusted");
    }
    const limits = this.#limits;
    const options = {
      suite: this.#suite,
      clock: this.#clock,
      sk: made.sk,
      role: "initiator",
      unordered: true,
    } as const;
    const layer = new RecordLayer({ ...options, ...(limits && { limits }) });
    return { kind: "done", outcome: { layer, context, binder: made.binder } };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {
    wipeKeys(this.#keys);
    this.#ephemeral?.wipe();
  }
}
