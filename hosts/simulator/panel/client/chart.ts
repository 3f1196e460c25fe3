import type { PanelDevice, PanelEvent } from "../network.js";
import type { Lanes } from "./lanes.js";
import { make } from "./make.js";
import { type MessageEvent, makeDetails, makeMessage } from "./message.js";

/** The live sequence chart: messages as arrows between the lanes, notes as bars on a lane. */

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
  readonly #labels = new Map<string, string>();
  /** The message that Tab comes to; the arrow keys go from one to the next. */
  #current: HTMLButtonElement | undefined;
  #following = true;
  #selected = "";
  #scrolling = false;

  constructor(elements: ChartElements) {
    this.#elements = elements;
    const { scroller, latest, rows } = elements;
    scroller.addEventListener("scroll", () => {
      // Its own scrolling, still to come, is no wish of the person.
      if (this.#scrolling) return;
      this.#following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < near;
      if (this.#following) this.#hideLatest();
    });
    latest.addEventListener("click", () => {
      this.#following = true;
      this.#follow();
    });
    rows.addEventListener("keydown", (event) => this.#move(event));
    rows.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLButtonElement) this.#stop(target);
    });
  }

  /** Whose messages there will be. */
  begin(devices: readonly PanelDevice[]): void {
    this.#labels.clear();
    for (const { id, label } of devices) this.#labels.set(id, label);
    this.#elements.rows.replaceChildren();
    this.#elements.empty.hidden = false;
    this.#current = undefined;
    this.#following = true;
    this.#hideLatest();
  }

  note(event: NoteEvent): void {
    const note = make("p", `note ${event.tone} ${lane(event.party)}`, event.text);
    note.style.setProperty("--wide-from", String(this.#elements.lanes.of(event.device)));
    this.#add(event.at, note, event.device === undefined ? [] : [event.device]);
  }

  message(event: MessageEvent): void {
    // Where there is one device only, everything is about it.
    const about = this.#labels.size < 2 ? [] : event.devices.map((id) => this.#labels.get(id) ?? id);
    const button = makeMessage(event, about.join(", "));
    button.style.setProperty("--wide-from", String(this.#elements.lanes.of(event.devices[0])));
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
    this.#add(event.at, button, event.devices);
    if (this.#current === undefined || document.activeElement !== this.#current) this.#stop(button);
  }

  /** Rows of other devices are dimmed; of nobody in particular, never. */
  select(device: string): void {
    this.#selected = device;
    for (const row of this.#elements.rows.children) this.#dim(row as HTMLElement);
  }

  #dim(row: HTMLElement): void {
    const devices = row.dataset.devices?.split(" ") ?? [];
    row.classList.toggle("other", devices.length > 0 && !devices.includes(this.#selected));
  }

  #stop(button: HTMLButtonElement): void {
    if (this.#current !== undefined) this.#current.tabIndex = -1;
    button.tabIndex = 0;
    this.#current = button;
  }

  #move(event: KeyboardEvent): void {
    const buttons = [...this.#elements.rows.querySelectorAll("button")];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to: Readonly<Record<string, number>> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      Home: 0,
      End: buttons.length - 1,
    };
    const next = at < 0 ? undefined : buttons[to[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    if (next === buttons.at(-1)) {
      this.#following = true;
      this.#follow();
      this.#hideLatest();
    }
  }

  /** Focus that is on the button goes to the newest message, not to nowhere. */
  #hideLatest(): void {
    const { latest, rows } = this.#elements;
    if (document.activeElement === latest) [...rows.querySelectorAll("button")].at(-1)?.focus();
    latest.hidden = true;
  }

  #add(at: number, content: HTMLElement, devices: readonly string[]): void {
    const { rows, empty, latest } = this.#elements;
    empty.hidden = true;
    const row = make("li", "");
    row.append(make("span", "time", clock(at)), content);
    if (devices.length > 0) row.dataset.devices = devices.join(" ");
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
      const { scroller } = this.#elements;
      scroller.scrollTop = scroller.scrollHeight;
      this.#hideLatest();
      this.#scrolling = false;
    });
  }
}

/** "5.69 s", after a minute "1:05.69". */
function clock(at: number): string {
  const seconds = ((at / 1000) % 60).toFixed(2);
  const minutes = Math.floor(at / 60_000);
  return minutes === 0 ? `${seconds} s` : `${minutes}:${seconds.padStart(5, "0")}`;
}

const lane = (party: string): string => party.toLowerCase().replace(" ", "-");
