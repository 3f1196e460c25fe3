import { equalBytes, wipe } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { Result, resultCode } from "../../codec/results.js";
import { checkNewPassword } from "../../crypto/newPassword.js";
import { clientProof, serverKey, serverSignature } from "../../crypto/scram.js";
import { Secret } from "../../crypto/secret.js";
import type { CurveSuite } from "../../crypto/suite.js";
import { readAnswer } from "../../procedure/answers.js";
import { type Procedure, ProcedureError, type Step, unexpected } from "../../procedure/procedure.js";
import { minimumIterations } from "../enrolment/messages.js";
import { userVerifier } from "../enrolment/verifiers.js";
import {
  idpwdRegistrationChallenge,
  idpwdRegistrationRequest,
  idpwdRegistrationResponse,
  idpwdRegistrationVerifier,
} from "./messages.js";
import { type NewVerifier, registrationMessage } from "./transcript.js";

const answers = messageSet(idpwdRegistrationChallenge, idpwdRegistrationResponse);

/**
 * What came of it: `changed` when the Server has proven that it took the new password in place of the old one;
 * `sent` when there was no old one to prove, and the name is the person's if it was free.
 */
export type Registered = "changed" | "sent";

export interface RegistrationOptions {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  readonly userID: Uint8Array;
  /** Ownership passes: both are wiped. */
  readonly password: Uint8Array;
  readonly oldPassword: Uint8Array | undefined;
}

interface Challenged {
  readonly octets: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly handle: Uint8Array;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested" }
  | { readonly at: "derivingNew"; readonly challenge: Challenged }
  | { readonly at: "derivingOld"; readonly challenge: Challenged; readonly verifier: NewVerifier }
  | { readonly at: "sent"; readonly expected: Secret | undefined }
  | { readonly at: "over" };

/** The PN GW's side of registration (REG-02, REG-04, REG-10, C-23). Runs inside its session with the Server. */
export class Registration implements Procedure<Registered> {
  readonly name = "register";
  readonly #options: RegistrationOptions;
  readonly #exchange: number;
  #request: Uint8Array = new Uint8Array(0);
  #state: State = { at: "start" };

  /** Whoever sets a password sets it here: throws CredentialError for one that is too easy, with all of them wiped. */
  constructor(options: RegistrationOptions, exchange: number) {
    const { userID, password, oldPassword } = options;
    try {
      checkNewPassword(password, userID);
    } catch (error) {
      wipe(password, oldPassword);
      throw error;
    }
    this.#options = options;
    this.#exchange = exchange;
  }

  start(): Step<never> {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    const { userID } = this.#options;
    this.#request = encodeMessage(idpwdRegistrationRequest, this.#exchange, { userID });
    this.#state = { at: "requested" };
    return { kind: "request", octets: this.#request };
  }

  receive(answer: Uint8Array): Step<Registered> {
    const state = this.#state;
    const message = readAnswer(answers, answer, state.at);
    if (state.at === "requested" && message.name === "IDPWDRegistrationResponse.challenge") {
      const { salt, iterations, handle } = message.body;
      if (iterations < minimumIterations) throw new ProcedureError("enrol.iterations");
      const challenge = { octets: message.octets, salt, iterations, handle };
      this.#state = { at: "derivingNew", challenge };
      return this.#derive(this.#options.password, challenge);
    }
    if (state.at === "sent" && message.name === "IDPWDRegistrationResponse") {
      return { kind: "done", outcome: this.#verify(state.expected, message.body) };
    }
    throw unexpected(message.name, state.at);
  }

  #derive(password: Uint8Array, { salt, iterations }: Challenged): Step<never> {
    const derivation = this.#options.suite.pbkdf2(password, salt, iterations);
    wipe(password);
    return { kind: "derive", derivation };
  }

  derived(saltedPassword: Uint8Array): Step<never> {
    const state = this.#state;
    const { suite, random, userID, serverID, oldPassword } = this.#options;
    try {
      if (state.at === "derivingNew") {
        const { challenge } = state;
        const verifier = userVerifier(suite, saltedPassword, challenge.salt, userID, serverID);
        if (oldPassword === undefined) {
          const none = new Uint8Array(32);
          random.fill(none);
          return this.#send(challenge, verifier, none, undefined);
        }
        this.#state = { at: "derivingOld", challenge, verifier };
        return this.#derive(oldPassword, challenge);
      }
      if (state.at !== "derivingOld") throw unexpected("derived key", state.at);
      const message = this.#message(state.challenge, state.verifier);
      const key = serverKey(suite, saltedPassword);
      const expected = new Secret(serverSignature(suite, key, message));
      wipe(key);
      const proof = clientProof(suite, saltedPassword, message);
      return this.#send(state.challenge, state.verifier, proof, expected);
    } finally {
      wipe(saltedPassword);
    }
  }

  #message({ octets }: Challenged, verifier: NewVerifier): Uint8Array {
    const { gatewayID, serverID } = this.#options;
    return registrationMessage(gatewayID, serverID, this.#request, octets, verifier);
  }

  #send(
    { handle }: Challenged,
    verifier: NewVerifier,
    proof: Uint8Array,
    expected: Secret | undefined,
  ): Step<never> {
    this.#state = { at: "sent", expected };
    const { storedKey, serverKey, w0, l } = verifier;
    const body = { handle, storedKey, serverKey, w0, l, proof };
    const octets = encodeMessage(idpwdRegistrationVerifier, this.#exchange, body);
    wipe(serverKey, w0);
    return { kind: "request", octets };
  }

  #verify(
    expected: Secret | undefined,
    body: { readonly result: number; readonly proof: Uint8Array },
  ): Registered {
    if (body.result !== Result.ok) throw new ProcedureError(resultCode(body.result));
    if (expected === undefined) return "sent";
    // Unknown User ID, wrong old password, or a Server that knows neither: it looks the same.
    if (!equalBytes(expected.octets, body.proof)) throw new ProcedureError("result.refused");
    return "changed";
  }

  dispose(): void {
    const state = this.#state;
    wipe(this.#options.password, this.#options.oldPassword);
    if (state.at === "derivingOld") wipe(state.verifier.serverKey, state.verifier.w0);
    if (state.at === "sent") state.expected?.wipe();
    this.#state = { at: "over" };
  }
}
