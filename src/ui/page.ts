import type { ErrorCode } from "../base/errorCodes.js";
import type { Clock } from "../base/ports.js";
import type { Milliseconds } from "../base/units.js";
import type { PneCommand, PneRadio, PneView } from "../pne/ports.js";
import { type Action, actionOf, type KeyPress, type Keypad } from "./keys.js";
import type { Screen } from "./screen.js";
import type { Strings } from "./strings/strings.js";

/** A page that somebody else brings, by its name in the menu. */
export interface OwnPage {
  readonly name: string;
  page(): Page;
}

/** What a page sees of the device, and what it can set off. */
export interface Face {
  readonly clock: Clock;
  readonly keypad: Keypad;
  readonly strings: Strings;
  readonly view: PneView;
  readonly firmware: string;
  /** Lines for a page of their own, where the host counts something. */
  readonly diagnostics: ((strings: Strings) => readonly string[]) | undefined;
  readonly sounds: boolean;
  /** Where pairing leaves bonds. */
  readonly radio: Pick<PneRadio, "bonds" | "forget"> | undefined;
  readonly application: OwnPage | undefined;
  /** What is shown has changed. */
  changed(): void;
  /** Shows another page above this one. */
  open(page: Page): void;
  /** To the page beneath. */
  back(): void;
  /** To the first page; whatever was typed is wiped. */
  home(): void;
  /**
   * Gives the command that `make` makes. "Try again" makes it anew; undefined when there is nothing to try any more:
   * then the page beneath asks again.
   */
  want(make: () => PneCommand | undefined): void;
  /** The same once more. */
  again(): void;
}

/** One screen: what it shows, what each key does and where it leads. */
export interface Page {
  readonly id: string;
  /** Here a person types or chooses: what comes from outside waits, or asks with care. None is only read. */
  readonly holds?: "typing" | "choosing";
  /** It goes with the next one that comes. */
  readonly passing?: boolean;
  /** The device is doing something: nothing comes between. */
  readonly busy?: true;
  /** A question that cannot wait until something is read. */
  readonly urgent?: true;
  /** It makes sense in a network only. */
  readonly inNetwork?: true;
  /** Then it is over by itself. */
  readonly lasts?: Milliseconds;
  over?(face: Face): void;
  /** It gives way to what the person was about when it came. */
  readonly between?: boolean;
  /** True while it changes with the time, every second. */
  ticking?(now: Milliseconds): boolean;
  /** Looks for a gateway: what follows once one is there. */
  found?(face: Face): void;
  /** False while a password is in its buffer. */
  readonly wiped?: boolean;
  draw(face: Face): Screen;
  press(press: KeyPress, face: Face): void;
  /** What it has asked for has failed. */
  failed?(code: ErrorCode): void;
  /** Nobody has pressed a key for a minute: wipes what is secret. False when nothing was. */
  forget?(): boolean;
  /** Leaves the screen for good: wipes what was typed. */
  dispose?(): void;
}

/** A page of lines. */
export const page = (id: string, title: string, lines: readonly string[]): Screen => ({
  id,
  title,
  tone: "normal",
  lines,
  softKeys: [],
});

/** Labels for no (or back) and yes (or on): soft keys C and D, or the left and the middle of three buttons. */
export const noAndYes = ({ keypad }: Face, no: string, yes: string): readonly string[] =>
  keypad === "buttons" ? [no, yes, ""] : ["", "", no, yes];

/** What a press means on a page that is only read: on three buttons the left one leads back. */
export function readingAction(press: KeyPress): Action | undefined {
  if (press.kind === "button" && press.button === "left" && press.repeat !== true) return "back";
  return actionOf(press);
}
