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
import type { MatrixKey } from "../../../src/ui/keys.js";
import { believed, side } from "./ghosts.js";
import { KeyScan, type ScanTiming, scanTiming } from "./keyScan.js";

/** A pin of ECMA-419's `embedded:io/digital`. */
export interface DigitalPin {
  read(): number;
  write(value: 0 | 1): void;
  close(): void;
}

export interface DigitalConstructor {
  readonly InputPullUp: number;
  readonly OutputOpenDrain: number;
  /** Throws when the pin does not exist, is taken, or cannot do what `mode` asks. */
  new (options: { pin: number; mode: number; initialValue?: 0 | 1 }): DigitalPin;
}

/** In ECMA-419's manner: what drives it, and which pins. Rows from the top, columns from the left. */
export interface MatrixOptions {
  readonly io: DigitalConstructor;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly ticker: Ticker;
  readonly timing?: ScanTiming;
}

const keys = "123A456B789C*0#D";
/** A and B go on while they are held: up and down in menus. */
const repeats = (1 << keys.indexOf("A")) | (1 << keys.indexOf("B"));
/** C, D, * and # have no long press: what it would do to the screen that their press has opened is nobody's wish. */
const longs = [..."0123456789AB"].reduce((bits, key) => bits | (1 << keys.indexOf(key)), 0);
const everyRow = -1;

/**
 * A 4×4 keypad without diodes. Rows pull low by open drain, so that two keys of a column never short two outputs;
 * columns are pulled up. While nothing is pressed all rows are low at once, and a sample is four reads.
 */
export class MatrixKeypad implements Keypad {
  readonly kind = "matrix";
  readonly #options: MatrixOptions;
  readonly #scan: KeyScan;
  #rows: DigitalPin[] = [];
  #columns: DigitalPin[] = [];
  #state: KeypadState = stopped;
  #timer: Timer | undefined;
  #onKey: OnKey | undefined;
  #onState: ((state: KeypadState) => void) | undefined;

  constructor(options: MatrixOptions) {
    this.#options = options;
    const timing = options.timing ?? scanTiming;
    this.#scan = new KeyScan({ timing, on: "down", longs, repeats }, (key, long) => this.#press(key, long));
  }

  get state(): KeypadState {
    return this.#state;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void): void {
    this.stop();
    this.#onKey = onKey;
    this.#onState = onState;
    const { rows, columns, ticker } = this.#options;
    try {
      if (rows.length !== side || columns.length !== side) throw new Error("needs 4 rows and 4 columns");
      const { io } = this.#options;
      for (const pin of rows) this.#rows.push(new io({ pin, mode: io.OutputOpenDrain, initialValue: 0 }));
      for (const pin of columns) this.#columns.push(new io({ pin, mode: io.InputPullUp }));
    } catch (error) {
      this.#close();
      this.#state = { is: "absent", why: reasonOf(error) };
      return;
    }
    this.#state = ready;
    const period = (this.#options.timing ?? scanTiming).period;
    this.#timer = ticker.every(period, () => this.#tick());
  }

  stop(): void {
    this.#close();
    this.#state = stopped;
  }

  #close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const pin of this.#rows) pin.close();
    for (const pin of this.#columns) pin.close();
    this.#rows = [];
    this.#columns = [];
    this.#scan.reset();
  }

  #tick(): void {
    let levels: number;
    try {
      levels = this.#readColumns() === 0 && this.#scan.down === 0 ? 0 : this.#readRows();
    } catch (error) {
      this.#close();
      this.#state = { is: "lost", why: reasonOf(error) };
      this.#onState?.(this.#state);
      return;
    }
    this.#scan.sample(believed(levels, this.#scan.down));
  }

  #press(key: number, long: boolean): void {
    const name = keys.charAt(key) as MatrixKey;
    this.#onKey?.(long ? { kind: "matrix", key: name, long } : { kind: "matrix", key: name });
  }

  /** Keys that close a column, one bit each; all rows are low between the samples. */
  #readColumns(): number {
    let closed = 0;
    for (let column = 0; column < side; column++) {
      if (this.#columns[column]?.read() === 0) closed |= 1 << column;
    }
    return closed;
  }

  #readRows(): number {
    let levels = 0;
    for (let row = 0; row < side; row++) {
      this.#pull(row);
      levels |= this.#readColumns() << (side * row);
    }
    this.#pull(everyRow);
    return levels;
  }

  /** One row low and the others let go; or all low. */
  #pull(only: number): void {
    for (let row = 0; row < side; row++) {
      this.#rows[row]?.write(only === everyRow || only === row ? 0 : 1);
    }
  }
}
