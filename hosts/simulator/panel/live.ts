import { applications } from "../../../apps/virtual.js";
import { hex } from "../../../src/base/octets.js";
import type { LogValue } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Point } from "../../../src/device/display/colour/touchKeypad.js";
import type { GatewayNotice } from "../../../src/gateway/ports.js";
import type { PneNotice } from "../../../src/pne/ports.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import type { AirDevice, SimulatedDevice } from "../network/device.js";
import { Network } from "../network/network.js";
import { openSslSuite } from "../network/openssl.js";
import type { DeviceSpec, NetworkOptions } from "../network/options.js";
import type { Party } from "../network/parties.js";
import { type RecordedMessage, Recorder } from "../network/recorder.js";
import { valueText } from "../network/topics.js";
import type { WallClock } from "../world/clock.js";
import { type ApplicationName, panelApplications } from "./applications.js";
import { Attribution } from "./attribution.js";
import { Bench } from "./bench.js";
import { type BoardName, boardOf } from "./boards.js";
import { atGateway } from "./gatewayUser.js";
import type {
  Fault,
  GatewayWish,
  NetworkState,
  Outcome,
  PanelDevice,
  PanelEvent,
  PanelNetwork,
} from "./network.js";
import {
  auditLine,
  deviceLines,
  deviceState,
  gatewayState,
  networksOf,
  noticeText,
  serverState,
  topicLines,
} from "./states.js";

/** Events kept for a page that is loaded late. */
const maximumHistory = 500;

/** Lines of the audit log that the page shows. */
const maximumAudit = 40;

/** A device, and the board that it is at first. */
export type LiveDevice = Omit<DeviceSpec, "keypad" | "application"> & {
  readonly board: BoardName;
  /** What it is for at first; nothing unless told. */
  readonly application?: ApplicationName;
};

export interface LiveOptions {
  readonly clock: WallClock;
  readonly seed: string;
  readonly mtu: number;
  readonly users: readonly { readonly userID: string; readonly password: string }[];
  readonly devices: readonly LiveDevice[];
  readonly imports?: NetworkOptions["imports"];
}

/** A network that runs in wall time, as the panel sees it. */
export class LiveNetwork implements PanelNetwork {
  readonly devices: readonly PanelDevice[];
  readonly demo: { readonly userID: string; readonly password: string };
  readonly #options: LiveOptions;
  readonly #network: Network;
  readonly #recorder: Recorder;
  readonly #attribution = new Attribution();
  readonly #bench: Bench;
  readonly #applications: Map<string, ApplicationName>;
  readonly #history: PanelEvent[] = [];
  readonly #listeners = new Set<(event: PanelEvent) => void>();
  readonly #audit: string[] = [];
  readonly #started: number;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#started = options.clock.now();
    this.demo = options.users[0] ?? { userID: "", password: "" };
    this.devices = options.devices.map(({ id, name, secure }) => ({ id, label: name ?? id, secure }));
    this.#bench = new Bench((device, picture) => this.#emit({ kind: "picture", device, picture }));
    const boards = new Map(options.devices.map(({ id, board }) => [id, board]));
    this.#applications = new Map(options.devices.map(({ id, application }) => [id, application ?? "none"]));
    this.#recorder = new Recorder((message) => this.#message(message));
    this.#network = new Network({
      clock: options.clock,
      seed: options.seed,
      mtu: options.mtu,
      pneSuite: openSslSuite,
      interval: Milliseconds(30),
      devices: options.devices.map(({ board, application: name = "none", ...spec }) => {
        const application = applications[name];
        return { ...spec, keypad: boardOf(board).keypad, ...(application && { application }) };
      }),
      poll: true,
      body: ({ id }) => this.#bench.body(id, boards.get(id) ?? "bare"),
      ...(options.imports && { imports: options.imports }),
      keylog: (line) => this.#recorder.key(line),
      observer: {
        notice: (device, notice) => this.#notice(device, notice),
        fragment: (device, fragment) => this.#recorder.fragment(device.id, fragment),
        backhaul: (message) => this.#recorder.backhaul(message),
        link: (device, up, reason, link) => this.#link(device, up, reason, link),
        power: (device, on) => this.#power(device, on),
        log: (entity, event, fields) => this.#log(entity, event, fields),
        screen: (device, screen) => this.#screen(device.id, screen),
        gateway: (notice) => {
          if (notice.kind === "topic") this.#topic(notice);
        },
      },
    });
  }

  async start(): Promise<void> {
    this.#note("PN GW", "info", "starts: gets an EUKey of its own");
    await this.#network.start(this.#options.users);
  }

  history(): readonly PanelEvent[] {
    return this.#history;
  }

  subscribe(listener: (event: PanelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  press(deviceID: string, key: KeyPress): void {
    this.#network.device(deviceID).press(key);
  }

  touch(deviceID: string, point: Point | undefined): void {
    this.#network.device(deviceID).touch(point);
  }

  fault(fault: Fault): void {
    const network = this.#network;
    switch (fault.kind) {
      case "rogueGateway":
        network.setRogue(fault.on);
        this.#note(
          "PN GW",
          fault.on ? "bad" : "good",
          fault.on ? "a false gateway took over" : "the true gateway is back",
        );
        break;
      case "serverUnreachable":
        network.backhaul.unreachable = fault.on;
        this.#note("Server", fault.on ? "bad" : "good", fault.on ? "unreachable" : "reachable again");
        break;
      case "dropLink":
        network.dropLink(network.device(fault.device));
        break;
      case "cutPower":
        network.device(fault.device).powerOff();
        break;
      case "powerOn":
        network.device(fault.device).powerOn();
        break;
      case "forgetKeys":
        network.device(fault.device).command({ kind: "factoryReset" });
        break;
      case "outOfRange":
        network.setRange(network.device(fault.device), !fault.on);
        break;
      case "board":
        this.#bench.change(network.device(fault.device), fault.board);
        this.#note("PNE", "info", `is now: ${boardOf(fault.board).label}`, fault.device);
        break;
      case "application":
        this.#applications.set(fault.device, fault.application);
        network.device(fault.device).becomes(applications[fault.application]);
        this.#note("PNE", "info", `is now ${panelApplications[fault.application]}`, fault.device);
        break;
    }
    this.#tellState();
  }

  async gateway(wish: GatewayWish): Promise<Outcome> {
    const outcome = await atGateway(this.#network, wish);
    this.#note("PN GW", outcome.failed ? "bad" : "good", outcome.text);
    this.#tellState();
    return outcome;
  }

  // ── Events ──

  #emit(event: PanelEvent): void {
    if (event.kind === "message" || event.kind === "note") {
      this.#history.push(event);
      if (this.#history.length > maximumHistory) this.#history.shift();
    }
    for (const listener of this.#listeners) listener(event);
  }

  get #at(): number {
    return this.#options.clock.now() - this.#started;
  }

  #note(party: Party, tone: "info" | "good" | "bad", text: string, device?: string): void {
    const note = { kind: "note" as const, at: this.#at, party, tone, text };
    this.#emit(device === undefined ? note : { ...note, device });
  }

  #screen(device: string, screen: Screen): void {
    this.#emit({ kind: "screen", device, screen });
  }

  #message(recorded: RecordedMessage): void {
    const { from, to, device, octets, fragments, protectedBy, message, step } = recorded;
    const name = message?.name ?? "unreadable";
    const fields = message?.fields ?? [];
    const at = this.#at;
    const devices = device === undefined ? this.#about(recorded) : [device];
    const sent = { from, to, devices, name, octets, fragments, protectedBy, fields };
    this.#emit({ kind: "message", at, ...sent, ...(step !== undefined && { step }) });
    this.#tellState();
  }

  /** Whose message between PN GW and Server it is. */
  #about({ message, to }: RecordedMessage): readonly string[] {
    return message === undefined ? [] : this.#attribution.of(message, to === "Server", this.#entities());
  }

  /** Entity IDs in hexadecimal by device. While it is being enrolled for the first time, the PN GW knows its own. */
  #entities(): ReadonlyMap<string, string> {
    const known = this.#network.devices.flatMap((device) => {
      const claimed = this.#network.pneLink(device)?.entityID;
      const entity = device.pne?.view.entityID ?? (claimed && hex(claimed));
      return entity === undefined ? [] : [[device.id, entity] as const];
    });
    return new Map(known);
  }

  #notice(device: SimulatedDevice, notice: PneNotice): void {
    const said = noticeText(notice);
    if (said !== undefined) this.#note("PNE", said.tone, said.text, device.id);
    if (notice.kind === "state") this.#tellState();
  }

  #topic({ from, topic, value }: GatewayNotice & { readonly kind: "topic" }): void {
    const device = [...this.#entities()].find(([, entity]) => entity === from)?.[0];
    this.#note("PN GW", "good", `${topic}: ${valueText(value)}`, device);
    this.#tellState();
  }

  #link(device: AirDevice, up: boolean, reason: string, link: number): void {
    if (!up) this.#recorder.linkClosed(link);
    this.#note("PNE", "info", up ? "BLE link up" : `BLE link down: ${reason}`, device.id);
    this.#tellState();
  }

  #power(device: SimulatedDevice, on: boolean): void {
    this.#note("PNE", on ? "info" : "bad", on ? "power on" : "power cut", device.id);
    if (!on) this.#bench.dark(device.id);
    this.#tellState();
  }

  #log(entity: string, event: string, fields: Readonly<Record<string, LogValue>>): void {
    if (entity !== "server") return;
    this.#audit.push(auditLine(this.#at, event, fields));
    if (this.#audit.length > maximumAudit) this.#audit.shift();
    const about = [...this.#entities()].find(([, entity]) => entity === fields.entity)?.[0];
    if (event === "enrol.committed") this.#note("Server", "good", "EUKey committed", about);
    if (event === "enrol.refused") this.#note("Server", "bad", "enrolment refused", about);
    if (event === "auth.session") this.#note("Server", "good", "PN GW authenticated");
  }

  // ── State ──

  #tellState(): void {
    if (this.#listeners.size > 0) this.#emit({ kind: "state", state: this.state() });
  }

  /** The screens as they are, for a page that has just been loaded. */
  screens(): readonly PanelEvent[] {
    return this.#network.devices.flatMap(({ id, screen }): PanelEvent[] => [
      { kind: "screen", device: id, screen },
      { kind: "picture", device: id, picture: this.#bench.picture(id) },
    ]);
  }

  state(): NetworkState {
    const network = this.#network;
    const devices = network.devices.map((device) => {
      const inRange = !network.outOfRange.has(device.id);
      const application = this.#applications.get(device.id) ?? "none";
      return { board: this.#bench.board(device.id), application, inRange, ...deviceState(device, inRange) };
    });
    const entities = network.devices.map((device) => ({
      id: device.id,
      label: this.devices.find(({ id }) => id === device.id)?.label ?? device.id,
      lines: [...deviceLines(device), ...topicLines(network, device.pne?.view.entityID)],
    }));
    const faults = {
      rogueGateway: network.rogue,
      serverUnreachable: network.backhaul.unreachable,
    };
    return {
      entities: [...entities, gatewayState(network), serverState(network)],
      faults,
      devices,
      networks: networksOf(network),
      audit: this.#audit,
    };
  }
}
