import type { PanelEvent } from "../network.js";
import type { Lanes } from "./lanes.js";

/** The live sequence chart: messages as arrows between three lanes, notes as bars on a lane. */

export type MessageEvent = PanelEvent & { readonly kind: "message" };
export type NoteEvent = PanelEvent & { readonly kind: "note" };

const maximumRows = 600;
/** So near the end the chart follows what comes, in pixels. */
const near = 40;

export interface ChartElements {
  readonly scroller: HTMLElement;
  readonly rows: HTMLElement;
  readonly latest: HTMLButtonElement;
  readonly empty: HTMLElement;
  readonly lanes: Lanes;
}

export class Chart {
  readonly #elements: ChartElements;
  #following = true;
  #selected = "";
  #scrolling = false;

  constructor(elements: ChartElements) {
    this.#elements = elements;
    const { scroller, latest } = elements;
    scroller.addEventListener("scroll", () => {
      // Its own scrolling, still to come, is no wish of the person.
      if (this.#scrolling) return;
      this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < near;
      if (this.#following) latest.hidden = true;
    });
    latest.addEventListener("click", () => {
      this.#following = true;
      this.#follow();
    });
  }

  clear(): void {
    this.#elements.rows.replaceChildren();
    this.#elements.empty.hidden = false;
    this.#following = true;
    this.#elements.latest.hidden = true;
  }

  note(event: NoteEvent): void {
    const note = make("p", `note ${event.tone} ${lane(event.party)}`, event.text);
    note.style.setProperty("--from", String(this.#elements.lanes.of(event.device)));
    this.#add(event.at, note, event.device);
  }

  message(event: MessageEvent): void {
    const button = makeMessage(event);
    button.style.setProperty("--from", String(this.#elements.lanes.of(event.device)));
    let details: HTMLElement | undefined;
    button.addEventListener("click", () => {
      if (details === undefined) {
        details = makeDetails(event);
        button.after(details);
        if (this.#following) this.#follow();
        else details.scrollIntoView({ block: "nearest" });
      } else {
        details.remove();
        details = undefined;
      }
      button.setAttribute("aria-expanded", String(details !== undefined));
    });
    this.#add(event.at, button, event.device);
  }

  /** Rows of other devices are dimmed; of nobody in particular, never. */
  select(device: string): void {
    this.#selected = device;
    for (const row of this.#elements.rows.children) this.#dim(row as HTMLElement);
  }

  #dim(row: HTMLElement): void {
    const { device } = row.dataset;
    row.classList.toggle("other", device !== undefined && device !== this.#selected);
  }

  #add(at: number, content: HTMLElement, device: string | undefined): void {
    const { rows, empty, latest } = this.#elements;
    empty.hidden = true;
    const row = document.createElement("li");
    row.append(make("span", "time", clock(at)), content);
    if (device !== undefined) row.dataset.device = device;
    this.#dim(row);
    rows.append(row);
    if (rows.children.length > maximumRows) rows.firstElementChild?.remove();
    if (this.#following) this.#follow();
    else latest.hidden = false;
  }

  /** Once a frame, however many messages came. */
  #follow(): void {
    if (this.#scrolling) return;
    this.#scrolling = true;
    requestAnimationFrame(() => {
      const { scroller, latest } = this.#elements;
      scroller.scrollTop = scroller.scrollHeight;
      latest.hidden = true;
      this.#scrolling = false;
    });
  }
}

function make(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** "5.69 s", after a minute "1:05.69". */
function clock(at: number): string {
  const seconds = ((at / 1000) % 60).toFixed(2);
  const minutes = Math.floor(at / 60_000);
  return minutes === 0 ? `${seconds} s` : `${minutes}:${seconds.padStart(5, "0")}`;
}

const lane = (party: string): string => party.toLowerCase().replace(" ", "-");

function makeMessage(event: MessageEvent): HTMLButtonElement {
  const { from, to, octets, fragments, protectedBy } = event;
  const button = document.createElement("button");
  button.type = "button";
  const right = from === "PNE" || to === "Server";
  const backhaul = from === "Server" || to === "Server";
  button.className = `message ${right ? "right" : "left"} ${backhaul ? "backhaul" : "radio"}`;
  button.classList.toggle("locked", protectedBy !== undefined);
  const count = fragments === 0 ? "" : ` \u00b7 ${fragments} fragment${fragments > 1 ? "s" : ""}`;
  const size = make("span", "size", `${octets} B${count}`);
  if (event.step !== undefined) size.append(make("span", "step", event.step));
  button.append(makeName(event.name), make("span", "arrow", ""), size);
  button.setAttribute("aria-expanded", "false");
  const encrypted = protectedBy === undefined ? "in clear" : "encrypted";
  button.setAttribute("aria-label", `${event.name}, from ${from} to ${to}, ${octets} octets, ${encrypted}`);
  return button;
}

/** A name breaks between its words, not in them. */
function makeName(name: string): HTMLElement {
  const element = make("span", "name", "");
  const words = name.replace(".", " \u00b7 ").split(/(?<=[a-z:])(?=[A-Z])/);
  for (const word of words) element.append(word, document.createElement("wbr"));
  return element;
}

function makeDetails(event: MessageEvent): HTMLElement {
  const box = make("dl", "details", "");
  const rows = [...event.fields];
  if (event.protectedBy !== undefined) rows.unshift({ name: "encrypted by", value: event.protectedBy });
  if (rows.length === 0) rows.push({ name: "fields", value: "none" });
  for (const { name, value } of rows) box.append(make("dt", "", name), make("dd", "", value));
  return box;
}
