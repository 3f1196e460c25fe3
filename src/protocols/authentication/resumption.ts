import { concat, equalBytes } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { encodeMessage, messageSet, type Received } from "../../codec/message.js";
import {
  resumedSession,
  resumeNonceLength,
  resumeProofInitiator,
  resumeProofResponder,
  ticketID,
  ticketIDLength,
} from "../../crypto/keys/resumption.js";
import type { Secret } from "../../crypto/secret.js";
import type { Suite } from "../../crypto/suite.js";
import type { Ticket } from "../../link/ticket.js";
import { readAnswer } from "../../procedure/answers.js";
import { ProcedureError, unexpected } from "../../procedure/procedure.js";
import type { DirectSession } from "./initiator.js";
import { resumeRequest, resumeResponse } from "./resumptionMessages.js";

const answers = messageSet(resumeResponse);

/** How often a session may be resumed before its parties authenticate again. */
export const maximumResumptions = 32;

/** Ticket id of a request: by which the responder looks for its ticket. */
export const requestedTicket = (request: Received<typeof resumeRequest>): Uint8Array =>
  request.body.proof.slice(0, ticketIDLength);

/**
 * The asking side of a resumption, one round trip: proof of T in both directions, fresh nonces of both sides in the new
 * SK. Wipes T once it is used up, whatever comes of it: a ticket is never shown twice.
 */
export class Resumption {
  readonly #suite: Suite;
  readonly #secret: Secret;
  readonly #nonce = new Uint8Array(resumeNonceLength);
  #exchange: number | undefined;

  /** Takes ownership of the ticket's secret. */
  constructor(suite: Suite, random: Random, ticket: Ticket) {
    this.#suite = suite;
    this.#secret = ticket.secret;
    random.fill(this.#nonce);
  }

  /** ResumeRequest. */
  start(exchange: number): Uint8Array {
    if (this.#exchange !== undefined) throw unexpected("start", "resuming");
    this.#exchange = exchange;
    const proof = concat(
      ticketID(this.#suite, this.#secret),
      this.#nonce,
      resumeProofInitiator(this.#suite, this.#secret, this.#nonce),
    );
    return encodeMessage(resumeRequest, exchange, { proof });
  }

  /**
   * The session, once the responder has proven itself. Throws ProcedureError: `result.sessionExpired` and other
   * refusals, `auth.notTrusted`, `protocol.unexpected`.
   */
  receive(answer: Uint8Array): DirectSession {
    const message = readAnswer(answers, answer, "resuming");
    if (message.exchange !== this.#exchange) throw unexpected(message.name, "resuming");
    const nonce = message.body.proof.subarray(0, resumeNonceLength);
    const expected = resumeProofResponder(this.#suite, this.#secret, this.#nonce, nonce);
    if (!equalBytes(message.body.proof.subarray(resumeNonceLength), expected)) {
      throw new ProcedureError("auth.notTrusted");
    }
    const session = resumedSession(this.#suite, this.#secret, this.#nonce, nonce);
    this.dispose();
    return session;
  }

  dispose(): void {
    this.#secret.wipe();
  }
}

/** A resumed session with the ResumeResponse to send. */
export interface Resumed extends DirectSession {
  readonly response: Uint8Array;
}

/**
 * The answering side: the session, or undefined when the proof does not hold, which leaves the ticket as it is, or
 * anybody could use up another's. When it does hold the caller has forgotten the ticket before it answers.
 */
export function resume(
  suite: Suite,
  random: Random,
  secret: Secret,
  request: Received<typeof resumeRequest>,
): Resumed | undefined {
  const { proof } = request.body;
  const nonceInitiator = proof.subarray(ticketIDLength, ticketIDLength + resumeNonceLength);
  const expected = resumeProofInitiator(suite, secret, nonceInitiator);
  if (!equalBytes(proof.subarray(ticketIDLength + resumeNonceLength), expected)) return undefined;
  const nonce = new Uint8Array(resumeNonceLength);
  random.fill(nonce);
  const answer = concat(nonce, resumeProofResponder(suite, secret, nonceInitiator, nonce));
  return {
    ...resumedSession(suite, secret, nonceInitiator, nonce),
    response: encodeMessage(resumeResponse, request.exchange, { proof: answer }),
  };
}
