import { wipe } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { Seconds } from "../../base/units.js";
import { encodeMessage, type MessageDefinition, messageSet, type Received } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { Result, resultCode } from "../../codec/results.js";
import { decode } from "../../codec/schema.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { possessionProof } from "../../crypto/keys/temporaryKey.js";
import { Secret } from "../../crypto/secret.js";
import type { ProverSecrets } from "../../crypto/spake2plus.js";
import { hasCurve, type Suite } from "../../crypto/suite.js";
import { readAnswer } from "../../procedure/answers.js";
import { type Procedure, ProcedureError, type Step, unexpected } from "../../procedure/procedure.js";
import { Confirmation } from "./confirm.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentChallenge,
  euKeyAssignmentProof,
  euKeyAssignmentRequest,
  euKeyAssignmentResponse,
  euKeyAssignmentShare,
  euKeyAssignmentShareAnswer,
  handleLengths,
  keyDelivery,
  minimumIterations,
  nonceLength,
} from "./messages.js";
import { type Prover, ScramProver, SpakeProver } from "./provers.js";
import { deliveryAad, deliveryNonceLength, type Parties, transcript } from "./transcript.js";

/** To a PNE, and to a PN GW that asks for itself: the Server's answers are the same. */
const answers = messageSet(
  euKeyAssignmentChallenge,
  euKeyAssignmentShareAnswer,
  euKeyAssignmentResponse,
  euKeyAssignmentAck,
);

/** An assigned EUKey as the client stages it (C-21, C-24). */
export interface AssignedKey {
  readonly id: Uint8Array;
  readonly key: Secret;
  readonly createdAt: Seconds;
}

export interface EnrolOptions {
  readonly suite: Suite;
  readonly random: Random;
  readonly parties: Parties;
  readonly userID: Uint8Array;
  /**
   * The password, or what was made of it elsewhere (C-19), which does for spake2plus only. Ownership passes: wiped as
   * soon as it was used.
   */
  readonly password: Uint8Array | ProverSecrets;
  /** Methods that the owner's policy allows here, best first (SEC-02); spake2plus needs the suite's curve. */
  readonly methods: readonly Method[];
  /** Keeps the key beside the old one, durable, before the Server is told that it arrived (EUK-UI-09, EUK-UI-21). */
  stage(key: AssignedKey): void;
  /**
   * Makes the staged key the only one; called only after the Server has proven that it committed. Without it the run
   * ends with the delivery: somebody else will confirm the key (SEC-05).
   */
  readonly commit?: ((id: Uint8Array) => void) | undefined;
  /** The Server, who has proven itself, says that another User has this Entity ID (C-12). */
  readonly foreign?: (() => void) | undefined;
  /** A fresh copy of the device's Temporary Key, where it has one. */
  readonly temporaryKey?: (() => Uint8Array) | undefined;
  /** A fresh copy of the EUKey that it holds, if any: who shows a key guesses from a budget of its own. */
  readonly heldKey?: (() => Uint8Array | undefined) | undefined;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested"; readonly request: Uint8Array }
  | { readonly at: "deriving"; readonly prover: Prover; readonly handle: Uint8Array }
  | { readonly at: "sharing"; readonly prover: SpakeProver; readonly handle: Uint8Array }
  | { readonly at: "proving"; readonly prover: Prover }
  /** The Server does not know this password: it is asked for its answer without a key. */
  | { readonly at: "refused" }
  | { readonly at: "confirming"; readonly confirmation: Confirmation }
  | { readonly at: "over" };

/**
 * The client of EUKey assignment by User ID and password: a PNE with UI (EUK-UI-12) or the PN GW itself
 * (EUK-GW-07). Staged → proven → committed: the old key stands until the Server has acknowledged the new one.
 */
export class EnrolClient implements Procedure<{ readonly keyID: Uint8Array }> {
  readonly name = "enrol";
  readonly #options: EnrolOptions;
  #exchange: number;
  #state: State = { at: "start" };
  #refused = false;

  constructor(options: EnrolOptions, firstExchange: number) {
    this.#options = options;
    this.#exchange = firstExchange;
  }

  /** True once the Server's confirmation has failed: however the run ends, somebody has had a guess. */
  get refused(): boolean {
    return this.#refused;
  }

  start(): Step<never> {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    const { random, parties, userID, methods } = this.#options;
    const nonce = new Uint8Array(nonceLength);
    random.fill(nonce);
    const entityID = parties.pne ?? parties.gateway;
    const body = { entityID, userID, methods, nonce };
    const request = encodeMessage(euKeyAssignmentRequest, this.#exchange++, body);
    this.#state = { at: "requested", request };
    return { kind: "request", octets: request };
  }

  receive(answer: Uint8Array): Step<{ readonly keyID: Uint8Array }> {
    const state = this.#state;
    const message = readAnswer(answers, answer, state.at);
    if (state.at === "requested" && message.name === "EUKeyAssignmentResponse.challenge") {
      return this.#challenged(state, message);
    }
    if (state.at === "sharing" && message.name === "EUKeyAssignmentResponse.share") {
      return this.#shared(state, message.body);
    }
    if (state.at === "refused" && message.name === "EUKeyAssignmentResponse") {
      throw new ProcedureError("result.refused");
    }
    if (state.at === "proving" && message.name === "EUKeyAssignmentResponse") {
      return this.#delivered(state, message.body);
    }
    if (state.at === "confirming" && message.name === "EUKeyAssignmentResponse.ack") {
      const keyID = state.confirmation.verify(message.body.hash);
      this.#options.commit?.(keyID);
      this.#state = { at: "over" };
      return { kind: "done", outcome: { keyID } };
    }
    throw unexpected(message.name, state.at);
  }

  #challenged(
    state: State & { at: "requested" },
    message: Received<typeof euKeyAssignmentChallenge>,
  ): Step<never> {
    const { methods, suite, password } = this.#options;
    const { iterations, salt, handle } = message.body;
    const method = methods.find((offered) => offered === message.body.method);
    if (method === undefined) throw new ProcedureError("enrol.method");
    // A false Server could ask for one iteration to make guessing cheap, or give no nonce to speak of.
    if (iterations < minimumIterations) throw new ProcedureError("enrol.iterations");
    if (handle.length !== handleLengths[method]) throw new ProcedureError("protocol.handle");
    const prover = this.#prover(method, state.request, message.octets);
    if (!(password instanceof Uint8Array)) return this.#installed(prover, handle, password);
    this.#state = { at: "deriving", prover, handle };
    const derivation = suite.pbkdf2(password, salt, iterations);
    wipe(password);
    return { kind: "derive", derivation };
  }

  #installed(prover: Prover, handle: Uint8Array, secrets: ProverSecrets): Step<never> {
    if (!(prover instanceof SpakeProver)) throw new ProcedureError("enrol.method");
    this.#state = { at: "sharing", prover, handle };
    return this.#share(handle, prover.shareOf(secrets));
  }

  #prover(method: Method, request: Uint8Array, challenge: Uint8Array): Prover {
    const { suite, random, parties, userID } = this.#options;
    const seen = transcript(method, parties, request, challenge);
    if (method === Method.scram) return new ScramProver(suite, seen);
    if (!hasCurve(suite)) throw new ProcedureError("enrol.method");
    return new SpakeProver(suite, random, { context: seen, userID, server: parties.server });
  }

  derived(saltedPassword: Uint8Array): Step<never> {
    const state = this.#state;
    if (state.at !== "deriving") throw unexpected("derived key", state.at);
    const { prover, handle } = state;
    try {
      if (prover instanceof SpakeProver) {
        this.#state = { at: "sharing", prover, handle };
        return this.#share(handle, prover.share(saltedPassword));
      }
      this.#state = { at: "proving", prover };
      const proof = prover.proof(saltedPassword);
      return this.#request(euKeyAssignmentProof, { handle, proof, ...this.#possession(handle, proof) });
    } finally {
      wipe(saltedPassword);
    }
  }

  #share(handle: Uint8Array, share: Uint8Array): Step<never> {
    return this.#request(euKeyAssignmentShare, { handle, share, ...this.#possession(handle, share) });
  }

  /** That this device, which holds a key, is the one that guesses. */
  #possession(handle: Uint8Array, guess: Uint8Array): { readonly possession?: Uint8Array } {
    const { suite, parties, temporaryKey, heldKey } = this.#options;
    const owner = parties.pne ?? parties.gateway;
    const own = parties.pne === undefined ? undefined : temporaryKey?.();
    const key = own ?? heldKey?.();
    if (key === undefined) return {};
    const keys = deriveKeys(suite, own === undefined ? "EUK" : "TK", key, owner);
    const possession = possessionProof(suite, keys, handle, guess);
    wipe(key);
    wipeKeys(keys);
    return { possession };
  }

  /**
   * The Server proves itself first. Where it cannot, the exchange is over (RFC 9383 §3.3); octets that prove nothing
   * ask for the Key Delivery without EUKey (EUK-UI-17), so that from outside it looks as when the Server refuses.
   */
  #shared(
    state: State & { at: "sharing" },
    body: { readonly share: Uint8Array; readonly proof: Uint8Array },
  ): Step<never> {
    const { prover, handle } = state;
    const confirmation = prover.confirm(body.share, body.proof);
    this.#refused = confirmation === undefined;
    this.#state = this.#refused ? { at: "refused" } : { at: "proving", prover };
    const blank = new Uint8Array(32);
    if (this.#refused) this.#options.random.fill(blank);
    return this.#request(euKeyAssignmentProof, { handle, proof: confirmation ?? blank });
  }

  #request<Body>(definition: MessageDefinition<string, Body>, body: Body): Step<never> {
    return { kind: "request", octets: encodeMessage(definition, this.#exchange++, body) };
  }

  /** EUK-UI-09, EUK-GW-13: only the Server that holds our verifier can have sealed this (EUK-UI-19). */
  #delivered(
    state: State & { at: "proving" },
    body: { readonly result: number; readonly euKey?: Uint8Array },
  ): Step<{ readonly keyID: Uint8Array }> {
    const { suite, parties, commit, temporaryKey, foreign } = this.#options;
    if (body.euKey === undefined) throw new ProcedureError("result.refused");
    const deliveryKey = state.prover.deliveryKey();
    state.prover.dispose();
    this.#state = { at: "over" };
    const nonce = new Uint8Array(deliveryNonceLength);
    const plain = deliveryKey && suite.open(deliveryKey.octets, nonce, body.euKey, deliveryAad(parties));
    deliveryKey?.wipe();
    if (plain === undefined) throw new ProcedureError("enrol.notTrusted");
    const delivery = decode(keyDelivery, plain);
    wipe(plain);
    const key = new Secret(delivery.key);
    try {
      if (delivery.result === Result.duplicateEntity) foreign?.();
      if (delivery.result !== 0) throw new ProcedureError(resultCode(delivery.result));
      this.#options.stage({ id: delivery.keyID, key, createdAt: Seconds(delivery.createdAt) });
      if (commit === undefined) return { kind: "done", outcome: { keyID: delivery.keyID } };
      const confirmation = new Confirmation(suite, key.octets, parties, delivery.keyID, temporaryKey);
      this.#state = { at: "confirming", confirmation };
      return { kind: "request", octets: confirmation.request(this.#exchange++) };
    } finally {
      key.wipe();
    }
  }

  dispose(): void {
    const { password } = this.#options;
    if (password instanceof Uint8Array) wipe(password);
    else {
      password.w0.wipe();
      password.w1.wipe();
    }
    if ("prover" in this.#state) this.#state.prover.dispose();
    this.#state = { at: "over" };
  }
}
