import type { CpnsError } from "../../src/base/errors.js";
import { CpnsError as NamedError } from "../../src/base/errors.js";
import { hex } from "../../src/base/octets.js";
import type { Outcome } from "../../src/base/outcome.js";
import type { Clock, KeyValue, Log } from "../../src/base/ports.js";
import { Gateway } from "../../src/gateway/gateway.js";
import type { PneLink } from "../../src/gateway/pneLink.js";
import type {
  GatewayAnswers,
  GatewayCommand,
  GatewayNotice,
  GatewayPNView,
} from "../../src/gateway/ports.js";
import type { GatewayRadio } from "../../src/gateway/radio.js";
import { type PeerView, Reconnector } from "../../src/gateway/reconnector.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { AdvertisedState } from "../../src/link/service.js";
import type { ServerConnection } from "../node/https/serverConnection.js";
import { nodeRandom, nodeSuite } from "../node/nodeSuite.js";
import { Refusal } from "../node/program/misuse.js";
import { reasonWithCode } from "../node/program/systemReason.js";
import { readCommand } from "./commands.js";
import type { ControlAnswer, ControlRequest } from "./control.js";
import { type GuestsCommand, readGuestsCommand, runGuests } from "./guests.js";
import { adapterHelp } from "./radio/adapter.js";
import type { UpdateShelf } from "./updates.js";
import type { BrokerView, GuestsView, HeardView, ProgramView } from "./views.js";
import { gatewayWords } from "./words.js";

export interface GatewayProgramOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: KeyValue;
  readonly radio: GatewayRadio;
  /** What the gateway tells unasked. */
  notify?(notice: GatewayNotice): void;
  /** What `view` shows of radio and Server, beside the core's own, may have changed. */
  changed?(): void;
  /** One line: what keeps the radio from being used, and what helps; undefined when it can be used again. */
  radioTrouble?(line: string | undefined): void;
  readonly server: ServerConnection;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  readonly forwardSecrecy: boolean;
  /** Where firmware images lie; without one no device is updated. */
  readonly updates?: UpdateShelf;
  /** The broker of MQTT, if there is one. */
  broker?(): BrokerView | undefined;
}

/** The gateway as a process: the core's Gateway over a radio and HTTPS, driven by its socket, its page and its prompt. */
export class GatewayProgram {
  readonly #options: GatewayProgramOptions;
  readonly #gateway: Gateway;
  readonly #reconnector: Reconnector;
  #away: string | undefined;
  #trouble: string | undefined;
  /** By the radio's name of them; links that have ended, too, until the device has another one. */
  readonly #linked = new Map<string, PneLink>();

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
      notify: (notice) => {
        if (notice.kind === "changed") this.#keepUpdates();
        options.notify?.(notice);
      },
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
      serve: (connection, peer) => {
        const link = this.#gateway.connected(connection);
        this.#linked.set(peer, link);
        return {
          get idle() {
            return link.idle;
          },
          fragment: (fragment) => link.fragment(fragment),
          closed: () => {
            if (this.#linked.get(peer) === link) this.#linked.delete(peer);
            this.#gateway.disconnected(link);
          },
        };
      },
    });
  }

  /** Finishes what a power cut has interrupted, and listens for devices. */
  start(): void {
    this.#gateway.command({ kind: "confirm" });
    for (const { device, image } of this.#options.updates?.unfinished() ?? []) {
      this.#gateway.command({ kind: "update", device, image });
    }
    this.#reconnector.start();
  }

  /** A disk that is full costs what is kept, and nothing that runs. */
  #keepUpdates(): void {
    try {
      this.#options.updates?.keep(this.#gateway.view.updates);
    } catch (error) {
      this.#options.log.event("update.notKept", { error: String(error) });
    }
  }

  /** The file is read here, as who runs the gateway. Throws Refusal. */
  #read(fields: Readonly<Record<string, unknown>>): GatewayCommand {
    const { updates } = this.#options;
    if (fields.kind !== "update" || updates === undefined) return readCommand(fields);
    const { device, file } = fields;
    if (typeof device !== "string" || typeof file !== "string")
      throw new Refusal("device and file are missing");
    readCommand({ kind: "cancelUpdate", device });
    return { kind: "update", device, image: updates.take(file) };
  }

  /** Each trouble is told once. */
  #radioChanged(): void {
    this.#options.changed?.();
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

  get networks(): readonly GatewayPNView[] {
    return this.#gateway.networks;
  }

  get view(): ProgramView {
    const { error } = this.#reconnector;
    const broker = this.#options.broker?.();
    return {
      ...this.#gateway.view,
      radio: { usable: error === undefined, ...(error && { error: adapterHelp(error) }) },
      heard: this.#reconnector.peers.map((peer) => this.#heard(peer)),
      ...(this.#away !== undefined && { serverAway: reasonWithCode(this.#away) }),
      ...(broker && { broker }),
    };
  }

  #heard({ peer, said, state }: PeerView): HeardView {
    const { entityID } = this.#linked.get(peer) ?? {};
    const says = stateNames.find((name) => AdvertisedState[name] === said?.state);
    return {
      peer,
      ...(said?.name !== undefined && { name: said.name }),
      state,
      ...(says && { says }),
      ...(entityID && { device: hex(entityID) }),
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
    if (request.ask === "page") return { error: "that is not for the gateway itself" };
    const guests = readGuestsCommand(request.command);
    const outcome = guests ? await this.#guests(guests) : await this.command(this.#read(request.command));
    if ("value" in outcome) return { value: outcome.value ?? null };
    const { error } = outcome;
    return { error: gatewayWords(error), code: error.code };
  }

  #guests(command: GuestsCommand): Promise<Outcome<GuestsView>> {
    const { server, serverID, log } = this.#options;
    const { userID } = this.#gateway.view;
    return runGuests({ server, serverID, userID, log }, command);
  }

  stop(): void {
    this.#reconnector.stop();
    this.#options.server.close();
  }

  #setAway(why: string | undefined): void {
    if (this.#away === why) return;
    this.#away = why;
    this.#options.changed?.();
  }

  #request(octets: Uint8Array, done: (outcome: Outcome<Uint8Array>) => void): void {
    const { server, log } = this.#options;
    server
      .request(octets)
      .then((answer) => {
        if ("octets" in answer) {
          this.#setAway(undefined);
          return done({ value: answer.octets });
        }
        if (this.#away !== answer.why) log.event("server.away", { why: answer.why });
        this.#setAway(answer.why);
        const error: CpnsError = new NamedError("result.serverUnreachable", answer.why);
        done({ error });
      })
      // A fault of one exchange is not the end of the others.
      .catch((error: unknown) => log.event("gateway.fault", { error: String(error) }));
  }
}

const longestEcho = 200;
const stateNames = ["needsEnrolment", "freeToJoin", "joined", "wanting"] as const;
