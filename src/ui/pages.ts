import type { ErrorCode } from "../base/errorCodes.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { Guard } from "./guard.js";
import { answerOf, type KeyPress } from "./keys.js";
import type { Face, Page } from "./page.js";
import { boot } from "./screens/boot.js";

/** What is secret leaves screen and memory when nobody has pressed a key for so long. */
export const secretTime = Milliseconds(60_000);
/** Nobody has pressed a key for so long: then what has come may take the display from what is being typed or chosen. */
const quietTyping = Milliseconds(10_000);
const quietChoosing = Milliseconds(3_000);
/** What waits to be read; the oldest gives way. */
const mostWaiting = 8;

/**
 * Pages lie on each other: what comes lies above what the person does, who finds it again as it was. What comes from
 * outside waits until the person neither types nor chooses.
 */
export class Pages {
  readonly #face: Face;
  readonly #guard: Guard;
  #pages: Page[] = [boot];
  #waiting: Page[] = [];
  #lastPress = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #secret: Timer | undefined;
  #quiet: Timer | undefined;

  constructor(face: Face) {
    this.#face = face;
    this.#guard = new Guard(face.clock);
  }

  get top(): Page {
    return this.#pages[this.#pages.length - 1] ?? boot;
  }

  get busy(): boolean {
    return this.top.busy === true;
  }

  /** The device has said what it is like. */
  get begun(): boolean {
    return this.#pages[0] !== boot;
  }

  /** Nobody has gone anywhere from the first page. */
  get atRoot(): boolean {
    return this.#pages.length === 1;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Nobody has pressed a key just now, and the device is not doing what somebody waits for. */
  get quiet(): boolean {
    return !this.busy && this.#face.clock.now() >= this.#lastPress + quietTyping;
  }

  get wiped(): boolean {
    return this.#pages.every((page) => page.wiped !== false);
  }

  open(page: Page): void {
    if (this.top.passing === true) this.#pages.pop()?.dispose?.();
    this.#pages.push(page);
    this.#turned();
  }

  back(): void {
    if (!this.atRoot) this.#pages.pop()?.dispose?.();
    this.#turned();
  }

  /** Nothing but this page is left. */
  start(page: Page): void {
    this.dispose();
    this.#pages = [page];
    this.#turned();
  }

  /** What the device did is over. Where nobody has asked for it, a key that was meant for its steps answers nothing. */
  ended(asker: Page | undefined): void {
    if (asker === undefined && this.busy) this.#guard.raise();
  }

  /** Above whatever there is, which is there again afterwards. */
  cover(page: Page): void {
    this.#guard.raise();
    this.#pages.push(page);
    this.#turned();
  }

  /** Shown when the person neither types nor chooses; until then it waits, and the header says so. */
  outside(page: Page): void {
    if (this.#waiting.length >= mostWaiting) this.#waiting.shift();
    if (page.urgent === true) this.#waiting.unshift(page);
    else this.#waiting.push(page);
    this.#face.changed();
    this.#deliver();
  }

  /** Nobody can answer a question any more: `page` says so where it is shown. */
  withdraw(page: Page): void {
    this.#waiting = this.#waiting.filter((each) => each.urgent !== true);
    const shown = this.#pages.findIndex((each) => each.urgent === true);
    if (shown >= 0) {
      this.#pages.splice(shown, 1);
      this.cover(page);
    } else this.#face.changed();
  }

  /**
   * The device has changed: what makes no sense any more goes, and another first page takes the place of the old one.
   * What has changed under the person's finger takes no key for a second; `same`: the top page's rows have not.
   */
  changed(makesSense: (page: Page) => boolean, first: Page | undefined, same: () => boolean): void {
    const { top } = this;
    if (first !== undefined) this.#pages[0] = first;
    this.#pages = this.#pages.filter(makesSense);
    this.#waiting = this.#waiting.filter(makesSense);
    if (top !== boot && (top !== this.top || !same())) this.#guard.raise();
    this.#face.changed();
    this.#deliver();
  }

  /** What the device has been asked for has failed. */
  failed(code: ErrorCode): void {
    this.#pages.forEach((page) => {
      page.failed?.(code);
    });
  }

  press(press: KeyPress): void {
    if (!this.#guard.passes()) {
      // Who goes on typing has not seen the question.
      if (this.top.urgent === true && answerOf(press) === undefined) this.#guard.raise();
      return;
    }
    this.#lastPress = this.#face.clock.now();
    this.#watchSecrets();
    this.top.press(press, this.#face);
    this.#deliver();
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#secret?.cancel();
    this.#quiet?.cancel();
    this.#pages.forEach((page) => {
      page.dispose?.();
    });
  }

  #after(delay: Milliseconds, work: () => void): Timer {
    return this.#face.clock.after(delay, work);
  }

  #turned(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { top } = this;
    if (top.lasts !== undefined) {
      this.#timer = this.#after(top.lasts, () => {
        // A key that was meant for it may come a moment too late.
        if (top.between === true) this.#guard.raise();
        top.over?.(this.#face);
      });
    } else this.#countDown(top);
    this.#watchSecrets();
    this.#face.changed();
    this.#deliver();
  }

  #countDown(page: Page): void {
    if (page.ticking?.(this.#face.clock.now()) !== true) return;
    this.#timer = this.#after(Milliseconds(1_000), () => {
      this.#face.changed();
      this.#countDown(page);
    });
  }

  /** After a minute without a key, unless the device is about to use what is secret. */
  #watchSecrets(): void {
    this.#secret?.cancel();
    this.#secret = undefined;
    if (this.#pages.every((page) => page.forget === undefined)) return;
    this.#secret = this.#after(secretTime, () => {
      if (this.busy) return this.#watchSecrets();
      // Every page forgets, also after the first one that had something to forget.
      if (this.#pages.filter((page) => page.forget?.() === true).length > 0) this.#face.changed();
    });
  }

  #deliver(): void {
    this.#quiet?.cancel();
    this.#quiet = undefined;
    const next = this.#waiting[0];
    const { top } = this;
    if (next === undefined || this.busy || top === boot) return;
    // What is being read or decided is so to its end; only a question cannot wait.
    if ((top.passing === true || top.urgent === true) && next.urgent !== true) return;
    const quiet = top.holds === "typing" ? quietTyping : quietChoosing;
    const left = this.#lastPress + quiet - this.#face.clock.now();
    if (left > 0) {
      this.#quiet = this.#after(Milliseconds(left), () => this.#deliver());
      return;
    }
    this.#waiting.shift();
    this.cover(next);
  }
}
