import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import type { KeyValue } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { type FactoryData, readFactoryData } from "../keystore/factoryData.js";
import { eraseAll, markReset } from "../keystore/reset.js";
import { Pne } from "../pne/pne.js";
import { defaultMethods, type PneNotice, type PnePolicy } from "../pne/ports.js";
import { erases, type KeyPress, type Keypad as Typing } from "../ui/keys.js";
import type { Screen } from "../ui/screen.js";
import { stringsOf } from "../ui/strings/languages.js";
import type { Strings } from "../ui/strings/strings.js";
import { Ui } from "../ui/ui.js";
import type { Board } from "./board.js";
import { Diagnostics } from "./diagnostics.js";
import type { Signal } from "./feedback.js";
import { type Halt, haltedScreen, mendedByErasing, missingKeypadScreen } from "./halted.js";
import type { KeypadKind } from "./keypad/keypad.js";
import type { LinkEvents } from "./radio.js";
import { Rest } from "./rest.js";

/** Advertised by a device that nobody has named. */
const unnamed = "CPNS";
/** For the radio to come up after it was started. */
const radioTimeout = Milliseconds(5_000);
/** What a person has to see, or has waited for, and how that sounds. */
const signals: Readonly<Partial<Record<PneNotice["kind"], Signal>>> = Object.freeze({
  enrolled: "yes",
  joined: "yes",
  sent: "yes",
  named: "yes",
  resetDone: "yes",
  failed: "no",
  invited: "arrival",
  updateOffered: "arrival",
  message: "arrival",
});
/** Before a new firmware starts; again, when a person is at the device. */
const restartPause = Milliseconds(3_000);

/** A device that is switched on: the core's PNE and UI, wired to a board. */
export class Firmware {
  readonly #board: Board;
  readonly #diagnostics: Diagnostics;
  #typing: Typing | undefined;
  #ui: Ui | undefined;
  #pne: Pne | undefined;
  #halted: Halt | undefined;
  #rest: Rest | undefined;

  constructor(board: Board) {
    this.#board = board;
    this.#diagnostics = new Diagnostics(board.clock, board.log, board.battery);
  }

  /** Once. Never throws: what keeps the device from working is on its display. */
  boot(): void {
    this.#attempt(() => this.#boot());
  }

  /** The code of what keeps the device from working. */
  get halted(): ErrorCode | undefined {
    return this.#halted?.code;
  }

  get pne(): Pne | undefined {
    return this.#pne;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof CpnsError) this.#halt(error.code);
      else this.#halt("firmware.fault", String(error));
    }
  }

  /** First what the person sees; then the radio, whose noise the random numbers come from. */
  #boot(): void {
    const { keypad, clock, radio, suite, display } = this.#board;
    const { light } = display;
    keypad.start(
      (press) => this.#press(press),
      () => this.#keypadChanged(),
      () => this.#wake(),
    );
    this.#typing = typingOn(keypad.kind);
    if (light !== undefined) this.#rest = new Rest(clock, light, () => this.#typing !== undefined);
    if (this.#typing !== undefined) this.#ui = this.#makeUi();
    this.#board.pairing?.attach(() => this.#pairingChanged());
    const flash = this.#board.flash();
    const factory = readFactoryData(suite, this.#board.factory());
    const name = factory.name ?? this.#board.name;
    const own = name === undefined ? factory : { name, ...factory };
    const silence = clock.after(radioTimeout, () => this.#halt("radio.silent"));
    const ready = (): void => {
      silence.cancel();
      if (this.#halted === undefined && this.#pne === undefined) {
        this.#attempt(() => this.#start(flash, own));
      }
    };
    try {
      radio.start(name ?? unnamed, this.#linkEvents(ready));
    } catch (error) {
      silence.cancel();
      this.#board.log.event("radio.failed", { error: String(error) });
      this.#halt("radio.silent");
    }
  }

  #start(flash: KeyValue, factory: FactoryData): void {
    const { display, keypad, log, version } = this.#board;
    const pne = this.#makePne(flash, factory);
    this.#pne = pne;
    // The UI has been told as the PNE was made.
    if (this.#ui === undefined) this.#refresh();
    this.#reportCrash();
    this.#board.application?.start({
      ...{ pne, flash, log: this.#diagnostics, clock: this.#board.clock, suite: this.#board.suite },
      changed: () => this.#ui?.changed(),
      failed: (code) => this.#notice({ kind: "failed", code }),
    });
    pne.start();
    log.event("firmware.started", { version, keypad: keypad.kind, display: display.kind });
  }

  #makeUi(): Ui {
    const typing = (): Typing => this.#typing ?? "buttons";
    const { clock, version, application, radio } = this.#board;
    return new Ui({
      clock,
      radio,
      ...(application && { application }),
      get keypad() {
        return typing();
      },
      firmware: version,
      sounds: this.#board.feedback !== undefined,
      diagnostics: (strings) => this.#diagnostics.lines(strings),
      show: (screen) => this.#show(screen),
      command: (command) => this.#pne?.command(command),
    });
  }

  #makePne(flash: KeyValue, factory: FactoryData): Pne {
    const board = this.#board;
    return new Pne({
      suite: board.suite,
      random: board.random(),
      clock: board.clock,
      log: this.#diagnostics,
      flash,
      radio: board.radio,
      policy: policyOf(board, this.#ui !== undefined),
      pace: board.pace,
      ...factory,
      ...(board.limits && { limits: board.limits }),
      ...(board.application && { application: board.application }),
      ...(board.update && { update: { ...board.update(), restart: () => this.#restartLater() } }),
      notify: (notice) => this.#notice(notice),
    });
  }

  /** Once the link has said what it had to say, and nobody is typing or choosing. */
  #restartLater(): void {
    this.#board.clock.after(restartPause, () => {
      if (this.#ui?.quiet === false) this.#restartLater();
      else this.#board.restart();
    });
  }

  #linkEvents(ready: () => void): LinkEvents {
    return {
      ready,
      connected: (link) => {
        this.#diagnostics.connections++;
        return this.#pne?.connected(link) ?? false;
      },
      received: (fragment) => this.#pne?.received(fragment),
      disconnected: () => this.#pne?.disconnected(),
    };
  }

  #notice(notice: PneNotice): void {
    const signal = signals[notice.kind];
    // Who has cancelled it knows.
    if (signal !== undefined && !(notice.kind === "failed" && notice.code === "cancelled"))
      this.#call(signal);
    this.#ui?.notify(notice);
    this.#board.application?.notice();
    this.#board.notice?.(notice);
  }

  #call(signal: Signal): void {
    this.#wake();
    if (this.#pne?.view.quiet !== true) this.#board.feedback?.(signal);
  }

  #wake(): boolean {
    return this.#rest?.wake() ?? false;
  }

  #press(press: KeyPress): void {
    if (this.#rest?.press(press) === true) return;
    const { pairing } = this.#board;
    if (this.#halted !== undefined) {
      if (mendedByErasing(this.#halted.code) && erases(press, this.#typing ?? "buttons")) this.erase();
    } else if (pairing?.asking === true) pairing.press(press);
    else if (this.#ui !== undefined) this.#ui.press(press);
    // Nobody can be asked: a button that was held for ten seconds is meant.
    else if (erases(press, "buttons")) this.#pne?.command({ kind: "factoryReset" });
  }

  // ── Display and keypad ──

  #show(screen: Screen): void {
    const asking = this.#board.pairing?.asking === true;
    if (this.#halted === undefined && this.#typing !== undefined && !asking) this.#board.display.show(screen);
  }

  /** In the person's language, once that has been read. */
  get #strings(): Strings {
    return stringsOf(this.#pne?.view.language);
  }

  /** Who cannot see the question, or answer it, says no. */
  #pairingChanged(): void {
    const { pairing, display } = this.#board;
    if (pairing?.asking !== true) this.#refresh();
    else if (this.#typing === undefined || display.kind === "none" || this.#halted !== undefined) {
      pairing.answer(false);
    } else {
      this.#call("arrival");
      display.show(pairing.screen(this.#typing, this.#strings));
    }
  }

  /** Draws what the device is now. */
  #refresh(): void {
    const view = this.#pne?.view;
    if (this.#halted !== undefined)
      this.#board.display.show(haltedScreen(this.#halted, this.#board.keypad.kind, this.#strings));
    else if (this.#typing === undefined) this.#board.display.show(missingKeypadScreen(this.#strings));
    else if (view !== undefined) this.#ui?.notify({ kind: "state", view });
  }

  /** Keyboards come and go. What the device may do by itself is settled at its boot, so a first one restarts it. */
  #keypadChanged(): void {
    const { keypad, log, restart } = this.#board;
    log.event("keypad.changed", { kind: keypad.kind, state: keypad.state.is });
    this.#typing = typingOn(keypad.kind);
    if (this.#typing !== undefined && this.#ui === undefined) restart();
    else this.#refresh();
  }

  #reportCrash(): void {
    const reason = this.#board.crashes.take();
    if (reason === undefined) return;
    this.#diagnostics.lastCrash = reason;
    this.#board.log.event("firmware.crashed", { reason });
    this.#ui?.notify({ kind: "failed", code: `crash.${reason}` });
  }

  // ── What keeps the device from working ──
  #halt(code: ErrorCode, detail?: string): void {
    this.#halted = detail === undefined ? { code } : { code, detail };
    this.#board.log.event("firmware.halted", detail === undefined ? { code } : { code, detail });
    this.#wake();
    this.#refresh();
    // It must not join, nor confirm itself by that.
    this.#pne = undefined;
    const { slots } = this.#board;
    // The image before may do better; what it cannot mend either it says as well.
    if (slots?.trial === true) slots.rollBack();
  }

  /** Everything but what the factory wrote; then the device starts as a new one. */
  erase(): void {
    this.#attempt(() => {
      this.#board.radio.forget?.();
      if (this.#halted?.code === "store.unusable") this.#board.eraseStorage?.();
      else {
        const flash = this.#board.flash();
        markReset(flash);
        eraseAll(flash);
      }
      this.#board.restart();
    });
  }
}

/** Switches a board on. */
export function switchOn(board: Board): Firmware {
  const firmware = new Firmware(board);
  firmware.boot();
  return firmware;
}

/** What it may do by itself: as the board says, but for a UI, which it has or has not. */
const policyOf = ({ policy, display }: Board, ui: boolean): PnePolicy => ({
  ...defaultMethods,
  localEUKeyCriterion: "r01",
  reachable: true,
  acceptInvitations: true,
  ...policy,
  hasUI: ui && display.kind !== "none",
});

const typingOn = (kind: KeypadKind): Typing | undefined => (kind === "none" ? undefined : kind);
