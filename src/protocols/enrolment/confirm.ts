import { equalBytes, wipe } from "../../base/octets.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { keyConfirmation } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { deviceClaim, temporaryKeyAck } from "../../crypto/keys/temporaryKey.js";
import type { Suite } from "../../crypto/suite.js";
import { readAnswer } from "../../procedure/answers.js";
import {
  noDerivation,
  type Procedure,
  ProcedureError,
  type Step,
  unexpected,
} from "../../procedure/procedure.js";
import { euKeyAssignmentAck, euKeyAssignmentConfirm } from "./messages.js";
import type { Parties } from "./transcript.js";

const answers = messageSet(euKeyAssignmentAck);

/** Both HASHes of the last round trip: the client's that it holds the new key, and the Server's that it committed. */
export class Confirmation {
  readonly #keyID: Uint8Array;
  readonly #parties: Parties;
  readonly #confirm: Uint8Array;
  readonly #ack: Uint8Array;
  readonly #claim: Uint8Array | undefined;

  /**
   * `temporaryKey` gives a fresh copy of the device's, where it has one: only the device itself becomes somebody's. Of
   * a key that is `escrowed`, since a PN GW knows it, the Server acknowledges the commit under the Temporary Key.
   */
  constructor(
    suite: Suite,
    key: Uint8Array,
    parties: Parties,
    keyID: Uint8Array,
    temporaryKey?: () => Uint8Array,
    escrowed = false,
  ) {
    const keys = deriveKeys(suite, "EUK", key, parties.pne ?? parties.gateway);
    this.#keyID = keyID;
    this.#parties = parties;
    this.#confirm = keyConfirmation(suite, keys, "confirm", keyID);
    const ack = escrowed ? undefined : keyConfirmation(suite, keys, "ack", keyID);
    wipeKeys(keys);
    const shown = temporaryKey && parties.pne && this.#byDevice(suite, parties.pne, temporaryKey());
    this.#claim = shown?.claim;
    const proof = ack ?? shown?.ack;
    if (proof === undefined) throw new ProcedureError("enrol.notTrusted", "escrowed without a Temporary Key");
    this.#ack = proof;
  }

  /** Wipes the Temporary Key. */
  #byDevice(suite: Suite, pne: Uint8Array, temporaryKey: Uint8Array): { claim: Uint8Array; ack: Uint8Array } {
    const keys = deriveKeys(suite, "TK", temporaryKey, pne);
    wipe(temporaryKey);
    const claim = deviceClaim(suite, keys, this.#keyID, this.#confirm);
    const ack = temporaryKeyAck(suite, keys, this.#keyID, this.#confirm);
    wipeKeys(keys);
    return { claim, ack };
  }

  request(exchange: number): Uint8Array {
    const body = { keyID: this.#keyID, hash: this.#confirm, ...(this.#claim && { claim: this.#claim }) };
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
  readonly temporaryKey?: (() => Uint8Array) | undefined;
  /** A PN GW knows the key (SEC-05). */
  readonly escrowed?: boolean;
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
    const { suite, parties, staged, temporaryKey, escrowed } = this.#options;
    this.#confirmation = new Confirmation(suite, staged.key, parties, staged.id, temporaryKey, escrowed);
    wipe(staged.key);
    return { kind: "request", octets: this.#confirmation.request(this.#exchange) };
  }

  receive(answer: Uint8Array): Step<{ readonly keyID: Uint8Array }> {
    const { body, name } = readAnswer(answers, answer, "confirming");
    if (this.#confirmation === undefined) throw unexpected(name, "start");
    const keyID = this.#confirmation.verify(body.hash);
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
