import { toPNE } from "../../catalogue/pne.js";
import { resultName } from "../../codec/results.js";
import {
  noDerivation,
  type Procedure,
  ProcedureError,
  type Step,
  unexpected,
} from "../../procedure/procedure.js";

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
    const message = toPNE.decode(answer);
    if (message.name === "Failure") throw new ProcedureError(`result.${resultName(message.body.result)}`);
    if (message.name !== "Acknowledgement") throw unexpected(message.name, this.name);
    return { kind: "done", outcome: undefined };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {}
}
