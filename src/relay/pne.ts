import { encodeMessage } from "../codec/message.js";
import { resultName } from "../codec/results.js";
import type { RecordLayer } from "../link/record.js";
import { toPNE } from "../messages.js";
import { noDerivation, type Procedure, ProcedureError, type Step, unexpected } from "../procedure.js";
import { applicationData } from "./messages.js";

/** One message of application data and its answer: to the Server end to end, or to the PN GW on a protected link. */
export class SendData implements Procedure<Uint8Array> {
  readonly name = "send";
  readonly #pnID: Uint8Array;
  readonly #data: Uint8Array;
  readonly #exchange: number;
  readonly #to: { readonly server: RecordLayer } | { readonly gatewayID: Uint8Array };

  constructor(
    pnID: Uint8Array,
    to: { readonly server: RecordLayer } | { readonly gatewayID: Uint8Array },
    data: Uint8Array,
    exchange: number,
  ) {
    this.#pnID = pnID;
    this.#to = to;
    this.#data = data;
    this.#exchange = exchange;
  }

  start(): Step<never> {
    const pnID = this.#pnID;
    const body =
      "server" in this.#to
        ? { pnID, payload: this.#to.server.seal(this.#data) }
        : { pnID, payload: this.#data, target: this.#to.gatewayID };
    return { kind: "request", octets: encodeMessage(applicationData, this.#exchange, body) };
  }

  receive(answer: Uint8Array): Step<Uint8Array> {
    const message = toPNE.decode(answer);
    if (message.name === "Failure") throw new ProcedureError(`result.${resultName(message.body.result)}`);
    if (message.name !== "ApplicationData") throw unexpected(message.name, "sending");
    const { payload } = message.body;
    return { kind: "done", outcome: "server" in this.#to ? this.#to.server.open(payload) : payload };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {}
}
