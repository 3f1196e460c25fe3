import type { ErrorCode } from "../base/errorCodes.js";
import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { PneCommand, PneNotice, PneView } from "../pne/ports.js";
import { Guard } from "./guard.js";
import { answerOf, type KeyPress, type Keypad } from "./keys.js";
import type { Face, OwnPage, Page } from "./page.js";
import type { Screen, ScreenStatus } from "./screen.js";
import { boot } from "./screens/boot.js";
import { ErrorPage } from "./screens/error.js";
import { HomePage } from "./screens/home.js";
import { InvitedPage } from "./screens/invited.js";
import { NotePage } from "./screens/note.js";
import { ProgressPage } from "./screens/progress.js";
import { type Success, SuccessPage } from "./screens/success.js";
import { UpdatePage } from "./screens/update.js";
import { WelcomePage } from "./screens/welcome.js";
import { stringsOf } from "./strings/languages.js";
import type { Strings } from "./strings/strings.js";

export interface UiPorts {
  readonly clock: Clock;
  readonly keypad: Keypad;
  readonly firmware: string;
  /** Lines for a page of their own, where the host counts something. */
  readonly diagnostics?: () => readonly string[];
  /** What the device is for: a row of the menu, and a page of its own. */
  readonly application?: OwnPage;
  show(screen: Screen): void;
  command(command: PneCommand): void;
}

/** What is secret leaves screen and memory when nobody has pressed a key for so long. */
export const secretTime = Milliseconds(60_000);
/** Nobody has pressed a key for so long: then what has come may take the display from what is being typed or chosen. */
export const quietTyping = Milliseconds(10_000);
export const quietChoosing = Milliseconds(3_000);
/** What waits to be read; the oldest gives way. */
const mostWaiting = 8;

const nothing: PneView = Object.freeze({ keys: "empty", connected: false, failures: 0 });

/**
 * The device's face (EUK-UI-01, EUK-UI-11): presses and notices in, screens and commands out. Pages lie on each other:
 * what comes lies above what the person does, who finds it again as it was. The password is in its page's buffer until it
 * has been accepted or forgotten, and in the command; no screen holds it.
 */
export class Ui implements Face {
  readonly #ports: UiPorts;
  readonly #guard: Guard;
  #pages: Page[] = [boot];
  #view: PneView = nothing;
  /** What came while the person was typing or choosing. */
  #waiting: Page[] = [];
  #lastPress = Number.NEGATIVE_INFINITY;
  /** The page on which the person has asked for something that is not over. */
  #asker: Page | undefined;
  #again: (() => PneCommand | undefined) | undefined;
  /** Whom the network that is being made is for. */
  #invitesAll = false;
  #timer: Timer | undefined;
  #secret: Timer | undefined;
  #quiet: Timer | undefined;

  constructor(ports: UiPorts) {
    this.#ports = ports;
    this.#guard = new Guard(ports.clock);
    this.changed();
  }

  // ── What pages see (Face) ──

  get clock(): Clock {
    return this.#ports.clock;
  }

  get keypad(): Keypad {
    return this.#ports.keypad;
  }

  get firmware(): string {
    return this.#ports.firmware;
  }

  get diagnostics(): (() => readonly string[]) | undefined {
    return this.#ports.diagnostics;
  }

  get application(): OwnPage | undefined {
    return this.#ports.application;
  }

  get view(): PneView {
    return this.#view;
  }

  /** The texts of the language that the person has chosen. */
  get strings(): Strings {
    return stringsOf(this.#view.language);
  }

  get screen(): Screen {
    return { ...this.#top.draw(this), status: this.#status };
  }

  get #status(): ScreenStatus {
    const { pn, connected, keys } = this.#view;
    const link = pn?.away === true ? "away" : !connected ? "none" : pn?.secure === true ? "secure" : "open";
    return { keypad: this.#ports.keypad, enrolled: keys !== "empty", link, waiting: this.#waiting.length };
  }

  /** Nobody has pressed a key just now, and the device is not doing what somebody waits for. */
  get quiet(): boolean {
    return !this.#busy && this.#ports.clock.now() >= this.#lastPress + quietTyping;
  }

  /** True when no typed octet of a password is left in any buffer of the UI. */
  get wiped(): boolean {
    return this.#pages.every((page) => page.wiped !== false);
  }

  // ── Pages ──

  get #top(): Page {
    return this.#pages[this.#pages.length - 1] ?? boot;
  }

  changed(): void {
    this.#ports.show(this.screen);
  }

  again(): void {
    this.want(this.#again ?? (() => undefined));
  }

  #turned(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const top = this.#top;
    if (top.lasts !== undefined) this.#timer = this.#after(top.lasts, () => top.over?.(this));
    else this.#countDown(top);
    this.#watchSecrets();
    this.changed();
    this.#deliver();
  }

  #after(delay: Milliseconds, work: () => void): Timer {
    return this.#ports.clock.after(delay, work);
  }

  #countDown(page: Page): void {
    if (page.ticking?.(this.#ports.clock.now()) !== true) return;
    this.#timer = this.#after(Milliseconds(1_000), () => {
      this.changed();
      this.#countDown(page);
    });
  }

  open(page: Page): void {
    if (this.#top.passing === true) this.#pages.pop()?.dispose?.();
    this.#pages.push(page);
    this.#turned();
  }

  back(): void {
    if (this.#pages.length > 1) this.#pages.pop()?.dispose?.();
    this.#turned();
  }

  home(): void {
    this.#clear();
    this.#turned();
  }

  #clear(): void {
    this.#pages.splice(0).forEach((page) => {
      page.dispose?.();
    });
    this.#pages.push(this.#view.keys === "empty" ? new WelcomePage() : new HomePage());
  }

  #success(what: Success): void {
    this.#clear();
    this.open(new SuccessPage(what));
  }

  want(make: () => PneCommand | undefined): void {
    const command = make();
    if (command === undefined) {
      this.back();
      return;
    }
    const { kind } = command;
    if (kind !== "cancel") this.#again = make;
    // These have no answer of their own.
    const answered =
      kind !== "cancel" && kind !== "declineInvitation" && kind !== "setLanguage" && kind !== "answerUpdate";
    this.#asker = answered ? this.#top : undefined;
    this.#invitesAll = kind === "createPN" && command.who === "all";
    this.#ports.command(command);
  }

  /** After a minute without a key, unless the device is about to use what is secret. */
  #watchSecrets(): void {
    this.#secret?.cancel();
    this.#secret = undefined;
    if (this.#pages.every((page) => page.forget === undefined)) return;
    this.#secret = this.#after(secretTime, () => {
      if (this.#busy) return this.#watchSecrets();
      // Every page forgets, also after the first one that had something to forget.
      if (this.#pages.filter((page) => page.forget?.() === true).length > 0) this.changed();
    });
  }

  get #busy(): boolean {
    return this.#top.busy === true;
  }

  /** The person waits for it: who has gone on to something else meanwhile is not disturbed. */
  get #awaited(): boolean {
    return this.#busy || this.#top === this.#asker;
  }

  // ── What comes from outside ──

  /** Shown when the person neither types nor chooses; until then it waits, and the header says so. */
  #outside(page: Page): void {
    if (this.#waiting.length >= mostWaiting) this.#waiting.shift();
    if (page.urgent === true) this.#waiting.unshift(page);
    else this.#waiting.push(page);
    this.changed();
    this.#deliver();
  }

  #deliver(): void {
    this.#quiet?.cancel();
    this.#quiet = undefined;
    const next = this.#waiting[0];
    const top = this.#top;
    if (next === undefined || this.#busy || top === boot) return;
    // What is being read or decided is so to its end; only a question cannot wait.
    if ((top.passing === true || top.urgent === true) && next.urgent !== true) return;
    const quiet = top.holds === "typing" ? quietTyping : quietChoosing;
    const left = this.#lastPress + quiet - this.#ports.clock.now();
    if (left > 0) {
      this.#quiet = this.#after(Milliseconds(left), () => this.#deliver());
      return;
    }
    this.#waiting.shift();
    this.#cover(next);
  }

  /** Above whatever there is, which is there again afterwards. */
  #cover(page: Page): void {
    this.#guard.raise();
    this.#pages.push(page);
    this.#turned();
  }

  /** Nobody can answer it any more. */
  #invitationOver(): void {
    this.#waiting = this.#waiting.filter((page) => page.urgent !== true);
    const shown = this.#pages.findIndex((page) => page.urgent === true);
    if (shown >= 0) {
      this.#pages.splice(shown, 1);
      this.#cover(this.#note((strings) => strings.invited.over));
    } else this.changed();
  }

  #note(line: (strings: Strings) => string): Page {
    return new NotePage(
      "note",
      () => "",
      ({ strings }) => [line(strings)],
    );
  }

  // ── Notices ──

  notify(notice: PneNotice): void {
    switch (notice.kind) {
      case "state":
        this.#see(notice.view);
        return;
      case "progress":
        this.#progress(notice.step, notice.fraction);
        return;
      case "invited":
        this.#outside(new InvitedPage());
        return;
      case "updateOffered":
        this.#outside(new UpdatePage());
        return;
      case "invitationOver":
        this.#invitationOver();
        return;
      case "failed":
        this.#failed(notice.code, notice.wait);
        return;
      case "message":
        this.#message(notice);
        return;
      case "left":
        if (notice.why === "dissolved") this.#outside(new SuccessPage("dissolved", true));
        else if (this.#awaited) this.home();
        break;
      default:
        this.#done(notice);
    }
    this.#asker = undefined;
  }

  /** What the person has asked for, or the device by itself, is done. */
  #done(notice: PneNotice): void {
    const by = this.#awaited;
    switch (notice.kind) {
      case "found": {
        const next = this.#top.found?.();
        if (next !== undefined) this.open(next);
        return;
      }
      case "sent":
        this.#tell(this.#note((strings) => strings.sent.replace("%", () => notice.to)));
        return;
      case "named":
        if (!by) return;
        this.back();
        this.open(this.#note((strings) => strings.named));
        return;
      // Whoever did it: nothing is left of what was shown.
      case "resetDone":
        this.#success("erased");
        return;
      case "enrolled":
      case "joined": {
        const what = notice.kind === "enrolled" ? "enrolled" : this.#how;
        if (by) this.#success(what);
        else this.#outside(new SuccessPage(what, true));
      }
    }
  }

  /** At once to who waits for it, else as what comes from outside. */
  #tell(page: Page): void {
    if (this.#awaited) this.open(page);
    else this.#outside(page);
  }

  /** How it has come into its network. */
  get #how(): Success {
    const alone = (this.#view.pn?.members.length ?? 0) <= 1;
    if (!alone) return "joined";
    return this.#invitesAll ? "started" : "alone";
  }

  /** What has changed under the person's finger takes no key for a second. */
  #see(view: PneView): void {
    const before = this.#rows;
    const top = this.#top;
    const wasEmpty = this.#view.keys === "empty";
    this.#view = view;
    const root = this.#pages[0];
    if (root === boot || wasEmpty !== (view.keys === "empty")) {
      const first = view.keys === "empty" ? new WelcomePage() : new HomePage();
      this.#pages[0] = first;
    }
    const { pn, update, invitation } = view;
    const makesSense = (page: Page): boolean =>
      (pn !== undefined || page.inNetwork !== true) &&
      (update !== undefined || page.id !== "update") &&
      (invitation !== undefined || page.urgent !== true);
    this.#pages = this.#pages.filter(makesSense);
    this.#waiting = this.#waiting.filter(makesSense);
    if (top !== boot && (top !== this.#top || before !== this.#rows)) this.#guard.raise();
    this.changed();
    this.#deliver();
  }

  get #rows(): string | undefined {
    if (this.#top.id === "update") return this.#view.update?.version;
    return this.#top.holds === "choosing" ? this.#top.draw(this).menu?.items.join("\n") : undefined;
  }

  #progress(step: string, fraction: number | undefined): void {
    if (this.#top.found !== undefined) return;
    if (this.#awaited) this.open(new ProgressPage(step, fraction));
    // What the device does by itself, where nobody has gone anywhere yet.
    else if (this.#pages.length === 1) this.#cover(new ProgressPage(step, fraction));
  }

  #message(message: PneNotice & { kind: "message" }): void {
    const { from, name = "", text } = message;
    const page = new NotePage(
      "message",
      ({ strings }) => strings.message[from].replace("%", () => name),
      () => [text],
    );
    if (from === "member") this.#outside(page);
    else {
      this.#tell(page);
      this.#asker = undefined;
    }
  }

  #failed(code: ErrorCode, wait: number | undefined): void {
    const by = this.#awaited;
    const asked = this.#asker !== undefined;
    this.#asker = undefined;
    if (code === "cancelled") {
      if (this.#busy) this.back();
      return;
    }
    this.#pages.forEach((page) => {
      page.failed?.(code);
    });
    const until = wait === undefined ? 0 : this.#ports.clock.now() + wait * 1000;
    if (by) this.open(new ErrorPage(code, asked, until));
    else this.#outside(new ErrorPage(code, false, until));
  }

  // ── Presses ──

  press(press: KeyPress): void {
    if (!this.#guard.passes()) {
      // Who goes on typing has not seen the question.
      if (this.#top.urgent === true && answerOf(press) === undefined) this.#guard.raise();
      return;
    }
    this.#lastPress = this.#ports.clock.now();
    this.#watchSecrets();
    this.#top.press(press, this);
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
}
