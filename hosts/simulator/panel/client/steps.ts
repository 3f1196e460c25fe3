import type { PanelHello } from "../network.js";
import { make } from "./make.js";

/** The strip that says what to do next; it lights up as it happens. */

interface Step {
  readonly text: string;
  /** To be typed. */
  readonly code?: string;
}

/** What is known of the device in front. */
export interface Progress {
  readonly powered: boolean;
  /** It has neither display nor keys: everything happens at the gateway. */
  readonly faceless: boolean;
  readonly enrolled: boolean;
  readonly joined: boolean;
}

const nothing: Progress = Object.freeze({ faceless: false, powered: false, enrolled: false, joined: false });

export class Steps {
  readonly #list: HTMLElement;
  #demo: PanelHello["demo"] = { userID: "", password: "" };
  #progress = nothing;
  #password = false;
  #sent = false;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  begin(demo: PanelHello["demo"]): void {
    this.#demo = demo;
    this.restart();
  }

  /** Another device is in front. */
  restart(): void {
    this.#password = false;
    this.#sent = false;
    this.#progress = nothing;
  }

  /** What follows the password, until it succeeds, still belongs to it. */
  screen(id: string): void {
    if (id === "password") this.#password = true;
    else if (id === "userID" || id === "welcome") this.#password = false;
    this.#show();
  }

  state({ faceless, powered, enrolled, joined }: Progress): void {
    // Without power nothing is known of the key, which outlives it in flash.
    this.#progress = { faceless, powered, joined, enrolled: powered ? enrolled : this.#progress.enrolled };
    if (!this.#progress.enrolled) this.#sent = false;
    this.#show();
  }

  message(name: string, to: string): void {
    if (name === "ApplicationData" && to === "PNE") this.#sent = true;
    this.#show();
  }

  get #steps(): readonly Step[] {
    const { userID, password } = this.#demo;
    if (this.#progress.faceless) {
      return [
        { text: "Enrol the device at the gateway, as", code: userID },
        { text: "Invite all at the gateway" },
      ];
    }
    return [
      { text: "Type the User ID", code: userID },
      { text: "Type the password", code: password },
      { text: "Start or join" },
      { text: "Say hello" },
    ];
  }

  get #at(): number {
    const { faceless, enrolled, joined } = this.#progress;
    if (faceless) return joined ? 2 : enrolled ? 1 : 0;
    if (joined) return this.#sent ? 4 : 3;
    if (enrolled) return 2;
    return this.#password ? 1 : 0;
  }

  #show(): void {
    const at = this.#at;
    const items = this.#steps.map(({ text, code }, index) => {
      const item = make("li", index < at ? "done" : index === at ? "now" : "");
      const words = make("span", "", code === undefined ? text : `${text} `);
      if (code !== undefined) words.append(make("code", "", code));
      item.append(words);
      if (index === at) item.setAttribute("aria-current", "step");
      return item;
    });
    // Whoever reads there is not interrupted by what is the same.
    if (items.map(({ outerHTML }) => outerHTML).join("") !== this.#list.innerHTML)
      this.#list.replaceChildren(...items);
  }
}
