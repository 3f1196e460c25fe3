import type { ButtonSource } from "../../../../hosts/esp32/keypad/buttons.js";
import type { I2CConstructor } from "../../../../hosts/esp32/keypad/i2cKeyboard.js";
import type { DigitalConstructor } from "../../../../hosts/esp32/keypad/matrix.js";
import type { Milliseconds } from "../../../../src/base/units.js";
import type { KeypadState, Ticker } from "../../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../../src/ui/keys.js";

/** Ticks by hand. Like the SDK's timers: one that is cancelled never fires again, even from another's work. */
export class ManualTicker implements Ticker {
  readonly #jobs = new Set<{ readonly period: number; readonly work: () => void; left: number }>();

  get running(): number {
    return this.#jobs.size;
  }

  every(period: Milliseconds, work: () => void): { cancel(): void } {
    const job = { period, work, left: period as number };
    this.#jobs.add(job);
    return { cancel: () => this.#jobs.delete(job) };
  }

  /** Passes time in steps of a millisecond. */
  pass(milliseconds: number): void {
    for (let i = 0; i < milliseconds; i++) {
      for (const job of [...this.#jobs]) {
        if (!this.#jobs.has(job) || --job.left > 0) continue;
        job.left = job.period;
        job.work();
      }
    }
  }
}

/** A 4×4 keypad without diodes on pins of an ESP32: current flows through every closed contact, both ways. */
export class MatrixBoard {
  readonly rows = [0, 1, 2, 3];
  readonly columns = [4, 5, 6, 7];
  readonly opened = new Set<number>();
  readonly low = new Set<number>();
  readonly #closed = new Set<string>();
  reads = 0;
  broken = false;
  /** Bounces: a contact reads open this many times more. */
  bounce = 0;

  key(name: string, down: boolean): void {
    const at = "123A456B789C*0#D".indexOf(name);
    const contact = `${at >> 2} ${4 + (at & 3)}`;
    if (down) this.#closed.add(contact);
    else this.#closed.delete(contact);
  }

  /** Whether a column is pulled low, through however many contacts. */
  level(pin: number): 0 | 1 {
    this.reads++;
    if (this.broken) throw new Error("can't read output");
    if (this.bounce > 0) {
      this.bounce--;
      return 1;
    }
    const seen = new Set<number>();
    const reaches = (node: number): boolean => {
      if (this.low.has(node)) return true;
      seen.add(node);
      for (const contact of this.#closed) {
        const [row, column] = contact.split(" ").map(Number) as [number, number];
        const next = node === row ? column : node === column ? row : undefined;
        if (next !== undefined && !seen.has(next) && reaches(next)) return true;
      }
      return false;
    };
    return reaches(pin) ? 0 : 1;
  }

  get io(): DigitalConstructor {
    const board = this;
    return class {
      static readonly InputPullUp = 1;
      static readonly OutputOpenDrain = 9;
      readonly #pin: number;
      readonly #output: boolean;

      constructor(options: { pin: number; mode: number; initialValue?: 0 | 1 }) {
        const { pin, mode } = options;
        if (!(pin >= 0 && pin < 40)) throw new Error("invalid pin");
        if (board.opened.has(pin)) throw new Error("in use");
        if (mode === 9 && pin >= 34) throw new RangeError("input only");
        board.opened.add(pin);
        this.#pin = pin;
        this.#output = mode === 9;
        if (this.#output && options.initialValue === 0) board.low.add(pin);
      }

      read(): number {
        if (this.#output) throw new Error("can't read output");
        return board.level(this.#pin);
      }

      write(value: 0 | 1): void {
        if (!this.#output) throw new Error("can't write input");
        if (value === 0) board.low.add(this.#pin);
        else board.low.delete(this.#pin);
      }

      close(): void {
        board.opened.delete(this.#pin);
        board.low.delete(this.#pin);
      }
    };
  }
}

/** A keyboard on I2C: it throws as the SDK's module does when nobody acknowledges. */
export class I2CBoard {
  plugged = true;
  open = 0;
  opens = 0;
  readonly codes: number[] = [];
  /** What the constructor throws, if anything. */
  refuses: string | undefined;

  get io(): I2CConstructor {
    const board = this;
    return class {
      constructor(options: { address: number; hz: number }) {
        board.opens++;
        if (board.refuses !== undefined) throw new RangeError(board.refuses);
        if (board.open > 0) throw new RangeError("duplicate address");
        if (options.address > 127) throw new RangeError("invalid address");
        if (!(options.hz > 0)) throw new RangeError("invalid hz");
        board.open++;
      }

      read(into: Uint8Array): number {
        if (!board.plugged) throw new Error("read failed");
        into[0] = board.codes.shift() ?? 0;
        return into.length;
      }

      close(): void {
        board.open--;
      }
    };
  }
}

export interface FakeButton {
  down: boolean;
  closed: number;
  fails: boolean;
}

export const fakeButton = (): FakeButton => ({ down: false, closed: 0, fails: false });

export const sourceOf =
  (button: FakeButton): ButtonSource =>
  () => ({
    pressed() {
      if (button.fails) throw new Error("can't read output");
      return button.down;
    },
    close() {
      button.closed++;
    },
  });

function word(press: KeyPress): string {
  if (press.kind === "named") return press.key;
  if (press.kind === "character") return `'${String.fromCharCode(press.code)}`;
  return `${press.kind === "matrix" ? press.key : press.button}${press.long === true ? "+" : ""}`;
}

/** Presses as short words: "5", "A+" held, "enter", "left+", "'a". */
export const words = (presses: readonly KeyPress[]): string => presses.map(word).join(" ");

export const states = (list: readonly KeypadState[]): string => list.map(({ is }) => is).join(" ");
