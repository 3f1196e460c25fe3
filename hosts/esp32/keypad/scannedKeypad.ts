import type { Timer } from "../../../src/base/ports.js";
import {
  type Keypad,
  type KeypadKind,
  type KeypadState,
  type OnKey,
  ready,
  reasonOf,
  stopped,
  type Ticker,
} from "../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import { KeyScan, type ScanOptions, scanTiming } from "./keyScan.js";

/** One that has been opened: a pin, a button. */
export interface Opened {
  close(): void;
}

/** The levels of keys, bit n while key n closes its contact; `down` are those that are, bounces apart. */
export type ReadLevels = (down: number) => number;

export interface ScannedOptions extends ScanOptions {
  readonly kind: KeypadKind;
  readonly ticker: Ticker;
  /** Opens what is looked at, and adds each to `opened`. Throws when one is taken or does not exist. */
  open(opened: Opened[]): ReadLevels;
  pressOf(key: number, long: boolean, repeat: boolean): KeyPress | undefined;
}

/** A keypad whose keys are looked at again and again while it runs. One that cannot be read any more is closed. */
export class ScannedKeypad implements Keypad {
  readonly kind: KeypadKind;
  readonly #options: ScannedOptions;
  readonly #scan: KeyScan;
  readonly #opened: Opened[] = [];
  #state: KeypadState = stopped;
  #timer: Timer | undefined;
  #onKey: OnKey | undefined;

  constructor(options: ScannedOptions) {
    this.kind = options.kind;
    this.#options = options;
    this.#scan = new KeyScan(options, (key, long, repeat) => {
      const press = options.pressOf(key, long, repeat);
      if (press !== undefined) this.#onKey?.(press);
    });
  }

  get state(): KeypadState {
    return this.#state;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void): void {
    this.stop();
    this.#onKey = onKey;
    let read: ReadLevels;
    try {
      read = this.#options.open(this.#opened);
    } catch (error) {
      this.#end({ is: "absent", why: reasonOf(error) });
      return;
    }
    this.#state = ready;
    this.#timer = this.#options.ticker.every((this.#options.timing ?? scanTiming).period, () => {
      let levels: number;
      try {
        levels = read(this.#scan.down);
      } catch (error) {
        this.#end({ is: "lost", why: reasonOf(error) });
        onState?.(this.#state);
        return;
      }
      this.#scan.sample(levels);
    });
  }

  stop(): void {
    this.#end(stopped);
  }

  #end(state: KeypadState): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#opened.forEach((one) => {
      one.close();
    });
    this.#opened.length = 0;
    this.#scan.reset();
    this.#state = state;
  }
}
