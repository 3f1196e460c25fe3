import type { ColourPicture } from "../../display/picture.js";
import type { SentPicture } from "../../display/sent.js";
import { boardOf } from "../boards.js";
import type { DeviceState, NetworkState, PanelDevice } from "../network.js";
import { Display } from "./display.js";
import { make, makeButton } from "./make.js";

/** All devices of the network, small, with what their displays show; a click brings one to the front. */

interface Place {
  readonly button: HTMLButtonElement;
  readonly box: HTMLElement;
  readonly summary: HTMLElement;
  readonly led: HTMLElement;
  readonly display: Display;
  readonly secure: boolean;
  readonly label: string;
}

export class Shelf {
  readonly #container: HTMLElement;
  readonly #chosen: (device: string) => void;
  readonly #colour: ColourPicture;
  readonly #places = new Map<string, Place>();

  constructor(container: HTMLElement, colour: ColourPicture, chosen: (device: string) => void) {
    this.#container = container;
    this.#colour = colour;
    this.#chosen = chosen;
  }

  /** One device needs no shelf. */
  fill(devices: readonly PanelDevice[]): void {
    this.#places.clear();
    this.#container.replaceChildren(...devices.map((device) => this.#place(device)));
    this.#container.hidden = devices.length < 2;
  }

  #place({ id, label, secure }: PanelDevice): HTMLElement {
    const button = makeButton("", () => this.#chosen(id));
    button.className = "place";
    const canvas = make("canvas", "");
    const box = make("span", "box");
    const led = make("span", "led");
    box.append(canvas, led);
    const summary = make("small", "how");
    button.append(box, make("span", "who", label), " ", summary);
    const display = new Display(canvas, this.#colour);
    this.#places.set(id, { button, box, summary, led, display, secure, label });
    return button;
  }

  picture(device: string, picture: SentPicture | undefined): void {
    this.#places.get(device)?.display.show(picture);
  }

  select(device: string): void {
    for (const [id, { button }] of this.#places) button.setAttribute("aria-pressed", String(id === device));
  }

  state(state: NetworkState): void {
    for (const device of state.devices) {
      const place = this.#places.get(device.id);
      if (place !== undefined) showPlace(place, device);
    }
  }
}

function showPlace(place: Place, { board, powered, connected, summary, tone }: DeviceState): void {
  const { label, display } = boardOf(board);
  place.summary.textContent = summary;
  place.summary.className = `how ${tone}`;
  place.box.classList.toggle("plain", display === "none");
  place.button.classList.toggle("off", !powered);
  place.led.classList.toggle("linked", connected);
  const radio = place.secure ? "secure by itself" : "not secure by itself";
  place.button.title = `${place.label}: ${label}; its radio is ${radio}`;
}
