import type { PneNotice } from "../../../src/pne/ports.js";
import type { KeyPress, Keypad } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import { Ui } from "../../../src/ui/ui.js";
import type { SimulatedDevice } from "./device.js";

export const firmwareVersion = "0.1.0 simulator";

/** What a display without power shows. */
const dark: Screen = Object.freeze({
  id: "off",
  title: "",
  tone: "normal",
  lines: Object.freeze([]),
  softKeys: Object.freeze([]),
});

const faceless: Screen = Object.freeze({ ...dark, id: "none" });

/**
 * Keypad and display of one simulated device: the firmware's own UI, wired to the firmware's PNE. The UI lives in RAM:
 * it dies with the power, and a new one starts with the next.
 */
export class DeviceFace {
  /** "none": a device without UI, whose face never shows anything. */
  readonly keypad: Keypad | "none";
  readonly #device: SimulatedDevice;
  readonly #onScreen: (screen: Screen) => void;
  #ui: Ui | undefined;

  constructor(device: SimulatedDevice, keypad: Keypad | "none", onScreen: (screen: Screen) => void) {
    this.#device = device;
    this.keypad = keypad;
    this.#onScreen = onScreen;
    if (device.powered) this.power(true);
  }

  get screen(): Screen {
    return this.#ui?.screen ?? (this.keypad === "none" ? faceless : dark);
  }

  press(key: KeyPress): void {
    this.#ui?.press(key);
  }

  /** What the PNE told; for the observer's `notice`. */
  notice(notice: PneNotice): void {
    this.#ui?.notify(notice);
  }

  /** For the observer's `power`, which comes once the PNE has read its flash. */
  power(on: boolean): void {
    this.dispose();
    if (on) this.#boot();
    else this.#onScreen(dark);
  }

  dispose(): void {
    const ui = this.#ui;
    this.#ui = undefined;
    ui?.dispose();
  }

  #boot(): void {
    const { keypad } = this;
    if (keypad === "none") return;
    let ui: Ui | undefined;
    ui = new Ui({
      clock: this.#device.options.clock,
      keypad,
      firmware: firmwareVersion,
      // Both are undefined while it boots. What a UI draws when a power cut unwinds through it is not seen.
      show: (screen) => {
        if (this.#ui === ui) this.#onScreen(screen);
      },
      command: (command) => this.#device.command(command),
    });
    this.#ui = ui;
    const view = this.#device.pne?.view;
    if (view !== undefined) ui.notify({ kind: "state", view });
  }
}
