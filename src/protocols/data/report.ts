import { messageSet } from "../../codec/message.js";
import { acknowledgement } from "../../codec/replies.js";
import { readAnswer } from "../../procedure/answers.js";
import { noDerivation, type Procedure, type Step } from "../../procedure/procedure.js";

const answers = messageSet(acknowledgement);

/** One message of the PNE that is answered by `Acknowledgement` and nothing else. */
export class Report implements Procedure<undefined> {
  readonly name: string;
  readonly #octets: Uint8Array;

  constructor(name: string, octets: Uint8Array) {
    this.name = name;
    this.#octets = octets;
  }

  start(): Step<never> {
    return { kind: "request", octets: this.#octets };
  }

  receive(answer: Uint8Array): Step<undefined> {
    readAnswer(answers, answer, this.name);
    return { kind: "done", outcome: undefined };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {}
}
