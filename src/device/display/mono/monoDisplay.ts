import type { Timer } from "../../../base/ports.js";
import { Milliseconds } from "../../../base/units.js";
import type { Screen } from "../../../ui/screen.js";
import type { Ticker } from "../../keypad/keypad.js";
import { reasonOf } from "../../keypad/keypad.js";
import type { Light } from "../../rest.js";
import { type Display, type DisplayState, type Redraw, ready } from "../display.js";
import { Frame, pageCount, width } from "./frame.js";
import { layout } from "./layout.js";

/** What takes the pixels. Each call may throw what its bus throws. */
export interface MonoPanel {
  open(): void;
  write(page: number, column: number, count: number, octets: Uint8Array): void;
  /** As bright from now on, also after another `open`. */
  light?(light: Light): void;
  close(): void;
}

/** Text that needs more lines than there are is shown in pages of so long. */
const pageTime = Milliseconds(3_000);
/** The bar of a work that takes nobody knows how long moves so often. */
const stepTime = Milliseconds(200);
/** Columns that did not change are sent if no more of them lie between two that did: a command costs as much. */
const joining = 8;

/** A display of 128×64 without colours. */
export class MonoDisplay implements Display {
  readonly #panel: MonoPanel;
  readonly #ticker: Ticker;
  readonly #frame = new Frame();
  /** What the panel shows. */
  readonly #shown = new Uint8Array(width * pageCount);
  readonly #frameWords = new Uint32Array(this.#frame.octets.buffer);
  readonly #shownWords = new Uint32Array(this.#shown.buffer);
  #state: DisplayState;
  #screen: Screen | undefined;
  #page = 0;
  #turning: Timer | undefined;
  #turnTime = pageTime;
  #areas = 0;
  #pixels = 0;
  readonly light?: (light: Light) => void;

  /** Opens the panel; one that does not answer is a state. */
  constructor(panel: MonoPanel, ticker: Ticker) {
    this.#panel = panel;
    this.#ticker = ticker;
    if (panel.light !== undefined) this.light = (light) => this.#sendTo(() => panel.light?.(light));
    this.#state = { is: "absent", why: "not tried" };
    this.#open();
  }

  get kind(): "128x64" | "none" {
    return this.#state.is === "absent" ? "none" : "128x64";
  }

  get state(): DisplayState {
    return this.#state;
  }

  get redraw(): Redraw {
    return { areas: this.#areas, pixels: this.#pixels };
  }

  /** Pixels as the controller has them, for the simulator and tests. */
  get octets(): Uint8Array {
    return this.#shown.slice();
  }

  show(screen: Screen): void {
    if (!sameText(screen, this.#screen)) this.#page = 0;
    this.#screen = screen;
    const pages = this.#draw(screen);
    if (pages === 1) this.#stopTurning();
    else this.#startTurning(screen.progress === undefined ? pageTime : stepTime);
  }

  #turn(): void {
    if (this.#screen === undefined) return;
    this.#page++;
    const pages = this.#draw(this.#screen);
    this.#page %= pages;
  }

  #startTurning(time: Milliseconds): void {
    if (this.#turning !== undefined && this.#turnTime === time) return;
    this.#turning?.cancel();
    this.#turnTime = time;
    this.#turning = this.#ticker.every(time, () => this.#turn());
  }

  #stopTurning(): void {
    this.#turning?.cancel();
    this.#turning = undefined;
    this.#page = 0;
  }

  #draw(screen: Screen): number {
    const pages = layout(this.#frame, screen, this.#page);
    this.#areas = 0;
    this.#pixels = 0;
    if (this.#state.is !== "ready" && !this.#open()) return pages;
    this.#sendTo(() => {
      for (let page = 0; page < pageCount; page++) this.#send(page);
    });
    return pages;
  }

  #sendTo(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#panel.close();
      this.#state = { is: "lost", why: reasonOf(error) };
    }
  }

  /** A panel that is switched on shows what happens to be in its memory: all of it is sent anew. */
  #open(): boolean {
    try {
      this.#panel.open();
      this.#shown.fill(0);
      for (let page = 0; page < pageCount; page++) this.#panel.write(page, 0, width, this.#shown);
      this.#state = ready;
      return true;
    } catch (error) {
      this.#panel.close();
      if (this.#state.is !== "lost") this.#state = { is: "absent", why: reasonOf(error) };
      return false;
    }
  }

  /** Sends the runs of columns of a page that differ from what is shown; looks at four columns at a time. */
  #send(page: number): void {
    const { octets } = this.#frame;
    const shown = this.#shown;
    const end = (page + 1) * width;
    for (let word = (page * width) >> 2; word < end >> 2; word++) {
      if (this.#frameWords[word] === this.#shownWords[word]) continue;
      let start = 4 * word;
      while (octets[start] === shown[start]) start++;
      let last = start;
      for (let at = start; at < end && at - last <= joining; at++) if (octets[at] !== shown[at]) last = at;
      const count = last + 1 - start;
      this.#panel.write(page, start - page * width, count, octets);
      shown.set(octets.subarray(start, last + 1), start);
      this.#areas++;
      this.#pixels += 8 * count;
      // What is left of the last word is equal, or another run.
      word = (last >> 2) - 1;
    }
  }
}

/** A screen that shows the same text goes on with its page: a countdown must not turn it back. */
function sameText(a: Screen, b: Screen | undefined): boolean {
  if (b === undefined || a.id !== b.id || a.title !== b.title || a.lines.length !== b.lines.length)
    return false;
  return a.lines[0] === b.lines[0];
}
