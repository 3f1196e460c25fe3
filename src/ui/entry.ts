import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { KeyPress, Keypad } from "./keys.js";
import { MultiTap, multiTapTimeout } from "./multiTap.js";
import type { Face } from "./page.js";
import { type Control, type Group, more, Picker } from "./picker.js";
import type { Screen } from "./screen.js";
import { TextBuffer } from "./textBuffer.js";

/** How long the last letter of a password is shown. */
const peekTime = Milliseconds(800);
const mask = "*";

/** True when every letter of it can be typed on a device. */
export const isTypeable = (text: string): boolean => /^[ -~]*$/.test(text);

export type EntryEnd = "done" | "back";

export interface EntryOptions {
  readonly clock: Clock;
  readonly maximum: number;
  readonly masked: boolean;
  changed(): void;
}

/** One text field, on whatever keypad: presses become octets in a buffer that is wiped. */
export class Entry {
  readonly #options: EntryOptions;
  readonly #buffer: TextBuffer;
  /** Made when its keypad is used: a device has one of them. */
  #lastTap: MultiTap | undefined;
  #groups: Picker | undefined;
  #revealed = false;
  #peek = false;
  #full = false;
  /** What stands there is replaced by the first letter, unless somebody looks at it or deletes from it first. */
  #offered = false;
  #timer: Timer | undefined;

  constructor(options: EntryOptions) {
    this.#options = options;
    this.#buffer = new TextBuffer(options.maximum);
  }

  get #tap(): MultiTap {
    this.#lastTap ??= new MultiTap();
    return this.#lastTap;
  }

  get #picker(): Picker {
    this.#groups ??= new Picker();
    return this.#groups;
  }

  get buffer(): TextBuffer {
    return this.#buffer;
  }

  /** Begins with a text, if it can be typed here. */
  fill(text: string): void {
    for (let i = 0; isTypeable(text) && i < text.length; i++) this.#buffer.insert(text.charCodeAt(i));
  }

  /** Takes a press; "done" or "back" when the person is finished with the field. */
  press(press: KeyPress, keypad: Keypad): EntryEnd | undefined {
    this.#full = false;
    switch (press.kind) {
      case "matrix":
        return this.#matrix(press, keypad);
      case "character":
        if (press.code >= 0x20 && press.code <= 0x7e) this.#insert(press.code);
        return undefined;
      case "named":
        return this.#named(press.key);
      case "button":
        return this.#button(press);
    }
  }

  #matrix(press: KeyPress & { kind: "matrix" }, keypad: Keypad): EntryEnd | undefined {
    switch (press.key) {
      case "A":
        this.#delete(press.long === true);
        return undefined;
      case "B":
        if (press.long === true) return undefined;
        if (this.#options.masked) this.#reveal();
        else if (keypad === "matrix") this.#tap.nextMode();
        return undefined;
      case "C":
        return "back";
      case "D":
        return "done";
      case "#":
        this.#tap.nextMode();
        return undefined;
      default: {
        const now = this.#options.clock.now();
        const tap = press.long === true ? this.#tap.hold(press.key, now) : this.#tap.press(press.key, now);
        if (tap?.replace === true) this.#replace(tap.code);
        else if (tap !== undefined) this.#insert(tap.code);
        return undefined;
      }
    }
  }

  #named(key: (KeyPress & { kind: "named" })["key"]): EntryEnd | undefined {
    if (key === "enter") return "done";
    if (key === "escape") return "back";
    if (key === "backspace") this.#delete(false);
    if (key === "tab" && this.#options.masked) this.#reveal();
    return undefined;
  }

  #button(press: KeyPress & { kind: "button" }): EntryEnd | undefined {
    if (press.long !== true) return this.#pick(["left", "middle", "right"].indexOf(press.button));
    if (press.button === "middle") return "done";
    if (press.button === "right") {
      if (press.repeat !== true) this.#picker.nextSet();
    } else if (press.repeat === true) this.#delete(false);
    else if (!this.#picker.back()) {
      if (this.#buffer.length === 0) return "back";
      this.#delete(false);
    }
    return undefined;
  }

  #pick(at: number): EntryEnd | undefined {
    const picked = this.#picker.choose(at);
    if (picked === undefined) return undefined;
    if ("code" in picked) this.#insert(picked.code);
    else if (picked.does === "done") return "done";
    else if (picked.does === "delete") {
      if (this.#buffer.length === 0) return "back";
      this.#delete(false);
    } else if (picked.does === "show" && this.#options.masked) this.#reveal();
    return undefined;
  }

  /** It was not right: who types begins anew, who looks or deletes mends it. */
  offer(): void {
    this.#offered = this.#buffer.length > 0;
  }

  #reveal(): void {
    this.#offered = false;
    this.#revealed = !this.#revealed;
  }

  #insert(code: number): void {
    if (this.#offered) this.#buffer.clear();
    this.#offered = false;
    this.#full = !this.#buffer.insert(code);
    // What was refused must not be taken for the last letter, which the next tap would change.
    if (this.#full) this.#lastTap?.commit();
    this.#show();
  }

  #replace(code: number): void {
    this.#buffer.replaceLast(code);
    this.#show();
  }

  #delete(all: boolean): void {
    this.#lastTap?.commit();
    this.#offered = false;
    if (all) this.#buffer.clear();
    else this.#buffer.deleteLast();
    this.#hide();
  }

  /** Shows the last letter for a moment, and lets it stand after the multi-tap time. */
  #show(): void {
    this.#peek = true;
    this.#timer?.cancel();
    // What stands open anyway, and what no tap changes, stays as it is drawn.
    if (!this.#options.masked && this.#lastTap === undefined) return;
    const time = Math.max(peekTime, multiTapTimeout);
    this.#timer = this.#options.clock.after(Milliseconds(time), () => {
      this.#lastTap?.commit();
      this.#hide();
      this.#options.changed();
    });
  }

  #hide(): void {
    this.#peek = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #shown(): string {
    let text = "";
    const { length } = this.#buffer;
    for (let i = 0; i < length; i++) {
      const open = !this.#options.masked || this.#revealed || (this.#peek && i === length - 1);
      text += open ? String.fromCharCode(this.#buffer.at(i)) : mask;
    }
    return text;
  }

  /** The field as data for the screen. */
  field({ keypad, strings }: Face): Omit<NonNullable<Screen["field"]>, "label"> {
    const field = { text: this.#shown(), masked: this.#options.masked && !this.#revealed };
    if (keypad === "matrix") return { ...field, mode: this.#tap.mode };
    if (keypad !== "buttons") return field;
    return { ...field, groups: this.#picker.groups.map((group) => this.#lettersOf(group, strings)) };
  }

  /** Three letters and a gap, so that a group is taken in at a glance. */
  #lettersOf(group: Group, strings: Face["strings"]): string {
    if (group === undefined) return "";
    if ("does" in group) return this.#controlName(group.does, strings);
    let text = "";
    for (let i = 0; i < group.letters.length; i++) {
      text += i > 0 && i % 3 === 0 ? ` ${group.letters.charAt(i)}` : group.letters.charAt(i);
    }
    return text;
  }

  #controlName(does: Control | "more", { keys, controls }: Face["strings"]): string {
    if (does === "delete" && this.#buffer.length === 0) return keys.back;
    if (does !== "show") return controls[does];
    return this.#options.masked ? (this.#revealed ? keys.hide : keys.show) : "";
  }

  /** Said when the last key was refused. */
  full({ strings }: Face): string | undefined {
    return this.#full ? strings.hints.full.replace("%", `${this.#options.maximum}`) : undefined;
  }

  softKeys({ strings, keypad }: Face): Screen["softKeys"] {
    const { keys } = strings;
    if (keypad === "buttons") return this.#picker.groups.map((group) => this.#short(group, strings));
    const { masked } = this.#options;
    const second = masked ? (this.#revealed ? keys.hide : keys.show) : keypad === "matrix" ? keys.case : "";
    // A keyboard on the display has its own key to delete with.
    return [keypad === "touch" ? "" : keys.delete, second, keys.back, keys.ok];
  }

  /** "a-i", or the letter itself. */
  #short(group: Group, strings: Face["strings"]): string {
    if (group === undefined) return "";
    if ("does" in group) return this.#controlName(group.does, strings);
    const { letters } = group;
    const last = letters.endsWith(more) ? letters.length - 2 : letters.length - 1;
    return last === 0 ? letters : `${letters.charAt(0)}..${letters.charAt(last)}`;
  }

  /** True when anything was typed, which is gone now. */
  forget(): boolean {
    const any = this.#buffer.length > 0;
    this.dispose();
    return any;
  }

  /** What was shown of a masked text is masked again. */
  cover(): void {
    this.#revealed = false;
    this.#hide();
    this.#lastTap?.commit();
  }

  /** Wipes what was typed. */
  dispose(): void {
    this.cover();
    this.#buffer.clear();
  }
}
