import type { LogValue } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { PneNotice } from "../../../src/pne/ports.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import { render } from "../../../src/ui/render.js";
import type { Screen } from "../../../src/ui/screen.js";
import type { AirDevice, SimulatedDevice } from "../network/device.js";
import { type DeviceSpec, Network, type NetworkOptions } from "../network/network.js";
import { type Party, type RecordedMessage, Recorder } from "../network/recorder.js";
import type { WallClock } from "../world/clock.js";
import { atGateway } from "./gatewayUser.js";
import type { Fault, GatewayWish, NetworkState, PanelDevice, PanelEvent, PanelNetwork } from "./network.js";
import { auditLine, deviceLines, gatewayState, noticeText, serverState, summaryOf } from "./states.js";

/** Events kept for a page that is loaded late. */
const maximumHistory = 500;

/** Lines of the audit log that the page shows. */
const maximumAudit = 40;

export interface LiveOptions {
  readonly clock: WallClock;
  readonly seed: string;
  readonly mtu: number;
  readonly users: readonly { readonly userID: string; readonly password: string }[];
  readonly devices: readonly DeviceSpec[];
  readonly imports?: NetworkOptions["imports"];
}

/** A network that runs in wall time, as the panel sees it. */
export class LiveNetwork implements PanelNetwork {
  readonly devices: readonly PanelDevice[];
  readonly demo: { readonly userID: string; readonly password: string };
  readonly #options: LiveOptions;
  readonly #network: Network;
  readonly #recorder: Recorder;
  readonly #history: PanelEvent[] = [];
  readonly #listeners = new Set<(event: PanelEvent) => void>();
  readonly #audit: string[] = [];
  readonly #started: number;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#started = options.clock.now();
    this.demo = options.users[0] ?? { userID: "", password: "" };
    this.devices = options.devices.map(({ id, name, keypad, secure }) => {
      return { id, label: name ?? id, keypad, secure };
    });
    this.#recorder = new Recorder((message) => this.#message(message));
    this.#network = new Network({
      clock: options.clock,
      seed: options.seed,
      mtu: options.mtu,
      interval: Milliseconds(30),
      devices: options.devices,
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
    }
    this.#tellState();
  }

  gateway(wish: GatewayWish): void {
    atGateway(this.#network, wish, ({ text, failed }) => {
      this.#note("PN GW", failed ? "bad" : "good", text);
      this.#tellState();
    });
  }

  // ── Events ──

  #emit(event: PanelEvent): void {
    if (event.kind !== "screen" && event.kind !== "state") {
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
    this.#emit({ kind: "screen", device, draw: render(screen) });
  }

  #message(recorded: RecordedMessage): void {
    const { from, to, device, octets, fragments, protectedBy, message, step } = recorded;
    const name = message?.name ?? "unreadable";
    const fields = message?.fields ?? [];
    const at = this.#at;
    const sent = { from, to, device, name, octets, fragments, protectedBy, fields };
    this.#emit({ kind: "message", at, ...sent, ...(step !== undefined && { step }) });
    this.#tellState();
  }

  #notice(device: SimulatedDevice, notice: PneNotice): void {
    const said = noticeText(notice);
    if (said !== undefined) this.#note("PNE", said.tone, said.text, device.id);
    if (notice.kind === "state") this.#tellState();
  }

  #link(device: AirDevice, up: boolean, reason: string, link: number): void {
    if (!up) this.#recorder.linkClosed(link);
    this.#note("PNE", "info", up ? "BLE link up" : `BLE link down: ${reason}`, device.id);
    this.#tellState();
  }

  #power(device: SimulatedDevice, on: boolean): void {
    this.#note("PNE", on ? "info" : "bad", on ? "power on" : "power cut", device.id);
    this.#tellState();
  }

  #log(entity: string, event: string, fields: Readonly<Record<string, LogValue>>): void {
    if (entity !== "server") return;
    this.#audit.push(auditLine(this.#at, event, fields));
    if (this.#audit.length > maximumAudit) this.#audit.shift();
    if (event === "enrol.committed") this.#note("Server", "good", "EUKey committed");
    if (event === "enrol.refused") this.#note("Server", "bad", "enrolment refused");
    if (event === "auth.session") this.#note("Server", "good", "PN GW authenticated");
  }

  // ── State ──

  #tellState(): void {
    if (this.#listeners.size > 0) this.#emit({ kind: "state", state: this.state() });
  }

  /** The screens as they are, for a page that has just been loaded. */
  screens(): readonly PanelEvent[] {
    return this.#network.devices
      .filter(({ keypad }) => keypad !== "none")
      .map(({ id, screen }) => ({ kind: "screen" as const, device: id, draw: render(screen) }));
  }

  state(): NetworkState {
    const network = this.#network;
    const devices = network.devices.map((device) => ({
      id: device.id,
      powered: device.powered,
      connected: device.link !== undefined,
      inRange: !network.outOfRange.has(device.id),
      ...summaryOf(device),
    }));
    const entities = network.devices.map((device) => ({
      id: device.id,
      label: this.devices.find(({ id }) => id === device.id)?.label ?? device.id,
      lines: deviceLines(device),
    }));
    const faults = {
      rogueGateway: network.rogue,
      serverUnreachable: network.backhaul.unreachable,
    };
    return {
      entities: [...entities, gatewayState(network), serverState(network)],
      faults,
      devices,
      audit: this.#audit,
    };
  }
}
