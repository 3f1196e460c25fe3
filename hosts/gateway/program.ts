import type { CpnsError } from "../../src/base/errors.js";
import { CpnsError as NamedError } from "../../src/base/errors.js";
import type { Outcome } from "../../src/base/outcome.js";
import type { Clock, KeyValue, Log } from "../../src/base/ports.js";
import { Gateway } from "../../src/gateway/gateway.js";
import type { GatewayAnswers, GatewayCommand, GatewayNotice } from "../../src/gateway/ports.js";
import type { GatewayRadio } from "../../src/gateway/radio.js";
import { Reconnector } from "../../src/gateway/reconnector.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import type { ServerConnection } from "../node/https/serverConnection.js";
import { nodeRandom, nodeSuite } from "../node/nodeSuite.js";
import { readCommand } from "./commands.js";
import type { ControlAnswer, ControlRequest, ProgramView } from "./control.js";
import { adapterHelp } from "./radio/adapter.js";
import { gatewayWords } from "./words.js";

export interface GatewayProgramOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: KeyValue;
  readonly radio: GatewayRadio;
  /** What the gateway tells unasked. */
  notify?(notice: GatewayNotice): void;
  /** One line: what keeps the radio from being used, and what helps; undefined when it can be used again. */
  radioTrouble?(line: string | undefined): void;
  readonly server: ServerConnection;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  readonly forwardSecrecy: boolean;
}

/** The gateway as a process: the core's Gateway over a radio and HTTPS, driven by its socket, its page and its prompt. */
export class GatewayProgram {
  readonly #options: GatewayProgramOptions;
  readonly #gateway: Gateway;
  readonly #reconnector: Reconnector;
  #away: string | undefined;
  #trouble: string | undefined;

  constructor(options: GatewayProgramOptions) {
    const { clock, log, store, gatewayID, serverID, forwardSecrecy, radio } = options;
    this.#options = options;
    this.#gateway = new Gateway({
      suite: nodeSuite,
      random: nodeRandom,
      clock,
      log,
      store: new KeyStore(store, nodeSuite),
      networks: store,
      gatewayID,
      serverID,
      forwardSecrecy,
      poll: true,
      notify: (notice) => options.notify?.(notice),
      pan: { links: radio.maximumLinks, technology: "BLE" },
      request: (octets, done) => this.#request(octets, done),
      // Whoever says hello to the gateway learns that it is there; applications have topics of their own.
      application: (_origin, _pnID, data) => data.slice(0, longestEcho),
    });
    this.#reconnector = new Reconnector({
      clock,
      random: nodeRandom,
      log,
      radio,
      changed: () => this.#radioChanged(),
      serve: (connection) => {
        const link = this.#gateway.connected(connection);
        return {
          get idle() {
            return link.idle;
          },
          fragment: (fragment) => link.fragment(fragment),
          closed: () => this.#gateway.disconnected(link),
        };
      },
    });
  }

  /** Finishes what a power cut has interrupted, and listens for devices. */
  start(): void {
    this.#gateway.command({ kind: "confirm" });
    this.#reconnector.start();
  }

  /** Each trouble is told once. */
  #radioChanged(): void {
    const { error } = this.#reconnector;
    const line = error && adapterHelp(error);
    if (line === this.#trouble) return;
    this.#trouble = line;
    this.#options.radioTrouble?.(line);
  }

  /** The gateway's own key is there. */
  get enrolled(): boolean {
    return this.#gateway.view.keys !== "empty";
  }

  get view(): ProgramView {
    const { error } = this.#reconnector;
    return {
      ...this.#gateway.view,
      radio: { usable: error === undefined, ...(error && { error: adapterHelp(error) }) },
      heard: this.#reconnector.peers.map(({ peer, advertisement, state }) => ({
        peer,
        ...(advertisement?.name !== undefined && { name: advertisement.name }),
        state,
      })),
      ...(this.#away !== undefined && { serverAway: this.#away }),
    };
  }

  command<Kind extends GatewayCommand["kind"]>(
    command: Extract<GatewayCommand, { readonly kind: Kind }> & { readonly kind: Kind },
  ): Promise<Outcome<GatewayAnswers[Kind]>> {
    return new Promise((resolve) => this.#gateway.command<Kind>(command, resolve));
  }

  /** What came over the socket. */
  async answer(request: ControlRequest): Promise<ControlAnswer> {
    if (request.ask === "view") return { value: this.view };
    const outcome = await this.command(readCommand(request.command));
    return "error" in outcome ? { error: gatewayWords(outcome.error) } : { value: outcome.value ?? null };
  }

  stop(): void {
    this.#reconnector.stop();
    this.#options.server.close();
  }

  #request(octets: Uint8Array, done: (outcome: Outcome<Uint8Array>) => void): void {
    const { server, log } = this.#options;
    server
      .request(octets)
      .then((answer) => {
        if ("octets" in answer) {
          this.#away = undefined;
          return done({ value: answer.octets });
        }
        if (this.#away !== answer.why) log.event("server.away", { why: answer.why });
        this.#away = answer.why;
        const error: CpnsError = new NamedError("result.serverUnreachable", answer.why);
        done({ error });
      })
      // A fault of one exchange is not the end of the others.
      .catch((error: unknown) => log.event("gateway.fault", { error: String(error) }));
  }
}

const longestEcho = 200;
