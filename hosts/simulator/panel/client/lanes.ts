import type { PanelDevice } from "../network.js";
import { make } from "./make.js";

/** Where the lanes of the chart stand: one for each device, then PN GW and Server; fractions of the sheet's width. */
export class Lanes {
  readonly #sheet: HTMLElement;
  readonly #heads: HTMLElement;
  #devices: readonly PanelDevice[] = [];

  constructor(sheet: HTMLElement, heads: HTMLElement) {
    this.#sheet = sheet;
    this.#heads = heads;
  }

  fill(devices: readonly PanelDevice[]): void {
    this.#devices = devices;
    const names = devices.length < 2 ? ["PNE"] : devices.map(({ label }) => label);
    const at = [...names.map((_, index) => this.#device(index)), gateway(devices.length), server];
    this.#heads.replaceChildren(
      ...[...names, "PN GW", "Server"].map((name, index) => {
        const which = ["gateway", "server"][index - names.length] ?? "device";
        const head = make("span", `head ${which}`, name);
        head.style.setProperty("--wide-at", String(at[index]));
        return head;
      }),
      // Where there is no room for a lane each, one stands for all.
      make("span", "head all", names.length < 2 ? names[0] : "Devices"),
    );
    this.#sheet.classList.toggle("many", devices.length > 1);
    this.#sheet.style.setProperty("--wide-gw", String(gateway(devices.length)));
    for (let index = 0; index < maximumLines; index++) {
      this.#sheet.style.setProperty(
        `--wide-lane${index}`,
        String(this.#device(Math.min(index, names.length - 1))),
      );
    }
  }

  #device(index: number): number {
    const count = Math.max(1, this.#devices.length);
    const room = gateway(count) - side - 0.16;
    return count === 1 ? side : side + (room * index) / (count - 1);
  }

  /** The lane of a device; of the first one when it is not known. */
  of(device: string | undefined): number {
    const index = this.#devices.findIndex(({ id }) => id === device);
    return this.#device(Math.max(0, index));
  }
}

/** Lines that the style sheet draws for devices. */
const maximumLines = 6;
const side = 0.08;
const server = 0.92;
/** Names on the way to the Server need their room. */
const gateway = (devices: number): number => Math.min(0.62, 0.46 + 0.04 * Math.max(1, devices));
