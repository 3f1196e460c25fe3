import { hex } from "../../../src/crypto/bytes.js";
import type { PneNotice } from "../../../src/pne/ports.js";
import { asciiText } from "../../../src/pne/text.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import { render } from "../../../src/ui/render.js";
import type { Screen } from "../../../src/ui/screen.js";
import { english, errorText } from "../../../src/ui/strings.js";
import { Milliseconds } from "../../../src/units.js";
import type { SimulatedDevice } from "../network/device.js";
import { DeviceFace } from "../network/face.js";
import { type DeviceSpec, Network } from "../network/network.js";
import { type Party, type RecordedMessage, Recorder } from "../network/recorder.js";
import type { WallClock } from "../world/clock.js";
import type { Fault, NetworkState, PanelDevice, PanelEvent, PanelNetwork, StateLine } from "./network.js";

/** Events kept for a page that is loaded late. */
const maximumHistory = 500;

export interface LiveOptions {
  readonly clock: WallClock;
  readonly seed: string;
  readonly mtu: number;
  readonly users: readonly { readonly userID: string; readonly password: string }[];
  readonly devices: readonly (DeviceSpec & { readonly keypad: "matrix" | "keyboard" | "buttons" })[];
}

/** A network that runs in wall time, as the panel sees it. */
export class LiveNetwork implements PanelNetwork {
  readonly devices: readonly PanelDevice[];
  readonly demo: { readonly userID: string; readonly password: string };
  readonly #options: LiveOptions;
  readonly #network: Network;
  readonly #recorder: Recorder;
  readonly #faces = new Map<string, DeviceFace>();
  readonly #history: PanelEvent[] = [];
  readonly #listeners = new Set<(event: PanelEvent) => void>();
  readonly #started: number;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#started = options.clock.now();
    this.demo = options.users[0] ?? { userID: "", password: "" };
    this.devices = options.devices.map(({ id, name, keypad }) => ({ id, label: name ?? id, keypad }));
    this.#recorder = new Recorder((message) => this.#message(message));
    this.#network = new Network({
      clock: options.clock,
      seed: options.seed,
      mtu: options.mtu,
      interval: Milliseconds(30),
      devices: options.devices,
      keylog: (line) => this.#recorder.key(line),
      observer: {
        notice: (device, notice) => this.#notice(device, notice),
        fragment: (device, fragment) => this.#recorder.fragment(device.id, fragment),
        backhaul: (message) => this.#recorder.backhaul(message),
        link: (_device, up, reason, link) => this.#link(up, reason, link),
        power: (device, on) => this.#power(device, on),
        log: (entity, event) => this.#log(entity, event),
      },
    });
    for (const { id, keypad } of options.devices) {
      const device = this.#network.device(id);
      this.#faces.set(id, new DeviceFace(device, keypad, (screen) => this.#screen(id, screen)));
    }
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
    this.#faces.get(deviceID)?.press(key);
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

  #note(party: Party, tone: "info" | "good" | "bad", text: string): void {
    this.#emit({ kind: "note", at: this.#at, party, tone, text });
  }

  #screen(device: string, screen: Screen): void {
    this.#emit({ kind: "screen", device, draw: render(screen) });
  }

  #message(recorded: RecordedMessage): void {
    const { from, to, device, octets, fragments, protectedBy, message } = recorded;
    const name = message?.name ?? "unreadable";
    const fields = message?.fields ?? [];
    const at = this.#at;
    this.#emit({ kind: "message", at, from, to, device, name, octets, fragments, protectedBy, fields });
    this.#tellState();
  }

  #notice(device: SimulatedDevice, notice: PneNotice): void {
    this.#faces.get(device.id)?.notice(notice);
    if (notice.kind === "enrolled") this.#note("PNE", "good", "enrolled: EUKey committed");
    if (notice.kind === "joined") this.#note("PNE", "good", "in the PN: Server and gateway proven");
    if (notice.kind === "left") this.#note("PNE", "info", "left the PN");
    if (notice.kind === "resetDone") this.#note("PNE", "info", "factory reset: flash is empty");
    if (notice.kind === "failed" && notice.code !== "cancelled") {
      this.#note("PNE", "bad", `${errorText(english, notice.code).title} (${notice.code})`);
    }
    if (notice.kind === "state") this.#tellState();
  }

  #link(up: boolean, reason: string, link: number): void {
    if (!up) this.#recorder.linkClosed(link);
    this.#note("PNE", "info", up ? "BLE link up" : `BLE link down: ${reason}`);
    this.#tellState();
  }

  #power(device: SimulatedDevice, on: boolean): void {
    this.#faces.get(device.id)?.power(on);
    this.#note("PNE", on ? "info" : "bad", on ? "power on" : "power cut");
    this.#tellState();
  }

  #log(entity: string, event: string): void {
    if (entity === "server" && event === "enrol.committed") this.#note("Server", "good", "EUKey committed");
    if (entity === "server" && event === "enrol.refused") this.#note("Server", "bad", "enrolment refused");
    if (entity === "server" && event === "auth.session") this.#note("Server", "good", "PN GW authenticated");
  }

  // ── State ──

  #tellState(): void {
    if (this.#listeners.size > 0) this.#emit({ kind: "state", state: this.state() });
  }

  /** The screens as they are, for a page that has just been loaded. */
  screens(): readonly PanelEvent[] {
    return [...this.#faces].map(([device, face]) => ({
      kind: "screen" as const,
      device,
      draw: render(face.screen),
    }));
  }

  state(): NetworkState {
    const network = this.#network;
    const devices = network.devices.map((device) => ({
      id: device.id,
      powered: device.powered,
      connected: device.link !== undefined,
      inRange: !network.outOfRange.has(device.id),
    }));
    const entities = network.devices.map((device) => ({
      id: device.id,
      label: "PNE",
      lines: this.#deviceLines(device),
    }));
    const faults = {
      rogueGateway: network.rogue,
      serverUnreachable: network.backhaul.unreachable,
    };
    return { entities: [...entities, this.#gatewayState(), this.#serverState()], faults, devices };
  }

  #deviceLines(device: SimulatedDevice): StateLine[] {
    const view = device.pne?.view;
    if (view === undefined) return [line("Power", "off", "bad")];
    const key = {
      empty: "none",
      staged: "waiting for the Server",
      enrolled: "committed",
      replacing: "being replaced",
    };
    const tone = { empty: "none", staged: "waiting", enrolled: "good", replacing: "waiting" } as const;
    const id = view.euKeyID === undefined ? "" : ` ${view.euKeyID.slice(0, 8)}\u2026`;
    return [
      line("Entity ID", view.entityID?.slice(0, 16) ?? "none", "none"),
      line("EUKey", `${key[view.keys]}${id}`, tone[view.keys]),
      line("User", view.userID ?? "none", "none"),
      line("BLE link", view.connected ? "up" : "down", view.connected ? "good" : "none"),
      line(
        "PN",
        view.pn === undefined ? "none" : `${view.pn.id.slice(0, 8)}\u2026`,
        view.pn ? "good" : "none",
      ),
      line("Session with Server", view.pn ? "SK, end to end" : "none", view.pn ? "good" : "none"),
    ];
  }

  #gatewayState(): NetworkState["entities"][number] {
    const { gateway } = this.#network;
    const link = gateway.links[0];
    const session = gateway.server.authenticated;
    return {
      id: "gateway",
      label: "PN GW",
      lines: [
        line(
          "Entity ID",
          this.#network.rogue ? "claims gateway-01" : "gateway-01",
          this.#network.rogue ? "bad" : "none",
        ),
        line("Session with Server", session ? "authenticated" : "none yet", session ? "good" : "none"),
        line("PNEs connected", `${gateway.links.length}`, "none"),
        line(
          "LocalEUKey session",
          link?.protected === true ? "protects the link" : "none",
          link?.protected ? "good" : "none",
        ),
      ],
    };
  }

  #serverState(): NetworkState["entities"][number] {
    const { users, entities, pns } = this.#network.serverStore.rows();
    const owned = entities.filter(([, one]) => one.role === "pne" && one.committed !== undefined);
    const lines = owned.map(([id, one]) =>
      line(
        `EUKey ${hex(one.committed?.id ?? new Uint8Array(0)).slice(0, 8)}\u2026`,
        `${asciiText(one.userID)} / ${id.slice(0, 8)}\u2026`,
        "good",
      ),
    );
    return {
      id: "server",
      label: "Server",
      lines: [
        line("Users", `${users.length}`, "none"),
        line("PNs", `${pns.filter(([, pn]) => pn.state === "established").length}`, "none"),
        ...lines.slice(0, 6),
      ],
    };
  }
}

const line = (label: string, value: string, tone: StateLine["tone"]): StateLine => ({ label, value, tone });
