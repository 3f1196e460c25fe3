import type {
  Fault,
  GatewayWish,
  NetworkState,
  PanelDevice,
  PanelEvent,
} from "../../../../hosts/simulator/panel/network.js";
import type { ShownNetwork } from "../../../../hosts/simulator/panel/server.js";
import type { KeyPress } from "../../../../src/ui/keys.js";
import type { DrawItem } from "../../../../src/ui/render.js";

const text = (y: number, value: string): DrawItem => ({
  kind: "text",
  x: 20,
  y,
  text: value,
  font: "small",
  color: "ink",
  align: "left",
});

/** A network that only says what a test makes it say, and remembers what the panel asked of it. */
export class FakeNetwork implements ShownNetwork {
  readonly devices: PanelDevice[] = [{ id: "keypad", label: "Test keypad", keypad: "matrix", secure: false }];
  readonly #screens = new Map([["keypad", "Welcome"]]);
  /** Whose keys were pressed. */
  readonly pressed: string[] = [];
  readonly demo = { userID: "demo", password: "letmein" };
  readonly presses: KeyPress[] = [];
  readonly faults: Fault[] = [];
  readonly wishes: GatewayWish[] = [];
  readonly #history: PanelEvent[] = [];
  readonly #listeners = new Set<(event: PanelEvent) => void>();
  #powered = true;

  get listeners(): number {
    return this.#listeners.size;
  }

  history(): readonly PanelEvent[] {
    return this.#history;
  }

  screens(): readonly PanelEvent[] {
    return [...this.#screens].map(([device, title]) => ({
      kind: "screen",
      device,
      draw: [text(17, title), text(223, "D Enrol")],
    }));
  }

  state(): NetworkState {
    const calm = { summary: "not enrolled", tone: "none" } as const;
    const line = { label: "EUKey", value: "none", tone: "none" } as const;
    return {
      entities: [{ id: "keypad", label: "PNE", lines: [line] }],
      faults: { rogueGateway: false, serverUnreachable: false },
      devices: this.devices.map(({ id }) => {
        return { id, powered: this.#powered, connected: true, inRange: true, ...calm };
      }),
      audit: [],
    };
  }

  subscribe(listener: (event: PanelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One more device, with this title on its display. */
  add(device: PanelDevice, title?: string): void {
    this.devices.push(device);
    if (title !== undefined) this.#screens.set(device.id, title);
  }

  press(device: string, key: KeyPress): void {
    this.pressed.push(device);
    this.presses.push(key);
  }

  gateway(wish: GatewayWish): void {
    this.wishes.push(wish);
  }

  fault(fault: Fault): void {
    this.faults.push(fault);
    if (fault.kind === "cutPower" || fault.kind === "powerOn") this.#powered = fault.kind === "powerOn";
    this.emit({ kind: "state", state: this.state() });
  }

  /** Tells every page; messages and notes are kept for pages that come later. */
  emit(event: PanelEvent): void {
    if (event.kind === "message" || event.kind === "note") this.#history.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** A message of the PNE in the clear, with one field. */
  message(name: string, value = "1", protectedBy?: string, device = "keypad"): void {
    const fields = [{ name: "field", value }];
    const parties = { from: "PNE", to: "PN GW", device } as const;
    this.emit({ kind: "message", at: 1500, ...parties, name, octets: 64, fragments: 1, protectedBy, fields });
  }

  /** What was typed by the computer's keyboard, as text. */
  get typed(): string {
    return this.presses
      .map((key) => (key.kind === "character" ? String.fromCharCode(key.code) : `<${key.kind}>`))
      .join("");
  }
}
