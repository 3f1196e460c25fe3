import type { Ticker } from "../../../src/device/keypad/keypad.js";
import type { MatrixKey } from "../../../src/ui/keys.js";
import { believed, side } from "./ghosts.js";
import type { ScanTiming } from "./keyScan.js";
import { type Opened, type ReadLevels, ScannedKeypad } from "./scannedKeypad.js";

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
export class MatrixKeypad extends ScannedKeypad {
  constructor(options: MatrixOptions) {
    super({
      ...options,
      kind: "matrix",
      on: "down",
      longs,
      repeats,
      open: (opened) => levelsOf(options, opened),
      pressOf(at, long) {
        const key = keys.charAt(at) as MatrixKey;
        return long ? { kind: "matrix", key, long } : { kind: "matrix", key };
      },
    });
  }
}

function levelsOf({ io, rows, columns }: MatrixOptions, opened: Opened[]): ReadLevels {
  if (rows.length !== side || columns.length !== side) throw new Error("needs 4 rows and 4 columns");
  const openedAs = (mode: number, initialValue?: 0) => (pin: number) => {
    const one = new io(initialValue === undefined ? { pin, mode } : { pin, mode, initialValue });
    opened.push(one);
    return one;
  };
  const outputs = rows.map(openedAs(io.OutputOpenDrain, 0));
  const inputs = columns.map(openedAs(io.InputPullUp));

  /** Keys that close a column, one bit each; all rows are low between the samples. */
  const readColumns = (): number => {
    let closed = 0;
    for (let column = 0; column < side; column++) if (inputs[column]?.read() === 0) closed |= 1 << column;
    return closed;
  };

  /** One row low and the others let go; or all low. */
  const pull = (only: number): void => {
    for (let row = 0; row < side; row++) outputs[row]?.write(only === everyRow || only === row ? 0 : 1);
  };

  return (down) => {
    let levels = 0;
    if (readColumns() !== 0 || down !== 0) {
      for (let row = 0; row < side; row++) {
        pull(row);
        levels |= readColumns() << (side * row);
      }
      pull(everyRow);
    }
    return believed(levels, down);
  };
}
