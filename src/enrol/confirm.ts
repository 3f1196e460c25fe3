import { encodeMessage } from "../codec/message.js";
import { resultName } from "../codec/results.js";
import { equalBytes, wipe } from "../crypto/bytes.js";
import { deriveKeys, keyConfirmation, wipeKeys } from "../crypto/keys.js";
import type { Suite } from "../crypto/suite.js";
import { type FromServer, fromServer, type ToPNE, toPNE } from "../messages.js";
import { noDerivation, type Procedure, ProcedureError, type Step, unexpected } from "../procedure.js";
import { euKeyAssignmentConfirm } from "./messages.js";
import type { Parties } from "./transcript.js";

export type Answer = ToPNE | FromServer;

export function decodeAnswer(parties: Parties, answer: Uint8Array): Answer {
  return parties.pne === undefined ? fromServer.decode(answer) : toPNE.decode(answer);
}

/** Both HASHes of the last round trip: the client's that it holds the new key, and the Server's that it committed. */
export class Confirmation {
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
