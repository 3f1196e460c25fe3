import { type DiscoveredGateway, Discovery } from "../discovery/pne.js";
import type { CpnsError } from "../errors.js";
import { Channel } from "../link/channel.js";
import { type Procedure, ProcedureError } from "../procedure.js";
import type { GatewayConnection, PnePorts } from "./ports.js";
import { Runner } from "./runner.js";

export type Result<Outcome> = { readonly outcome: Outcome } | { readonly error: CpnsError };

/** Everything that lives as long as one connection; a new connection is a fresh one of these. */
export class Connection {
  readonly link: GatewayConnection;
  readonly #channel: Channel;
  readonly #runner: Runner;
  #exchange = 1;
  #peer: DiscoveredGateway | undefined;

  constructor(ports: PnePorts, link: GatewayConnection) {
    this.link = link;
    this.#channel = new Channel({
      port: link,
      clock: ports.clock,
      onMessage: (octets) => this.#runner.answer(octets),
      onFailure: (error, final) => {
        ports.log.event("link.failure", { code: error.code, final });
        if (!final) return;
        this.#runner.fail(error);
        link.disconnect();
      },
    });
    this.#runner = new Runner({
      clock: ports.clock,
      pace: ports.pace,
      send: (octets) => this.#channel.send(octets),
      protect: (layer) => this.#channel.protect(layer),
      progress: (step, fraction) => {
        ports.notify(
          fraction === undefined ? { kind: "progress", step } : { kind: "progress", step, fraction },
        );
      },
    });
  }

  /** Known once `discover` has succeeded. */
  get peer(): DiscoveredGateway {
    if (this.#peer === undefined) throw new ProcedureError("protocol.unexpected", "undiscovered");
    return this.#peer;
  }

  get busy(): boolean {
    return this.#runner.busy;
  }

  get protected(): boolean {
    return this.#channel.protected;
  }

  /** A block of exchange numbers for one procedure: more than any of them needs. */
  nextExchange(): number {
    const first = this.#exchange;
    this.#exchange = first > 0xf000 ? 1 : first + 8;
    return first;
  }

  /** PNI-00, once per connection. */
  discover(
    entityID: Uint8Array | undefined,
    capabilities: number,
    done: (result: Result<DiscoveredGateway>) => void,
  ): void {
    if (this.#peer !== undefined) {
      done({ outcome: this.#peer });
      return;
    }
    this.#runner.run(new Discovery(entityID, capabilities, this.nextExchange()), (result) => {
      if ("outcome" in result) this.#peer = result.outcome;
      done(result);
    });
  }

  run<Outcome>(procedure: Procedure<Outcome>, done: (result: Result<Outcome>) => void): void {
    this.#runner.run(procedure, done);
  }

  fragment(fragment: Uint8Array): void {
    this.#channel.fragment(fragment);
  }

  /** Ends what runs with this error. */
  fail(error: CpnsError): void {
    this.#runner.fail(error);
  }

  close(error: CpnsError): void {
    this.#runner.fail(error);
    this.#channel.close();
  }
}
