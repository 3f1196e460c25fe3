import { equalBytes, wipe } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { Seconds } from "../../base/units.js";
import { encodeMessage, messageSet, type Received } from "../../codec/message.js";
import { basePoint, compress } from "../../crypto/curve.js";
import { randomScalar } from "../../crypto/ephemeral.js";
import { CryptoError } from "../../crypto/errors.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import {
  rotatedKey,
  rotationAnswerProof,
  rotationHash,
  rotationRequestProof,
} from "../../crypto/keys/temporaryKey.js";
import { Secret } from "../../crypto/secret.js";
import type { CurveSuite } from "../../crypto/suite.js";
import { readAnswer } from "../../procedure/answers.js";
import {
  noDerivation,
  type Procedure,
  ProcedureError,
  type Step,
  unexpected,
} from "../../procedure/procedure.js";
import type { AssignedKey } from "../enrolment/client.js";
import { Confirmation } from "../enrolment/confirm.js";
import { euKeyAssignmentAck } from "../enrolment/messages.js";
import type { DeviceParties } from "./delivery.js";
import { euKeyRotationRequest, euKeyRotationResponse } from "./messages.js";

const answers = messageSet(euKeyRotationResponse, euKeyAssignmentAck);

export interface RotationOptions {
  readonly suite: CurveSuite;
  readonly random: Random;
  readonly parties: DeviceParties;
  /** Gives a fresh copy, wiped here; none of a device that its factory gave none. */
  readonly temporaryKey: (() => Uint8Array) | undefined;
  /** A PN GW has seen the old EUKey: the Temporary Key proves the shares, else the old EUKey does (C-38). */
  readonly escrowed: boolean;
  /** The EUKey to be replaced; ownership of the octets passes. */
  readonly old: { readonly id: Uint8Array; readonly key: Uint8Array };
  stage(key: AssignedKey): void;
  commit(id: Uint8Array): void;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested"; readonly request: Uint8Array; readonly ephemeral: Secret }
  | { readonly at: "confirming"; readonly confirmation: Confirmation }
  | { readonly at: "over" };

/**
 * The PNE's side of C-18: a new EUKey between PNE and Server alone. The shares are proven with the Temporary Key, which
 * no PN GW has ever seen, so that not even one that sits between them and knows the old EUKey can follow; and with the old
 * EUKey where nobody else knows that one.
 */
export class Rotation implements Procedure<{ readonly keyID: Uint8Array }> {
  readonly name = "rotate";
  readonly #options: RotationOptions;
  #exchange: number;
  #state: State = { at: "start" };

  constructor(options: RotationOptions, firstExchange: number) {
    this.#options = options;
    this.#exchange = firstExchange;
  }

  start(): Step<never> {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    const { suite, random, parties, old } = this.#options;
    const ephemeral = new Secret(randomScalar(random));
    const share = compress(suite.curve.multiply(ephemeral.octets, basePoint()));
    const proof = this.#withKeys((keys) => rotationRequestProof(suite, keys, parties, old.id, share));
    const body = { keyID: old.id, share, proof };
    const request = encodeMessage(euKeyRotationRequest, this.#exchange++, body);
    this.#state = { at: "requested", request, ephemeral };
    return { kind: "request", octets: request };
  }

  #withKeys<T>(work: (keys: ReturnType<typeof deriveKeys>) => T): T {
    const { suite, parties, temporaryKey, escrowed, old } = this.#options;
    const key = escrowed ? temporaryKey?.() : old.key.slice();
    if (key === undefined) throw new ProcedureError("enrol.method");
    const keys = deriveKeys(suite, escrowed ? "TK" : "EUK", key, parties.pne);
    wipe(key);
    try {
      return work(keys);
    } finally {
      wipeKeys(keys);
    }
  }

  receive(answer: Uint8Array): Step<{ readonly keyID: Uint8Array }> {
    const state = this.#state;
    const message = readAnswer(answers, answer, state.at);
    if (state.at === "requested" && message.name === "EUKeyRotationResponse") {
      return this.#rotated(state, message.body);
    }
    if (state.at === "confirming" && message.name === "EUKeyAssignmentResponse.ack") {
      const keyID = state.confirmation.verify(message.body.hash);
      this.#options.commit(keyID);
      this.#state = { at: "over" };
      return { kind: "done", outcome: { keyID } };
    }
    throw unexpected(message.name, state.at);
  }

  #rotated(
    { request, ephemeral }: State & { at: "requested" },
    body: Received<typeof euKeyRotationResponse>["body"],
  ): Step<never> {
    const { suite, parties, old, temporaryKey } = this.#options;
    const { keyID, share, createdAt } = body;
    const hash = rotationHash(suite, { ...parties, request, share, keyID, createdAt });
    const expected = this.#withKeys((keys) => rotationAnswerProof(suite, keys, hash));
    if (!equalBytes(body.proof, expected)) throw new ProcedureError("enrol.notTrusted");
    const point = this.#agree(ephemeral, share);
    const key = new Secret(rotatedKey(suite, hash, point, old.key));
    try {
      this.#options.stage({ id: keyID, key, createdAt: Seconds(createdAt) });
      const confirmation = new Confirmation(suite, key.octets, parties, keyID, temporaryKey);
      this.#forget();
      this.#state = { at: "confirming", confirmation };
      return { kind: "request", octets: confirmation.request(this.#exchange++) };
    } finally {
      key.wipe();
    }
  }

  #agree(ephemeral: Secret, share: Uint8Array): Uint8Array {
    const { curve } = this.#options.suite;
    try {
      return curve.multiply(ephemeral.octets, curve.decompress(share));
    } catch (error) {
      if (error instanceof CryptoError) throw new ProcedureError("enrol.notTrusted", error.code);
      throw error;
    }
  }

  derived(): never {
    return noDerivation();
  }

  #forget(): void {
    wipe(this.#options.old.key);
    if (this.#state.at === "requested") this.#state.ephemeral.wipe();
  }

  dispose(): void {
    this.#forget();
    this.#state = { at: "over" };
  }
}
