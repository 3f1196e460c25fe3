import type { Timer } from "../../../src/base/ports.js";
import {
  type Keypad,
  type KeypadState,
  type OnKey,
  ready,
  reasonOf,
  stopped,
  type Ticker,
} from "../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import { KeyScan, type ScanTiming, scanTiming } from "./keyScan.js";

/** One button that can be looked at. */
export interface Button {
  /** True while it is pressed. */
  pressed(): boolean;
  close(): void;
}

/** Opens a button; throws when its pin is taken or does not exist. */
export type ButtonSource = () => Button;

export interface ButtonsOptions {
  readonly left: ButtonSource;
  readonly middle: ButtonSource;
  readonly right: ButtonSource;
  readonly ticker: Ticker;
  readonly timing?: ScanTiming;
}

const names = Object.freeze(["left", "middle", "right"] as const);
/** Held, it deletes letter after letter. */
const leftOnly = 1;

/**
 * Three buttons below a display. They are looked at rather than heard: inputs 36 to 39 of an ESP32 see short pulses
 * while its radio runs (erratum 3.11), and a press must outlast the debounce time here anyway.
 */
export class ThreeButtons implements Keypad {
  readonly kind = "buttons";
  readonly #options: ButtonsOptions;
  readonly #scan: KeyScan;
  #buttons: Button[] = [];
  #state: KeypadState = stopped;
  #timer: Timer | undefined;
  #onKey: OnKey | undefined;
  #onState: ((state: KeypadState) => void) | undefined;

  constructor(options: ButtonsOptions) {
    this.#options = options;
    const timing = options.timing ?? scanTiming;
    this.#scan = new KeyScan({ timing, on: "up", repeats: leftOnly }, (key, long, repeat) => {
      const button = names[key];
      if (button === undefined) return;
      let press: KeyPress = { kind: "button", button };
      if (long) press = repeat ? { ...press, long, repeat } : { ...press, long };
      this.#onKey?.(press);
    });
  }

  get state(): KeypadState {
    return this.#state;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void): void {
    this.stop();
    this.#onKey = onKey;
    this.#onState = onState;
    try {
      for (const name of names) this.#buttons.push(this.#options[name]());
    } catch (error) {
      this.#close();
      this.#state = { is: "absent", why: reasonOf(error) };
      return;
    }
    this.#state = ready;
    const { ticker, timing } = this.#options;
    this.#timer = ticker.every((timing ?? scanTiming).period, () => this.#tick());
  }

  stop(): void {
    this.#close();
    this.#state = stopped;
  }

  #close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const button of this.#buttons) button.close();
    this.#buttons = [];
    this.#scan.reset();
  }

  #tick(): void {
    let levels = 0;
    try {
      for (let i = 0; i < this.#buttons.length; i++) if (this.#buttons[i]?.pressed()) levels |= 1 << i;
    } catch (error) {
      this.#close();
      this.#state = { is: "lost", why: reasonOf(error) };
      this.#onState?.(this.#state);
      return;
    }
    this.#scan.sample(levels);
  }
}

interface InputConstructor {
  readonly Input: number;
  new (options: { pin: number; mode: number }): { read(): number; close(): void };
}

/** A button of the board that pulls its pin low, by ECMA-419's `embedded:io/digital`; the board pulls it up. */
export const digitalButton =
  (io: InputConstructor, pin: number): ButtonSource =>
  () => {
    const input = new io({ pin, mode: io.Input });
    return { pressed: () => input.read() === 0, close: () => input.close() };
  };

type HostButton = new (options: { onPush(pressed: number | boolean): void }) => { close?(): void };

/** Looks for which a click on the simulator's button lasts, though it may come and go between two of them. */
const clickLasts = 4;

/** A button of the SDK's simulator (`Host.Button.a`), which tells and cannot be looked at. */
export const hostButton =
  (io: HostButton): ButtonSource =>
  () => {
    let down = false;
    let left = 0;
    const button = new io({
      onPush(pressed) {
        down = pressed === true || pressed === 1;
        if (down) left = clickLasts;
      },
    });
    return {
      pressed: () => {
        if (left > 0) left--;
        return down || left > 0;
      },
      close: () => button.close?.(),
    };
  };
