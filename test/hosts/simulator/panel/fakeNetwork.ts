import type { SentPicture } from "../../../../hosts/simulator/display/sent.js";
import type { BoardName } from "../../../../hosts/simulator/panel/boards.js";
import type {
  DeviceState,
  Fault,
  GatewayWish,
  NetworkState,
  Outcome,
  PanelDevice,
  PanelEvent,
  PanelNetwork,
} from "../../../../hosts/simulator/panel/network.js";
import type { Point } from "../../../../src/device/display/colour/touchKeypad.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import type { Screen } from "../../../../src/ui/screen.js";

/** A screen with this title, and "Enrol" on its last key. */
export const screenOf = (title: string, id = "welcome"): Screen => ({
  id,
  title,
  tone: "normal",
  lines: [],
  softKeys: ["", "", "", "Enrol"],
});

/** A network that only says what a test makes it say, and remembers what the panel asked of it. */
export class FakeNetwork implements PanelNetwork {
  readonly devices: PanelDevice[] = [{ id: "keypad", label: "Test keypad", secure: false }];
  readonly #screens = new Map([["keypad", screenOf("Welcome")]]);
  readonly #pictures = new Map<string, SentPicture>();
  readonly #states = new Map<string, Partial<DeviceState>>();
  /** Whose keys were pressed. */
  readonly pressed: string[] = [];
  readonly demo = { userID: "demo", password: "sesame42" };
  readonly presses: KeyPress[] = [];
  readonly touches: (Point | undefined)[] = [];
  readonly faults: Fault[] = [];
  readonly wishes: GatewayWish[] = [];
  /** How the next wish ends. */
  outcome: Outcome = { text: "It is done.", failed: false };
  networks: NetworkState["networks"] = [];
  audit: readonly string[] = [];
  readonly #history: PanelEvent[] = [];
  readonly #listeners = new Set<(event: PanelEvent) => void>();

  get listeners(): number {
    return this.#listeners.size;
  }

  history(): readonly PanelEvent[] {
    return this.#history;
  }

  screens(): readonly PanelEvent[] {
    return this.devices.flatMap(({ id }): PanelEvent[] => {
      const screen = this.#screens.get(id);
      const picture = { kind: "picture", device: id, picture: this.#pictures.get(id) } as const;
      return screen === undefined ? [picture] : [{ kind: "screen", device: id, screen }, picture];
    });
  }

  state(): NetworkState {
    const calm = { summary: "not enrolled", tone: "none" } as const;
    const known = { powered: true, connected: true, inRange: true, enrolled: false, joined: false } as const;
    const line = { label: "EUKey", value: "none", tone: "none" } as const;
    return {
      entities: this.devices.map(({ id, label }) => ({ id, label, lines: [line] })),
      faults: { rogueGateway: false, serverUnreachable: false },
      devices: this.devices.map(({ id }) => {
        return { id, board: "matrix", application: "none", ...known, ...calm, ...this.#states.get(id) };
      }),
      networks: this.networks,
      audit: this.audit,
    };
  }

  subscribe(listener: (event: PanelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One more device of a board, with this title on its display. */
  add(device: PanelDevice, board: BoardName, title?: string): void {
    this.devices.push(device);
    this.#states.set(device.id, { board });
    if (title !== undefined) this.#screens.set(device.id, screenOf(title));
  }

  /** Something has come to be different with a device. */
  become(device: string, state: Partial<DeviceState>): void {
    this.#states.set(device, { ...this.#states.get(device), ...state });
    this.tell();
  }

  tell(): void {
    this.emit({ kind: "state", state: this.state() });
  }

  show(device: string, screen: Screen, picture?: SentPicture): void {
    this.#screens.set(device, screen);
    this.emit({ kind: "screen", device, screen });
    if (picture === undefined) return;
    this.#pictures.set(device, picture);
    this.emit({ kind: "picture", device, picture });
  }

  press(device: string, key: KeyPress): void {
    this.pressed.push(device);
    this.presses.push(key);
  }

  touch(_device: string, point: Point | undefined): void {
    this.touches.push(point);
  }

  async gateway(wish: GatewayWish): Promise<Outcome> {
    this.wishes.push(wish);
    return this.outcome;
  }

  fault(fault: Fault): void {
    this.faults.push(fault);
    if (fault.kind === "cutPower" || fault.kind === "powerOn")
      this.become(fault.device, { powered: fault.kind === "powerOn" });
    else if (fault.kind === "board") this.become(fault.device, { board: fault.board });
    else if (fault.kind === "application") this.become(fault.device, { application: fault.application });
    else this.tell();
  }

  /** Tells every page; messages and notes are kept for pages that come later. */
  emit(event: PanelEvent): void {
    if (event.kind === "message" || event.kind === "note") this.#history.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** A message of the PNE in the clear, with one field. */
  message(name: string, value = "1", protectedBy?: string, device = "keypad"): void {
    const fields = [{ name: "field", value }];
    const parties = { from: "PNE", to: "PN GW", devices: [device] } as const;
    this.emit({ kind: "message", at: 1500, ...parties, name, octets: 64, fragments: 1, protectedBy, fields });
  }

  /** What was typed by the computer's keyboard, as text. */
  get typed(): string {
    return this.presses
      .map((key) => (key.kind === "character" ? String.fromCharCode(key.code) : `<${key.kind}>`))
      .join("");
  }
}
