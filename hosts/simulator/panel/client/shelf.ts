import type { DrawItem } from "../../../../src/ui/render.js";
import type { NetworkState, PanelDevice } from "../network.js";
import { Display } from "./display.js";

/** All devices of the network, small, with what their displays show; a click brings one to the front. */

interface Place {
  readonly button: HTMLButtonElement;
  readonly summary: HTMLElement;
  readonly led: HTMLElement;
  readonly display: Display | undefined;
}

export class Shelf {
  readonly #container: HTMLElement;
  readonly #chosen: (device: string) => void;
  readonly #places = new Map<string, Place>();

  constructor(container: HTMLElement, chosen: (device: string) => void) {
    this.#container = container;
    this.#chosen = chosen;
  }

  /** One device needs no shelf. */
  fill(devices: readonly PanelDevice[]): void {
    this.#places.clear();
    this.#container.replaceChildren(...devices.map((device) => this.#place(device)));
    this.#container.hidden = devices.length < 2;
  }

  #place({ id, label, keypad, secure }: PanelDevice): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "place";
    button.title = `${label}: ${kinds[keypad]}; its radio is ${secure ? "secure by itself" : "not secure by itself"}`;
    const canvas = document.createElement("canvas");
    const box = make("span", "box");
    const led = make("span", "led");
    if (keypad === "none") box.classList.add("plain");
    else box.append(canvas);
    box.append(led);
    const summary = make("small", "how");
    button.append(box, make("span", "who", label), summary);
    button.addEventListener("click", () => this.#chosen(id));
    const display = keypad === "none" ? undefined : new Display(canvas);
    this.#places.set(id, { button, summary, led, display });
    return button;
  }

  screen(device: string, draw: readonly DrawItem[]): void {
    this.#places.get(device)?.display?.show(draw);
  }

  select(device: string): void {
    for (const [id, { button }] of this.#places) {
      button.setAttribute("aria-pressed", String(id === device));
    }
  }

  state(state: NetworkState): void {
    for (const { id, powered, connected, summary, tone } of state.devices) {
      const place = this.#places.get(id);
      if (place === undefined) continue;
      place.summary.textContent = summary;
      place.summary.className = `how ${tone}`;
      place.button.classList.toggle("off", !powered);
      place.led.classList.toggle("linked", connected);
    }
  }
}

const kinds = Object.freeze({
  matrix: "a keypad of 16 keys",
  keyboard: "a keyboard",
  buttons: "three buttons",
  none: "neither keypad nor display",
});

function make(tag: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
