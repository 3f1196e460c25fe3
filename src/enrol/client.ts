import { encodeMessage } from "../codec/message.js";
import { resultName } from "../codec/results.js";
import { decode } from "../codec/schema.js";
import { equalBytes, wipe } from "../crypto/bytes.js";
import { deriveKeys, keyConfirmation, scramDeliveryKey, wipeKeys } from "../crypto/keys.js";
import { clientProof, serverKey } from "../crypto/scram.js";
import { Secret } from "../crypto/secret.js";
import type { Suite } from "../crypto/suite.js";
import { type FromServer, fromServer, type ToPNE, toPNE } from "../messages.js";
import type { Random } from "../ports.js";
import { noDerivation, type Procedure, ProcedureError, type Step, unexpected } from "../procedure.js";
import { Seconds } from "../units.js";
import {
  euKeyAssignmentConfirm,
  euKeyAssignmentProof,
  euKeyAssignmentRequest,
  keyDelivery,
  Method,
  minimumIterations,
  nonceLength,
} from "./messages.js";
import { authMessage, deliveryAad, deliveryNonceLength, type Parties } from "./scram.js";

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
  /** Ownership passes: wiped as soon as the derivation has it. */
  readonly password: Uint8Array;
  /** Methods that the owner's policy allows here, best first (SEC-02). */
  readonly methods: readonly Method[];
  /** Keeps the key beside the old one, durable, before the Server is told that it arrived (EUK-UI-09, EUK-UI-21). */
  stage(key: AssignedKey): void;
  /** Makes the staged key the only one; called only after the Server has proven that it committed. */
  commit(id: Uint8Array): void;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested"; readonly request: Uint8Array; readonly exchange: number }
  | { readonly at: "deriving"; readonly authMessage: Uint8Array; readonly handle: Uint8Array }
  | { readonly at: "proving"; readonly authMessage: Uint8Array; readonly serverKey: Secret }
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

  constructor(options: EnrolOptions, firstExchange: number) {
    this.#options = options;
    this.#exchange = firstExchange;
  }

  start(): Step<never> {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    const { random, parties, userID, methods } = this.#options;
    const nonce = new Uint8Array(nonceLength);
    random.fill(nonce);
    const exchange = this.#exchange++;
    const entityID = parties.pne ?? parties.gateway;
    const request = encodeMessage(euKeyAssignmentRequest, exchange, { entityID, userID, methods, nonce });
    this.#state = { at: "requested", request, exchange };
    return { kind: "request", octets: request };
  }

  receive(answer: Uint8Array): Step<{ readonly keyID: Uint8Array }> {
    const message = decodeAnswer(this.#options.parties, answer);
    const state = this.#state;
    if (message.name === "Failure") throw new ProcedureError(`result.${resultName(message.body.result)}`);
    if (state.at === "requested" && message.name === "EUKeyAssignmentResponse.challenge") {
      return this.#challenged(state, message);
    }
    if (state.at === "proving" && message.name === "EUKeyAssignmentResponse") {
      return this.#delivered(state, message.body);
    }
    if (state.at === "confirming" && message.name === "EUKeyAssignmentResponse.ack") {
      const keyID = state.confirmation.verify(message.body.hash);
      this.#options.commit(keyID);
      this.#state = { at: "over" };
      return { kind: "done", outcome: { keyID } };
    }
    throw unexpected(message.name, state.at);
  }

  #challenged(
    state: State & { at: "requested" },
    message: Answer & { name: "EUKeyAssignmentResponse.challenge" },
  ): Step<never> {
    const { methods, suite, parties, password } = this.#options;
    const { method, iterations, salt, handle } = message.body;
    if (!methods.some((offered) => offered === method) || method !== Method.scram) {
      throw new ProcedureError("enrol.method");
    }
    // A false Server could ask for one iteration to make guessing cheap.
    if (iterations < minimumIterations) throw new ProcedureError("enrol.iterations");
    this.#state = {
      at: "deriving",
      authMessage: authMessage(parties, state.request, message.octets),
      handle,
    };
    const derivation = suite.pbkdf2(password, salt, iterations);
    wipe(password);
    return { kind: "derive", derivation };
  }

  derived(saltedPassword: Uint8Array): Step<never> {
    const state = this.#state;
    if (state.at !== "deriving") throw unexpected("derived key", state.at);
    const { suite } = this.#options;
    const proof = clientProof(suite, saltedPassword, state.authMessage);
    const expected = new Secret(serverKey(suite, saltedPassword));
    wipe(saltedPassword);
    this.#state = { at: "proving", authMessage: state.authMessage, serverKey: expected };
    const body = { handle: state.handle, proof };
    return { kind: "request", octets: encodeMessage(euKeyAssignmentProof, this.#exchange++, body) };
  }

  /** EUK-UI-09, EUK-GW-13: only the Server that holds our verifier can have sealed this (EUK-UI-19). */
  #delivered(
    state: State & { at: "proving" },
    body: { readonly result: number; readonly euKey?: Uint8Array },
  ): Step<never> {
    const { suite, parties } = this.#options;
    if (body.euKey === undefined) throw new ProcedureError("result.refused");
    const deliveryKey = scramDeliveryKey(suite, state.serverKey.octets, state.authMessage);
    state.serverKey.wipe();
    this.#state = { at: "over" };
    const nonce = new Uint8Array(deliveryNonceLength);
    const plain = suite.open(deliveryKey.octets, nonce, body.euKey, deliveryAad(parties));
    deliveryKey.wipe();
    if (plain === undefined) throw new ProcedureError("enrol.notTrusted");
    const delivery = decode(keyDelivery, plain);
    wipe(plain);
    const key = new Secret(delivery.key);
    try {
      if (delivery.result !== 0) throw new ProcedureError(`result.${resultName(delivery.result)}`);
      this.#options.stage({ id: delivery.keyID, key, createdAt: Seconds(delivery.createdAt) });
      const confirmation = new Confirmation(suite, key.octets, parties, delivery.keyID);
      this.#state = { at: "confirming", confirmation };
      return { kind: "request", octets: confirmation.request(this.#exchange++) };
    } finally {
      key.wipe();
    }
  }

  dispose(): void {
    wipe(this.#options.password);
    if (this.#state.at === "proving") this.#state.serverKey.wipe();
    this.#state = { at: "over" };
  }
}

type Answer = ToPNE | FromServer;

function decodeAnswer(parties: Parties, answer: Uint8Array): Answer {
  return parties.pne === undefined ? fromServer.decode(answer) : toPNE.decode(answer);
}

/** Both HASHes of the last round trip: the client's that it holds the new key, and the Server's that it committed. */
class Confirmation {
  readonly #keyID: Uint8Array;
  readonly #parties: Parties;
  readonly #confirm: Uint8Array;
  readonly #ack: Uint8Array;

  constructor(suite: Suite, key: Uint8Array, parties: Parties, keyID: Uint8Array) {
    const keys = deriveKeys(suite, "EUK", key, parties.pne ?? parties.gateway);
    this.#keyID = keyID;
    this.#parties = parties;
    this.#confirm = keyConfirmation(suite, keys, "confirm", keyID);
    this.#ack = keyConfirmation(suite, keys, "ack", keyID);
    wipeKeys(keys);
  }

  request(exchange: number): Uint8Array {
    const body = { keyID: this.#keyID, hash: this.#confirm };
    const { pne, gateway } = this.#parties;
    return encodeMessage(
      euKeyAssignmentConfirm,
      exchange,
      pne === undefined ? { ...body, entityID: gateway } : body,
    );
  }

  /** The key id when the Server's HASH holds. */
  verify(hash: Uint8Array): Uint8Array {
    if (!equalBytes(hash, this.#ack)) throw new ProcedureError("enrol.notTrusted");
    return this.#keyID;
  }
}

export interface ConfirmOptions {
  readonly suite: Suite;
  readonly parties: Parties;
  /** Ownership passes: wiped at the start. */
  readonly staged: { readonly id: Uint8Array; readonly key: Uint8Array };
  commit(id: Uint8Array): void;
}

/**
 * Finishes an assignment that was cut between delivery and acknowledgement: after a power cut or a lost link the
 * client holds a staged key and does not know whether the Server committed it. Repeating the confirmation tells.
 * A refusal throws and changes nothing: it is not authenticated, and a rogue gateway must not make us drop a key.
 */
export class ConfirmClient implements Procedure<{ readonly keyID: Uint8Array }> {
  readonly name = "confirm";
  readonly #options: ConfirmOptions;
  readonly #exchange: number;
  #confirmation: Confirmation | undefined;

  constructor(options: ConfirmOptions, exchange: number) {
    this.#options = options;
    this.#exchange = exchange;
  }

  start(): Step<never> {
    const { suite, parties, staged } = this.#options;
    this.#confirmation = new Confirmation(suite, staged.key, parties, staged.id);
    wipe(staged.key);
    return { kind: "request", octets: this.#confirmation.request(this.#exchange) };
  }

  receive(answer: Uint8Array): Step<{ readonly keyID: Uint8Array }> {
    const message = decodeAnswer(this.#options.parties, answer);
    if (this.#confirmation === undefined) throw unexpected(message.name, "start");
    if (message.name === "Failure") throw new ProcedureError(`result.${resultName(message.body.result)}`);
    if (message.name !== "EUKeyAssignmentResponse.ack") throw unexpected(message.name, "confirming");
    const keyID = this.#confirmation.verify(message.body.hash);
    this.#options.commit(keyID);
    return { kind: "done", outcome: { keyID } };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {
    this.#confirmation = undefined;
  }
}
