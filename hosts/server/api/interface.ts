import type { Log } from "../../../src/base/ports.js";
import type { Milliseconds } from "../../../src/base/units.js";
import type { StoredServerPorts } from "../../../src/procedure/serverPorts.js";
import type { ServerEntityPorts } from "../../../src/server/ports.js";
import { Programs, type SendTopic } from "../../../src/server/programs/programs.js";
import type { Pages } from "../../node/pages/serve.js";
import { Deliverer } from "./deliverer.js";
import { apiRoutes } from "./routes.js";
import { api } from "./serve.js";
import { EventStreams } from "./stream.js";
import type { Targets } from "./target.js";
import { shownEvent } from "./values.js";

export interface InterfaceOptions {
  readonly ports: Pick<ServerEntityPorts, "suite" | "random" | "clock" | "store">;
  readonly history: Milliseconds;
  /** Other Servers are on the same database. */
  readonly shared: boolean;
  readonly log: Log;
  /** Where webhooks may go. */
  readonly targets: Targets;
  /** Milliseconds for a webhook's target; ten seconds unless told. */
  readonly patience?: number;
}

/** The Server's interface for programs: what it hears of devices, and what it answers. */
export class ProgramInterface {
  readonly #options: InterfaceOptions;
  readonly #programs: Programs;
  readonly #streams: EventStreams;
  readonly #deliverer: Deliverer;

  constructor(options: InterfaceOptions) {
    const { ports, log } = options;
    this.#options = options;
    const fault = (error: unknown): void => log.event("api.fault", { error: String(error) });
    this.#deliverer = new Deliverer(options);
    this.#programs = new Programs({
      ...{ ...options, ...ports, fault },
      encode: (number, event) => new TextEncoder().encode(JSON.stringify(shownEvent(number, event))),
      deliver: () => this.#deliverer.kick(),
    });
    const said = (event: string, fields?: Parameters<Log["event"]>[1]): void => log.event(event, fields);
    this.#streams = new EventStreams({ ports, streams: this.#programs.streams, log: said });
  }

  /** For the Server's ports. */
  get said(): NonNullable<StoredServerPorts["said"]> {
    return (tables, said) => this.#programs.said(tables, said);
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#streams.count;
  }

  routes(sendTopic: SendTopic) {
    const { ports, targets } = this.#options;
    return apiRoutes({ ports, targets, programs: this.#programs, streams: this.#streams, sendTopic });
  }

  pages(sendTopic: SendTopic): Pages {
    const { ports, log } = this.#options;
    return api({ ports, routes: this.routes(sendTopic), log: (event, fields) => log.event(event, fields) });
  }

  /** A sign of life to every stream; the Server gives one every 15 s by itself. */
  beat(): Promise<void> {
    return this.#streams.beat();
  }

  /** Looks whether something waits for a webhook; the Server does every two seconds by itself. */
  kick(): void {
    this.#deliverer.kick();
  }

  /** Lets all go: the Server is about to stop. */
  stop(): void {
    this.#deliverer.stop();
    this.#streams.stop();
    this.#programs.stop();
  }
}
