import { encodeMessage, messageSet } from "../../codec/message.js";
import { acknowledgement } from "../../codec/replies.js";
import type { RecordLayer } from "../../link/record.js";
import { readAnswer } from "../../procedure/answers.js";
import { noDerivation, type Procedure, type Step, unexpected } from "../../procedure/procedure.js";
import { applicationData } from "./messages.js";

const answers = messageSet(applicationData, acknowledgement);

/** Whom the data is for: the Server, end to end; the PN GW; or another member, by the PN GW's routing table. */
export type Target =
  | { readonly server: RecordLayer }
  | { readonly gatewayID: Uint8Array }
  | { readonly member: Uint8Array };

/** One message of application data and its answer; no octets when the answer only says that it has arrived. */
export class SendData implements Procedure<Uint8Array> {
  readonly name = "send";
  readonly #pnID: Uint8Array;
  readonly #data: Uint8Array;
  readonly #exchange: number;
  readonly #to: Target;

  constructor(pnID: Uint8Array, to: Target, data: Uint8Array, exchange: number) {
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
        : { pnID, payload: this.#data, target: "member" in this.#to ? this.#to.member : this.#to.gatewayID };
    return { kind: "request", octets: encodeMessage(applicationData, this.#exchange, body) };
  }

  receive(answer: Uint8Array): Step<Uint8Array> {
    const message = readAnswer(answers, answer, "sending");
    if (message.name === "Acknowledgement" && !("server" in this.#to)) {
      return { kind: "done", outcome: new Uint8Array(0) };
    }
    if (message.name !== "ApplicationData" || "member" in this.#to) throw unexpected(message.name, "sending");
    const { payload } = message.body;
    return { kind: "done", outcome: "server" in this.#to ? this.#to.server.open(payload) : payload };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {}
}
