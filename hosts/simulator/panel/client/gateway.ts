import { boardOf } from "../boards.js";
import type { DeviceState, GatewayWish, NetworkState, Outcome } from "../network.js";
import { confirmed } from "./confirm.js";
import { element, make, makeButton } from "./make.js";
import { ask } from "./post.js";
import type { Front } from "./switches.js";

/** What a person does at the gateway: registers, enrols the device in front when that one has no UI, makes networks. */

const printable = /^[ -~]*$/;

/** What is wrong with what somebody typed, or nothing. */
function problemOf(value: string, what: string, most: number): string {
  if (value === "") return `${what} is missing.`;
  if (value.length > most) return `${what} has more than ${most} characters.`;
  return printable.test(value)
    ? ""
    : `${what} has a letter that no keypad has: letters without marks, digits, signs.`;
}

class Field {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #problem: HTMLElement;
  readonly #what: string;

  constructor(id: string, what: string, hint: string, autocomplete: AutoFill) {
    this.#what = what;
    const label = make("label", "", `${what}${hint}`);
    label.htmlFor = id;
    this.input = make("input", "");
    this.input.type = autocomplete === "username" ? "text" : "password";
    this.input.id = id;
    this.input.autocomplete = autocomplete;
    this.input.autocapitalize = "off";
    this.input.spellcheck = false;
    this.#problem = make("span", "problem");
    this.#problem.id = `${id}-problem`;
    this.input.addEventListener("input", () => this.#tell(""));
    this.element = make("div", "field");
    this.element.append(label, this.input, this.#problem);
  }

  /** True when it can be sent; says what is wrong otherwise. */
  check(most: number): boolean {
    const problem = problemOf(this.input.value, this.#what, most);
    this.#tell(problem);
    if (problem !== "") this.input.focus();
    return problem === "";
  }

  #tell(problem: string): void {
    this.#problem.textContent = problem;
    if (problem === "") {
      this.input.removeAttribute("aria-invalid");
      this.input.removeAttribute("aria-describedby");
    } else {
      this.input.setAttribute("aria-invalid", "true");
      this.input.setAttribute("aria-describedby", this.#problem.id);
    }
  }
}

const longestUserID = 32;
const longestPassword = 64;

/** Why the device in front cannot be enrolled here, or nothing. */
function obstacle(device: DeviceState | undefined, name: string): string {
  if (device === undefined) return "No device is chosen.";
  if (boardOf(device.board).keypad !== "none")
    return `${name} has keys of its own: its User ID is typed there.`;
  if (!device.powered) return `${name} is off.`;
  if (!device.inRange) return `${name} is out of range.`;
  if (device.enrolled) return `${name} has its key.`;
  return device.connected ? "" : `${name} is not connected to the gateway.`;
}

export class GatewayForm {
  readonly #front: () => Front;
  readonly #user = new Field("gateway-user", "User ID", "", "username");
  readonly #password = new Field("gateway-password", "Password", "", "new-password");
  readonly #old = new Field("gateway-old", "Old password", ", to change it", "current-password");
  readonly #register = makeButton("Register", () => this.#submit("register"));
  readonly #enrol = makeButton("Enrol the device", () => this.#submit("enrol"));
  readonly #update = makeButton("New firmware", () => {
    const { id, label } = this.#front();
    this.#wish({ kind: "update", device: id }, `Offering new firmware to ${label} …`);
  });
  readonly #why = element("gateway-why");
  readonly #outcome = element("gateway-outcome");

  constructor(front: () => Front) {
    this.#front = front;
    this.#register.title = "Registers this User ID, or changes its password";
    this.#enrol.title = "Gives a device without keypad its key";
    this.#enrol.setAttribute("aria-describedby", this.#why.id);
    const form = element<HTMLFormElement>("gateway");
    const buttons = make("div", "buttons");
    buttons.append(this.#register, this.#enrol);
    form.replaceChildren(this.#user.element, this.#password.element, this.#old.element, buttons);
    for (const { input } of [this.#user, this.#password, this.#old]) {
      input.addEventListener("keydown", (event) => {
        // For a device that waits for it, Enter means that.
        if (event.key === "Enter") this.#submit(this.#enrol.disabled ? "register" : "enrol");
      });
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    const invite = makeButton("Invite all", () =>
      this.#wish({ kind: "invite" }, "Asking all that are here …"),
    );
    invite.title = "Asks all devices that are here into a network";
    this.#update.title = "Offers newer firmware to the device in front";
    const wishes = make("div", "buttons");
    wishes.append(invite, this.#update);
    element("gateway-networks").append(wishes);
  }

  state(state: NetworkState): void {
    const { id, label } = this.#front();
    const own = state.devices.find((device) => device.id === id);
    const why = obstacle(own, label);
    this.#update.disabled = own?.enrolled !== true;
    this.#update.textContent = `New firmware for ${label}`;
    this.#enrol.disabled = why !== "";
    this.#enrol.textContent = why === "" ? `Enrol ${label}` : "Enrol the device";
    this.#why.textContent = why;
    this.#networks(state.networks);
  }

  #networks(networks: NetworkState["networks"]): void {
    const list = element("networks");
    const rows = networks.map(({ id, label }) => {
      const row = make("li", "", `${label} `);
      const end = makeButton("End", async () => {
        const sure = await confirmed(`End the network ${label}? It ends for everybody in it.`, "End it");
        if (sure) this.#wish({ kind: "end", network: id }, "Ending the network …");
      });
      end.append(make("span", "sr", ` the network ${label}`));
      row.append(end);
      row.dataset.network = id;
      return row;
    });
    // A button that somebody is on stays as long as its network is the same.
    if (rows.map((row) => row.textContent).join() !== [...list.children].map((row) => row.textContent).join())
      list.replaceChildren(...rows);
  }

  #submit(kind: "register" | "enrol"): void {
    if (!this.#user.check(longestUserID) || !this.#password.check(longestPassword)) return;
    const old = this.#old.input.value;
    if (kind === "register" && old !== "" && !this.#old.check(longestPassword)) return;
    const credentials = { userID: this.#user.input.value, password: this.#password.input.value };
    const { id, label } = this.#front();
    for (const { input } of [this.#password, this.#old]) input.value = "";
    if (kind === "enrol") this.#wish({ kind, device: id, ...credentials }, `Enrolling ${label} …`);
    else this.#wish({ kind, ...credentials, ...(old !== "" && { oldPassword: old }) }, "Registering …");
  }

  async #wish(wish: GatewayWish, meanwhile: string): Promise<void> {
    this.#tell({ text: meanwhile, failed: false });
    this.#tell(await ask("/gateway", wish));
  }

  #tell({ text, failed }: Outcome): void {
    this.#outcome.textContent = text;
    this.#outcome.classList.toggle("bad", failed);
  }
}
