import { equalBytes, wipe } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { Milliseconds, Seconds } from "../../base/units.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { decode } from "../../codec/schema.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { releasedKey, releaseProof } from "../../crypto/keys/temporaryKey.js";
import { Secret } from "../../crypto/secret.js";
import type { Suite } from "../../crypto/suite.js";
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
import { euKeyAssignmentAck, keyDelivery } from "../enrolment/messages.js";
import { deliveryNonceLength } from "../enrolment/transcript.js";
import { type DeviceParties, temporaryDeliveryAad } from "./delivery.js";
import { euKeyAssignmentTemporary, euKeyAssignmentUnderTemporary } from "./messages.js";

const answers = messageSet(euKeyAssignmentUnderTemporary, euKeyAssignmentAck);

/** The PN GW asks the Server before it answers. */
const patience = Milliseconds(15_000);

/** What the PN GW said in its trigger. */
export interface TemporaryTrigger {
  readonly userID: Uint8Array;
  readonly rand: Uint8Array;
  readonly keyID: Uint8Array;
}

export interface TemporaryOptions {
  readonly suite: Suite;
  readonly random: Random;
  readonly parties: DeviceParties;
  readonly trigger: TemporaryTrigger;
  /** A fresh copy, wiped here. */
  readonly temporaryKey: () => Uint8Array;
  /** Of this device since its last factory reset, durable. */
  readonly epoch: Uint8Array;
  stage(key: AssignedKey): void;
  commit(id: Uint8Array): void;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested"; readonly released: Secret }
  | { readonly at: "confirming"; readonly confirmation: Confirmation }
  | { readonly at: "over" };

/**
 * The PNE's side of EUKey assignment under the Temporary Key (SEC-05): proves that it is the device, gets the EUKey
 * under TK', and confirms it to the Server like every other key.
 */
export class TemporaryEnrolment implements Procedure<{ readonly keyID: Uint8Array }> {
  readonly name = "enrol";
  readonly #options: TemporaryOptions;
  #exchange: number;
  #state: State = { at: "start" };

  constructor(options: TemporaryOptions, firstExchange: number) {
    this.#options = options;
    this.#exchange = firstExchange;
  }

  start(): Step<never> {
    if (this.#state.at !== "start") throw unexpected("start", this.#state.at);
    const { suite, random, parties, trigger, epoch } = this.#options;
    const randPNE = new Uint8Array(32);
    random.fill(randPNE);
    checkRands(randPNE, trigger.rand);
    const { userID, keyID } = trigger;
    const context = { ...parties, userID, keyID, randPNE, randGateway: trigger.rand, epoch };
    const temporaryKey = this.#options.temporaryKey();
    const keys = deriveKeys(suite, "TK", temporaryKey, parties.pne);
    const proof = releaseProof(suite, keys, context);
    wipeKeys(keys);
    this.#state = { at: "requested", released: releasedKey(suite, temporaryKey, context) };
    wipe(temporaryKey);
    const body = { rand: randPNE, epoch, proof };
    return {
      kind: "request",
      octets: encodeMessage(euKeyAssignmentTemporary, this.#exchange++, body),
      patience,
    };
  }

  receive(answer: Uint8Array): Step<{ readonly keyID: Uint8Array }> {
    const state = this.#state;
    const message = readAnswer(answers, answer, state.at);
    if (state.at === "requested" && message.name === "EUKeyAssignmentResponse.temporary") {
      return this.#delivered(state.released, message.body.euKey);
    }
    if (state.at === "confirming" && message.name === "EUKeyAssignmentResponse.ack") {
      const keyID = state.confirmation.verify(message.body.hash);
      this.#options.commit(keyID);
      this.#state = { at: "over" };
      return { kind: "done", outcome: { keyID } };
    }
    throw unexpected(message.name, state.at);
  }

  /** Only a PN GW to which the Server has given TK' can have sealed this, and only for this very exchange. */
  #delivered(released: Secret, sealed: Uint8Array): Step<never> {
    const { suite, parties, trigger, temporaryKey } = this.#options;
    const keys = deriveKeys(suite, "TK", released.octets, parties.pne);
    released.wipe();
    this.#state = { at: "over" };
    const aad = temporaryDeliveryAad(parties, trigger.userID);
    const plain = suite.open(keys.wrap.octets, new Uint8Array(deliveryNonceLength), sealed, aad);
    wipeKeys(keys);
    if (plain === undefined) throw new ProcedureError("enrol.notTrusted");
    const delivery = decode(keyDelivery, plain);
    wipe(plain);
    const key = new Secret(delivery.key);
    try {
      const own = delivery.result === 0 && equalBytes(delivery.keyID, trigger.keyID);
      if (!own) throw new ProcedureError("enrol.notTrusted");
      this.#options.stage({ id: delivery.keyID, key, createdAt: Seconds(delivery.createdAt) });
      const confirmation = new Confirmation(suite, key.octets, parties, delivery.keyID, temporaryKey, true);
      this.#state = { at: "confirming", confirmation };
      return { kind: "request", octets: confirmation.request(this.#exchange++) };
    } finally {
      key.wipe();
    }
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {
    if (this.#state.at === "requested") this.#state.released.wipe();
    this.#state = { at: "over" };
  }
}
