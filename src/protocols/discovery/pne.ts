import { encodeMessage, messageSet } from "../../codec/message.js";
import { readAnswer } from "../../procedure/answers.js";
import { noDerivation, type Procedure, ProcedureError, type Step } from "../../procedure/procedure.js";
import { entityDiscoveryRequest, entityDiscoveryResponse } from "./messages.js";

const answers = messageSet(entityDiscoveryResponse);

/** Who is at the other end; claimed, to be proven by what follows. */
export interface DiscoveredGateway {
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  /** What its person calls it. */
  readonly name?: string;
  /** The PNE's Entity ID: its own, or the one just assigned (PNR-06, C-12). */
  readonly entityID: Uint8Array;
}

/** The PNE's first exchange on every connection (PNI-00, PNR-04 … PNR-06). */
export class Discovery implements Procedure<DiscoveredGateway> {
  readonly name = "discover";
  readonly #entityID: Uint8Array | undefined;
  readonly #capabilities: number;
  readonly #exchange: number;

  constructor(entityID: Uint8Array | undefined, capabilities: number, exchange: number) {
    this.#entityID = entityID;
    this.#capabilities = capabilities;
    this.#exchange = exchange;
  }

  start(): Step<never> {
    const flags = this.#capabilities;
    const body = this.#entityID === undefined ? { flags } : { flags, entityID: this.#entityID };
    return { kind: "request", octets: encodeMessage(entityDiscoveryRequest, this.#exchange, body) };
  }

  receive(answer: Uint8Array): Step<DiscoveredGateway> {
    const {
      entityID: gatewayID,
      serverID,
      assignedEntityID,
      name,
    } = readAnswer(answers, answer, this.name).body;
    const entityID = this.#entityID ?? assignedEntityID;
    if (entityID === undefined) throw new ProcedureError("discovery.noEntityID");
    return { kind: "done", outcome: { gatewayID, serverID, entityID, ...(name !== undefined && { name }) } };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {}
}
