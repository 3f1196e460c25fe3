import { equalBytes } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { encodeMessage, messageSet, peekMessage, type Received } from "../../codec/message.js";
import { Ephemeral } from "../../crypto/ephemeral.js";
import {
  checkRands,
  directSessionKey,
  hashInitiator,
  hashResponder,
  transcriptHash1,
  transcriptHash2,
} from "../../crypto/keys/directKeys.js";
import { type PairKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import type { Secret } from "../../crypto/secret.js";
import { hasCurve, type Suite } from "../../crypto/suite.js";
import { readAnswer } from "../../procedure/answers.js";
import { ProcedureError, unexpected } from "../../procedure/procedure.js";
import { authenticateRequest, authenticateResponse, connectRequest, connectResponse } from "./messages.js";

const answers = messageSet(authenticateRequest, connectResponse);

/** What came of a mutual authentication. */
export interface DirectSession {
  readonly sk: Secret;
  /** Names the session on both sides: the first 8 octets of th2, which nobody can steer alone. */
  readonly sid: Uint8Array;
}

export const sidLength = 8;

type State =
  | { readonly at: "start" }
  | { readonly at: "connecting"; readonly request: Uint8Array; readonly rand: Uint8Array }
  | {
      readonly at: "authenticating";
      readonly sk: Secret;
      readonly th2: Uint8Array;
    }
  | { readonly at: "over" };

export interface InitiatorOptions {
  readonly suite: Suite;
  readonly random: Random;
  /** Own Entity ID, told in ConnectRequest (GWA-05). */
  readonly entityID: Uint8Array;
  /** Keys of the pair; ownership passes. */
  readonly keys: PairKeys;
  /** Id of the LocalEUKey, when the pair is PNE and PN GW (C-15). */
  readonly keyID?: number;
  /** Offer forward secrecy; it takes effect when the suite has a curve and the responder answers it. */
  readonly forwardSecrecy?: boolean;
}

/**
 * The asking side of the mutual authentication of a direct pair (GWA-04 … GWA-13): the PN GW toward the Server, and
 * the PNE toward the PN GW (PNI-06d, C-15). By a pre-shared key, as LEU-05 has it of PSK-TLS; it runs whatever the
 * network below gives (PNR-03, C-28). Transcript profile: HASHes cover the octets as they were exchanged.
 */
export class Initiator {
  readonly #options: InitiatorOptions;
  #state: State = { at: "start" };
  /** Of both requests; every answer repeats it. */
  #exchange = 0;
  #ephemeral: Ephemeral | undefined;

  constructor(options: InitiatorOptions) {
    this.#options = options;
  }

  /** ConnectRequest (GWA-04, GWA-05). */
  start(exchange: number): Uint8Array {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    const { suite, random, entityID, keyID, forwardSecrecy } = this.#options;
    this.#exchange = exchange;
    const rand = new Uint8Array(32);
    random.fill(rand);
    if (forwardSecrecy === true && hasCurve(suite)) this.#ephemeral = new Ephemeral(suite, random);
    const share = this.#ephemeral?.share;
    const body = { entityID, rand, ...(keyID !== undefined && { keyID }), ...(share && { share }) };
    const request = encodeMessage(connectRequest, exchange, body);
    this.#state = { at: "connecting", request, rand };
    return request;
  }

  /** Takes the responder's message; the next one to send, or the session once the responder has proven itself. */
  receive(answer: Uint8Array): Uint8Array | DirectSession {
    const state = this.#state;
    const exchange = peekMessage(answer)?.exchange;
    if (exchange !== undefined && exchange !== this.#exchange) throw unexpected("answer", "another exchange");
    const message = readAnswer(answers, answer, state.at);
    if (state.at === "connecting" && message.name === "AuthenticateRequest") {
      return this.#answer(state, message);
    }
    if (state.at === "authenticating" && message.name === "ConnectResponse") {
      return this.#verify(state, message.body.hash);
    }
    throw unexpected(message.name, state.at);
  }

  #answer(state: State & { at: "connecting" }, message: Received<typeof authenticateRequest>): Uint8Array {
    const { suite, keys } = this.#options;
    checkRands(state.rand, message.body.rand);
    const common = this.#agree(message.body.share);
    const th1 = transcriptHash1(suite, state.request, message.octets);
    const hash = hashInitiator(suite, keys, th1);
    const { handle } = message.body;
    const body = handle === undefined ? { hash } : { hash, handle };
    const response = encodeMessage(authenticateResponse, this.#exchange, body);
    this.#state = {
      at: "authenticating",
      sk: directSessionKey(suite, keys, state.rand, message.body.rand, th1, common?.octets),
      th2: transcriptHash2(suite, state.request, message.octets, response),
    };
    common?.wipe();
    return response;
  }

  /** The ECDH secret when both sides want one; the transcript shows a share that was stripped or put in. */
  #agree(share: Uint8Array | undefined): Secret | undefined {
    if (share === undefined) return undefined;
    if (this.#ephemeral === undefined) throw unexpected("share", "not offered");
    return this.#ephemeral.agree(share);
  }

  /** GWA-13: only a responder that holds the key can have made this HASH. */
  #verify(state: State & { at: "authenticating" }, hash: Uint8Array): DirectSession {
    const { suite, keys } = this.#options;
    if (!equalBytes(hash, hashResponder(suite, keys, state.th2))) {
      this.dispose();
      throw new ProcedureError("auth.notTrusted");
    }
    this.#state = { at: "over" };
    return { sk: state.sk, sid: state.th2.slice(0, sidLength) };
  }

  dispose(): void {
    if (this.#state.at === "authenticating") this.#state.sk.wipe();
    wipeKeys(this.#options.keys);
    this.#ephemeral?.wipe();
    this.#state = { at: "over" };
  }
}
