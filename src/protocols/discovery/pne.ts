import { toPNE } from "../../catalogue/pne.js";
import { encodeMessage } from "../../codec/message.js";
import { resultName } from "../../codec/results.js";
import {
  noDerivation,
  type Procedure,
  ProcedureError,
  type Step,
  unexpected,
} from "../../procedure/procedure.js";
import { entityDiscoveryRequest } from "./messages.js";

/** Who is at the other end; claimed, to be proven by what follows. */
export interface DiscoveredGateway {
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
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
    const message = toPNE.decode(answer);
    if (message.name === "Failure") throw new ProcedureError(`result.${resultName(message.body.result)}`);
    if (message.name !== "EntityDiscoveryResponse") throw unexpected(message.name, "discovering");
    const { entityID: gatewayID, serverID, assignedEntityID } = message.body;
    const entityID = this.#entityID ?? assignedEntityID;
    if (entityID === undefined) throw new ProcedureError("discovery.noEntityID");
    return { kind: "done", outcome: { gatewayID, serverID, entityID } };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {}
}
