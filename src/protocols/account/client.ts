import { equalBytes, wipe } from "../../base/octets.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { acknowledgement } from "../../codec/replies.js";
import { Result, resultCode } from "../../codec/results.js";
import { clientProof, serverKey, serverSignature } from "../../crypto/scram.js";
import type { Suite } from "../../crypto/suite.js";
import { readAnswer } from "../../procedure/answers.js";
import { type Procedure, ProcedureError, type Step, unexpected } from "../../procedure/procedure.js";
import { minimumIterations } from "../enrolment/messages.js";
import { idpwdRegistrationChallenge, idpwdRegistrationRequest } from "../registration/messages.js";
import { accountDeleteRequest, accountSignInRequest, accountSignInResponse } from "./messages.js";
import { type AccountPurpose, accountMessage } from "./transcript.js";

const answers = messageSet(idpwdRegistrationChallenge, accountSignInResponse, acknowledgement);

export interface AccountProofOptions {
  readonly suite: Suite;
  readonly purpose: AccountPurpose;
  readonly serverID: Uint8Array;
  readonly userID: Uint8Array;
  /** Ownership passes: it is wiped. */
  readonly password: Uint8Array;
}

interface Challenged {
  readonly octets: Uint8Array;
  readonly handle: Uint8Array;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested" }
  | { readonly at: "deriving"; readonly challenge: Challenged }
  | { readonly at: "proving"; readonly expected: Uint8Array }
  | { readonly at: "over" };

/**
 * Proves the User's password to the Server's own page, to sign in or to delete the account. The outcome of signing in is
 * the session's token, 32 octets; of deleting, none. The Server proves itself by its signature. Throws ProcedureError:
 * "result.refused" for a wrong password, an unknown User, or a Server that does not know the verifier, which look the same.
 */
export class AccountProof implements Procedure<Uint8Array | undefined> {
  readonly name = "account";
  readonly #options: AccountProofOptions;
  #request: Uint8Array = new Uint8Array(0);
  #state: State = { at: "start" };

  constructor(options: AccountProofOptions) {
    this.#options = options;
  }

  start(): Step<never> {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    this.#request = encodeMessage(idpwdRegistrationRequest, 1, { userID: this.#options.userID });
    this.#state = { at: "requested" };
    return { kind: "request", octets: this.#request };
  }

  receive(answer: Uint8Array): Step<Uint8Array | undefined> {
    const state = this.#state;
    const message = readAnswer(answers, answer, state.at);
    if (state.at === "requested" && message.name === "IDPWDRegistrationResponse.challenge") {
      const { salt, iterations, handle } = message.body;
      if (iterations < minimumIterations) throw new ProcedureError("enrol.iterations");
      this.#state = { at: "deriving", challenge: { octets: message.octets, handle } };
      const { suite, password } = this.#options;
      const derivation = suite.pbkdf2(password, salt, iterations);
      wipe(password);
      return { kind: "derive", derivation };
    }
    if (state.at !== "proving") throw unexpected(message.name, state.at);
    if (message.name === "AccountSignInResponse" && this.#options.purpose === "sign in") {
      const { result, proof, token } = message.body;
      if (result !== Result.ok) throw new ProcedureError(resultCode(result));
      if (!equalBytes(proof, state.expected)) throw new ProcedureError("result.refused");
      this.#state = { at: "over" };
      return { kind: "done", outcome: token };
    }
    if (message.name === "Acknowledgement" && this.#options.purpose === "delete") {
      this.#state = { at: "over" };
      return { kind: "done", outcome: undefined };
    }
    throw unexpected(message.name, state.at);
  }

  derived(saltedPassword: Uint8Array): Step<never> {
    const state = this.#state;
    if (state.at !== "deriving") throw unexpected("derived key", state.at);
    const { suite, purpose, serverID } = this.#options;
    const { octets, handle } = state.challenge;
    const authMessage = accountMessage(purpose, serverID, this.#request, octets);
    const proof = clientProof(suite, saltedPassword, authMessage);
    const key = serverKey(suite, saltedPassword);
    wipe(saltedPassword);
    this.#state = { at: "proving", expected: serverSignature(suite, key, authMessage) };
    wipe(key);
    const definition = purpose === "sign in" ? accountSignInRequest : accountDeleteRequest;
    return { kind: "request", octets: encodeMessage(definition, 1, { handle, proof }) };
  }

  dispose(): void {
    wipe(this.#options.password);
    this.#state = { at: "over" };
  }
}
