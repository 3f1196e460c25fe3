import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { KeyPress, Keypad } from "./keys.js";
import { MultiTap, multiTapTimeout } from "./multiTap.js";
import { Picker } from "./picker.js";
import type { Screen } from "./screen.js";
import type { Strings } from "./strings/strings.js";
import { TextBuffer } from "./textBuffer.js";

/** How long the last letter of a password is shown. */
const peekTime = Milliseconds(800);
const mask = "*";

export type EntryEnd = "done" | "back";

export interface EntryOptions {
  readonly clock: Clock;
  readonly keypad: Keypad;
  readonly strings: Strings;
  readonly label: string;
  readonly maximum: number;
  readonly masked: boolean;
  changed(): void;
}

/** One text field with its keypad: presses become octets in a buffer that is wiped. */
export class Entry {
  readonly #options: EntryOptions;
  readonly #buffer: TextBuffer;
  readonly #tap = new MultiTap();
  readonly #picker = new Picker();
  #revealed = false;
  #peek = false;
  #full = false;
  #timer: Timer | undefined;

  constructor(options: EntryOptions) {
    this.#options = options;
    this.#buffer = new TextBuffer(options.maximum);
  }

  get buffer(): TextBuffer {
    return this.#buffer;
  }

  /** Takes a press; "done" or "back" when the person is finished with the field. */
  press(press: KeyPress): EntryEnd | undefined {
    this.#full = false;
    const end = this.#press(press);
    this.#options.changed();
    return end;
  }

  #press(press: KeyPress): EntryEnd | undefined {
    switch (press.kind) {
      case "matrix":
        return this.#matrix(press);
      case "character":
        if (press.code >= 0x20 && press.code <= 0x7e) this.#insert(press.code);
        return undefined;
      case "named":
        return this.#named(press.key);
      case "button":
        return this.#button(press);
    }
  }

  #matrix(press: KeyPress & { kind: "matrix" }): EntryEnd | undefined {
    switch (press.key) {
      case "A":
        this.#delete(press.long === true);
        return undefined;
      case "B":
        if (press.long === true) return undefined;
        if (this.#options.masked) this.#revealed = !this.#revealed;
        else this.#tap.nextMode();
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
    if (key === "tab" && this.#options.masked) this.#revealed = !this.#revealed;
    return undefined;
  }

  #button(press: KeyPress & { kind: "button" }): EntryEnd | undefined {
    const long = press.long === true;
    if (press.button === "middle") {
      if (long) return "done";
      this.#insert(this.#picker.code);
    } else if (press.button === "left") {
      if (!long) this.#picker.move(-1);
      else if (this.#buffer.length === 0) return press.repeat === true ? undefined : "back";
      else this.#delete(false);
    } else if (long) this.#picker.nextStrip();
    else this.#picker.move(1);
    return undefined;
  }

  #insert(code: number): void {
    this.#full = !this.#buffer.insert(code);
    this.#show();
  }

  #replace(code: number): void {
    this.#buffer.replaceLast(code);
    this.#show();
  }

  #delete(all: boolean): void {
    this.#tap.commit();
    if (all) this.#buffer.clear();
    else this.#buffer.deleteLast();
    this.#hide();
  }

  /** Shows the last letter for a moment, and lets it stand after the multi-tap time. */
  #show(): void {
    this.#peek = true;
    this.#timer?.cancel();
    const time = Math.max(peekTime, multiTapTimeout);
    this.#timer = this.#options.clock.after(Milliseconds(time), () => {
      this.#tap.commit();
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
  field(): NonNullable<Screen["field"]> {
    const { keypad, label } = this.#options;
    const field = { label, text: this.#shown(), masked: this.#options.masked && !this.#revealed };
    if (keypad === "matrix") return { ...field, mode: this.#tap.mode };
    return keypad === "buttons" ? { ...field, picker: this.#picker.window(15) } : field;
  }

  hint(): string {
    const { strings, keypad, maximum } = this.#options;
    if (this.#full) return strings.hints.full.replace("%", `${maximum}`);
    return strings.hints[keypad];
  }

  softKeys(): Screen["softKeys"] {
    const { strings, keypad, masked } = this.#options;
    const { keys } = strings;
    if (keypad === "buttons") return [keys.previous, keys.pick, keys.next];
    const second = masked ? (this.#revealed ? keys.hide : keys.show) : keypad === "matrix" ? keys.case : "";
    // A keyboard on the display has its own key to delete with.
    return [keypad === "touch" ? "" : keys.delete, second, keys.back, keys.ok];
  }

  /** Wipes what was typed. */
  dispose(): void {
    this.#hide();
    this.#buffer.clear();
  }
}
