import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { maximumLabel } from "../codec/attributes.js";
import { checkPassword, checkUserID, maximumPassword, maximumUserID } from "../crypto/password.js";
import type { PneCommand, PneNotice, PneView } from "../pne/ports.js";
import { asciiText } from "../pne/text.js";
import { Entry } from "./entry.js";
import { actionOf, answerOf, erases, type KeyPress, type Keypad } from "./keys.js";
import { type MenuItem, menuOf, settingsMenu } from "./menus.js";
import type { Screen } from "./screen.js";
import { draw, type EntryState, type ScreenState, type Success } from "./screens.js";
import { english } from "./strings/english.js";
import type { Strings } from "./strings/strings.js";

export interface UiPorts {
  readonly clock: Clock;
  readonly keypad: Keypad;
  readonly firmware: string;
  readonly strings?: Strings;
  /** Lines for a screen of their own, where the host counts something. */
  readonly diagnostics?: () => readonly string[];
  show(screen: Screen): void;
  command(command: PneCommand): void;
}

/** A success is shown for so long before the device goes on by itself. */
const successTime = Milliseconds(2_500);

const nothing: PneView = Object.freeze({ keys: "empty", connected: false, failures: 0 });

/**
 * The device's face (EUK-UI-01, EUK-UI-11): presses and notices in, screens and commands out. The password is in the entry's buffer while it
 * is typed, then the command's; no screen state holds it.
 */
export class Ui {
  readonly #ports: UiPorts;
  readonly #strings: Strings;
  #state: ScreenState = { at: "boot" };
  #view: PneView = nothing;
  /** Kept after a wrong password, so that the person types only that again. */
  #userID: Uint8Array | undefined;
  #entry: Entry | undefined;
  #timer: Timer | undefined;

  constructor(ports: UiPorts) {
    this.#ports = ports;
    this.#strings = ports.strings ?? english;
    this.#show();
  }

  get screen(): Screen {
    const { keypad, firmware } = this.#ports;
    return draw(this.#state, {
      strings: this.#strings,
      view: this.#view,
      entry: this.#entry,
      keypad,
      firmware,
      diagnostics: this.#ports.diagnostics !== undefined,
      now: this.#ports.clock.now(),
    });
  }

  /** True when no typed octet is left in any buffer of the UI. */
  get wiped(): boolean {
    return this.#entry === undefined || this.#entry.buffer.wiped;
  }

  #show(): void {
    this.#ports.show(this.screen);
  }

  #go(state: ScreenState): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!isEntry(state.at)) {
      this.#entry?.dispose();
      this.#entry = undefined;
    }
    this.#state = state;
    this.#show();
  }

  #later(delay: Milliseconds, work: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.after(delay, work);
  }

  // ── Notices ──

  notify(notice: PneNotice): void {
    switch (notice.kind) {
      case "state":
        this.#view = notice.view;
        if (this.#state.at === "boot") this.#home();
        else if (this.#state.at === "members" && notice.view.pn === undefined) this.#home();
        else this.#show();
        return;
      case "progress": {
        const { step, fraction } = notice;
        this.#go(fraction === undefined ? { at: "progress", step } : { at: "progress", step, fraction });
        return;
      }
      case "enrolled":
        this.#userID = undefined;
        this.#success("enrolled");
        return;
      case "joined":
        this.#success("joined");
        return;
      case "left":
        if (notice.why === "dissolved") this.#success("dissolved");
        else this.#home();
        return;
      case "invited":
        this.#go({ at: "invited" });
        return;
      case "invitationOver":
        if (this.#state.at === "invited") this.#go({ at: "note", text: this.#strings.invited.over });
        return;
      case "message": {
        const { kind: _, ...message } = notice;
        this.#go({ at: "message", ...message });
        return;
      }
      case "sent":
        this.#go({ at: "note", text: this.#strings.sent.replace("%", () => notice.to) });
        return;
      case "named":
        this.#go({ at: "note", text: this.#strings.named });
        return;
      case "resetDone":
        this.#userID = undefined;
        this.#success("erased");
        return;
      case "failed":
        this.#failed(notice.code, notice.wait);
    }
  }

  #success(what: Success): void {
    this.#go({ at: "success", what });
    this.#later(successTime, () => this.#home());
  }

  #failed(code: ErrorCode, wait: number | undefined): void {
    if (code === "cancelled") {
      this.#home();
      return;
    }
    const until = wait === undefined ? undefined : this.#ports.clock.now() + wait * 1000;
    this.#go(until === undefined ? { at: "error", code } : { at: "error", code, until });
    if (until !== undefined) this.#countDown();
  }

  #countDown(): void {
    this.#later(Milliseconds(1_000), () => {
      const state = this.#state;
      if (state.at !== "error") return;
      this.#show();
      if ((state.until ?? 0) > this.#ports.clock.now()) this.#countDown();
    });
  }

  #home(): void {
    const enrolled = this.#view.keys !== "empty";
    this.#go(enrolled ? { at: "home", selected: 0 } : { at: "welcome" });
  }

  // ── Presses ──

  press(press: KeyPress): void {
    const state = this.#state;
    if (isEntry(state.at)) {
      this.#type(state.at, press);
      return;
    }
    if (state.at === "reset" && erases(press, this.#ports.keypad)) {
      this.#ports.command({ kind: "factoryReset" });
      return;
    }
    if (state.at === "invited") {
      this.#answerInvitation(press);
      return;
    }
    const action = actionOf(press);
    if (action === undefined) {
      if (state.at === "welcome") this.#askUserID(press);
      return;
    }
    switch (state.at) {
      case "welcome":
        if (action === "select") this.#askUserID();
        return;
      case "home":
      case "settings":
      case "members":
        this.#menu(state, action);
        return;
      case "progress":
        if (action === "back") this.#ports.command({ kind: "cancel" });
        return;
      case "error":
        this.#leaveError(state, action);
        return;
      case "boot":
        return;
      case "message":
      case "note":
      case "diagnostics":
      case "success":
      case "reset":
        if (action === "select" || action === "back") this.#home();
    }
  }

  #menu(
    state: ScreenState & { at: "home" | "settings" | "members" },
    action: "up" | "down" | "select" | "back",
  ): void {
    const items =
      state.at === "home"
        ? menuOf(this.#view)
        : state.at === "settings"
          ? settingsMenu(this.#ports.diagnostics !== undefined)
          : undefined;
    const count = items?.length ?? this.#view.pn?.members.length ?? 1;
    if (action === "back") {
      this.#home();
      return;
    }
    if (action === "select") {
      const item = items?.[state.selected];
      if (item !== undefined) this.#choose(item);
      else this.#greet(state.selected);
      return;
    }
    const by = action === "up" ? -1 : 1;
    this.#go({ at: state.at, selected: (state.selected + by + count) % count });
  }

  /** Says hello to the chosen member; to oneself there is nothing to say. */
  #greet(selected: number): void {
    const { pn, entityID } = this.#view;
    const member = pn?.members[selected];
    if (member === undefined || member.id === entityID) return;
    this.#ports.command({ kind: "sendToMember", to: member.id, text: this.#strings.hello.member });
  }

  #answerInvitation(press: KeyPress): void {
    const answer = answerOf(press);
    if (answer === undefined) return;
    this.#home();
    this.#ports.command({ kind: answer === "yes" ? "acceptInvitation" : "declineInvitation" });
  }

  #choose(item: MenuItem): void {
    switch (item) {
      case "createPN":
        this.#ports.command({ kind: "createPN" });
        return;
      case "createAll":
        this.#ask("alias", this.#strings.alias, maximumLabel);
        return;
      case "deviceName":
        this.#ask("deviceName", this.#strings.deviceName, maximumLabel);
        return;
      case "dissolvePN":
        this.#ports.command({ kind: "dissolvePN" });
        return;
      case "leavePN":
        this.#ports.command({ kind: "leavePN" });
        return;
      case "sendToServer":
        this.#ports.command({ kind: "sendToServer", text: this.#strings.hello.server });
        return;
      case "sendToGateway":
        this.#ports.command({ kind: "sendToGateway", text: this.#strings.hello.gateway });
        return;
      case "members":
        this.#go({ at: "members", selected: 0 });
        return;
      case "settings":
        this.#go({ at: "settings", selected: 0 });
        return;
      case "diagnostics":
        this.#go({ at: "diagnostics", lines: this.#ports.diagnostics?.() ?? [] });
        return;
      case "enrolAgain":
        this.#askUserID();
        return;
      case "factoryReset":
        this.#go({ at: "reset" });
    }
  }

  #leaveError(state: ScreenState & { at: "error" }, action: "up" | "down" | "select" | "back"): void {
    if (action === "back") {
      this.#userID = undefined;
      this.#home();
    } else if (action === "select") {
      if ((state.until ?? 0) > this.#ports.clock.now()) return;
      if (this.#userID === undefined) this.#home();
      else this.#askPassword();
    }
  }

  // ── User ID and password ──

  #makeEntry(label: string, maximum: number, masked: boolean): Entry {
    this.#entry?.dispose();
    const { clock, keypad } = this.#ports;
    const strings = this.#strings;
    return new Entry({ clock, keypad, strings, label, maximum, masked, changed: () => this.#show() });
  }

  #ask(at: EntryState, label: string, maximum: number): void {
    this.#entry = this.#makeEntry(label, maximum, at === "password");
    this.#go({ at });
  }

  /** The first press of a person who types at once is not lost. */
  #askUserID(first?: KeyPress): void {
    this.#userID = undefined;
    this.#ask("userID", this.#strings.userID, maximumUserID);
    if (first !== undefined) this.#entry?.press(first);
  }

  #askPassword(): void {
    this.#ask("password", this.#strings.password, maximumPassword);
  }

  #type(at: EntryState, press: KeyPress): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    const end = entry.press(press);
    if (end === "back") {
      if (at === "password") this.#askUserID();
      else this.#home();
    } else if (end === "done") {
      const octets = entry.buffer.copy();
      try {
        this.#done(at, octets);
      } catch (error) {
        octets.fill(0);
        if (!(error instanceof CpnsError)) throw error;
        this.#go({ at, problem: error.code });
      }
    }
  }

  #done(at: EntryState, octets: Uint8Array): void {
    if (at === "userID") this.#userIDDone(octets);
    else if (at === "password") this.#passwordDone(octets);
    else this.#labelDone(at, asciiText(octets));
  }

  #labelDone(at: "deviceName" | "alias", label: string): void {
    this.#home();
    if (at === "deviceName") this.#ports.command({ kind: "setName", name: label });
    else this.#ports.command({ kind: "createPN", who: "all", ...(label !== "" && { alias: label }) });
  }

  #userIDDone(octets: Uint8Array): void {
    checkUserID(octets);
    this.#userID = octets;
    this.#askPassword();
  }

  #passwordDone(password: Uint8Array): void {
    checkPassword(password);
    const userID = this.#userID;
    if (userID === undefined) return;
    this.#entry?.dispose();
    this.#ports.command({ kind: "enrol", userID: userID.slice(), password });
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#entry?.dispose();
  }
}

const entries: readonly ScreenState["at"][] = Object.freeze(["userID", "password", "deviceName", "alias"]);
const isEntry = (at: ScreenState["at"]): at is EntryState => entries.includes(at);
