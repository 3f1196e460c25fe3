import type { ErrorCode } from "../base/errorCodes.js";
import type { Clock } from "../base/ports.js";
import type { PneCommand, PneNotice, PneRadio, PneView } from "../pne/ports.js";
import type { KeyPress, Keypad } from "./keys.js";
import type { Face, OwnPage, Page } from "./page.js";
import { Pages } from "./pages.js";
import type { Screen, ScreenStatus } from "./screen.js";
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

/** Commands without an answer of their own. */
const unanswered: readonly PneCommand["kind"][] = Object.freeze([
  "cancel",
  "declineInvitation",
  "setLanguage",
  "setQuiet",
  "answerUpdate",
]);

export interface UiPorts {
  readonly clock: Clock;
  readonly keypad: Keypad;
  readonly firmware: string;
  /** Lines for a page of their own, where the host counts something. */
  readonly diagnostics?: (strings: Strings) => readonly string[];
  /** It has something to signal by, which can be turned off. */
  readonly sounds?: boolean;
  readonly radio?: Pick<PneRadio, "bonds" | "forget">;
  /** What the device is for: a row of the menu, and a page of its own. */
  readonly application?: OwnPage;
  show(screen: Screen): void;
  command(command: PneCommand): void;
}

const nothing: PneView = Object.freeze({ keys: "empty", connected: false, failures: 0 });

/**
 * The device's face (EUK-UI-01, EUK-UI-11): presses and notices in, screens and commands out. The password is
 * in its page's buffer until it has been accepted or forgotten, and in the command; no screen holds it.
 */
export class Ui implements Face {
  readonly #ports: UiPorts;
  readonly #pages: Pages;
  #view: PneView = nothing;
  /** The page on which the person has asked for something that is not over. */
  #asker: Page | undefined;
  #again: (() => PneCommand | undefined) | undefined;
  /** Whom the network that is being made is for. */
  #invitesAll = false;

  constructor(ports: UiPorts) {
    this.#ports = ports;
    this.#pages = new Pages(this);
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

  get diagnostics(): UiPorts["diagnostics"] {
    return this.#ports.diagnostics;
  }

  get sounds(): boolean {
    return this.#ports.sounds === true;
  }

  get radio(): UiPorts["radio"] {
    return this.#ports.radio;
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
    return { ...this.#pages.top.draw(this), status: this.#status };
  }

  get #status(): ScreenStatus {
    const { pn, connected, keys } = this.#view;
    const link = pn?.away === true ? "away" : !connected ? "none" : pn?.secure === true ? "secure" : "open";
    return { keypad: this.#ports.keypad, enrolled: keys !== "empty", link, waiting: this.#pages.waiting };
  }

  get quiet(): boolean {
    return this.#pages.quiet;
  }

  /** True when no typed octet of a password is left in any buffer of the UI. */
  get wiped(): boolean {
    return this.#pages.wiped;
  }

  changed(): void {
    this.#ports.show(this.screen);
  }

  again(): void {
    this.want(this.#again ?? (() => undefined));
  }

  open(page: Page): void {
    this.#pages.open(page);
  }

  back(): void {
    this.#pages.back();
  }

  home(): void {
    this.#pages.start(this.#first);
  }

  get #first(): Page {
    return this.#view.keys === "empty" ? new WelcomePage() : new HomePage();
  }

  #success(what: Success): void {
    this.home();
    this.open(new SuccessPage(what));
  }

  want(make: () => PneCommand | undefined): void {
    const command = make();
    if (command === undefined) return this.back();
    const { kind } = command;
    if (kind !== "cancel") this.#again = make;
    this.#asker = unanswered.includes(kind) ? undefined : this.#pages.top;
    this.#invitesAll = kind === "createPN" && command.who === "all";
    this.#ports.command(command);
  }

  /** The person waits for it: who has gone on to something else meanwhile is not disturbed. */
  get #awaited(): boolean {
    return this.#pages.busy || this.#pages.top === this.#asker;
  }

  // ── Notices ──
  notify(notice: PneNotice): void {
    switch (notice.kind) {
      case "state":
        return this.#see(notice.view);
      case "progress":
        return this.#progress(notice.step, notice.fraction);
      case "invited":
        return this.#pages.outside(new InvitedPage());
      case "updateOffered":
        return this.#pages.outside(new UpdatePage());
      case "invitationOver":
        return this.#pages.withdraw(note((strings) => strings.invited.over));
      case "failed":
        return this.#failed(notice.code, notice.wait);
      case "message":
        return this.#message(notice);
      case "left":
        if (notice.why === "dissolved") this.#pages.outside(new SuccessPage("dissolved", true));
        else if (this.#awaited) this.home();
        break;
      default:
        this.#done(notice);
    }
    this.#asker = undefined;
  }

  /** What the person has asked for, or the device by itself, is done. */
  #done(notice: PneNotice): void {
    this.#pages.ended(this.#asker);
    const by = this.#awaited;
    switch (notice.kind) {
      case "found":
        this.#pages.top.found?.(this);
        return;
      case "sent":
        this.#tell(note((strings) => strings.sent.replace("%", () => notice.to)));
        return;
      case "named":
        if (!by) return;
        this.back();
        this.open(note((strings) => strings.named));
        return;
      // Whoever did it: nothing is left of what was shown.
      case "resetDone":
        this.#success("erased");
        return;
      case "enrolled":
      case "joined": {
        const what = notice.kind === "enrolled" ? "enrolled" : this.#how;
        if (by) this.#success(what);
        else this.#pages.outside(new SuccessPage(what, true));
      }
    }
  }

  /** At once to who waits for it, else as what comes from outside. */
  #tell(page: Page): void {
    if (this.#awaited) this.open(page);
    else this.#pages.outside(page);
  }

  /** How it has come into its network. */
  get #how(): Success {
    const alone = (this.#view.pn?.members.length ?? 0) <= 1;
    if (!alone) return "joined";
    return this.#invitesAll ? "started" : "alone";
  }

  #see(view: PneView): void {
    const rows = this.#rows;
    const same = this.#pages.begun && (this.#view.keys === "empty") === (view.keys === "empty");
    this.#view = view;
    const { pn, update, invitation } = view;
    const makesSense = (page: Page): boolean =>
      (pn !== undefined || page.inNetwork !== true) &&
      (update !== undefined || page.id !== "update") &&
      (invitation !== undefined || page.urgent !== true);
    this.#pages.changed(makesSense, same ? undefined : this.#first, () => rows === this.#rows);
  }

  get #rows(): string | undefined {
    const { top } = this.#pages;
    if (top.id === "update") return this.#view.update?.version;
    return top.holds === "choosing" ? top.draw(this).menu?.items.join("\n") : undefined;
  }

  #progress(step: string, fraction: number | undefined): void {
    if (this.#pages.top.found !== undefined) return;
    if (this.#awaited) this.open(new ProgressPage(step, fraction));
    // What the device does by itself, where nobody has gone anywhere yet.
    else if (this.#pages.atRoot) this.#pages.cover(new ProgressPage(step, fraction));
  }

  #message(message: PneNotice & { kind: "message" }): void {
    this.#pages.ended(this.#asker);
    const { from, name = "", text } = message;
    const page = new NotePage(
      "message",
      ({ strings }) => strings.message[from].replace("%", () => name),
      () => [text],
    );
    if (from === "member") this.#pages.outside(page);
    else {
      this.#tell(page);
      this.#asker = undefined;
    }
  }

  #failed(code: ErrorCode, wait: number | undefined): void {
    const by = this.#awaited;
    // A yes that was too late once is too late each time.
    const asked = this.#asker !== undefined && code !== "pn.tooLate";
    if (code !== "cancelled") this.#pages.ended(this.#asker);
    this.#asker = undefined;
    if (code === "cancelled") {
      if (this.#pages.busy) this.back();
      return;
    }
    this.#pages.failed(code);
    const until = wait === undefined ? 0 : this.#ports.clock.now() + wait * 1000;
    if (by) this.open(new ErrorPage(code, asked, until));
    else this.#pages.outside(new ErrorPage(code, false, until));
  }

  press(press: KeyPress): void {
    this.#pages.press(press);
  }

  dispose(): void {
    this.#pages.dispose();
  }
}

const note = (line: (strings: Strings) => string): Page =>
  new NotePage(
    "note",
    () => "",
    ({ strings }) => [line(strings)],
  );
