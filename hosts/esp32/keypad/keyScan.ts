import type { Milliseconds } from "../../../src/base/units.js";

export interface ScanTiming {
  /** Time from one sample to the next. */
  readonly period: Milliseconds;
  /** A contact counts when it has been the same for so long. */
  readonly debounce: Milliseconds;
  /** Held so long, a press is a long one. */
  readonly long: Milliseconds;
  /** Long presses of keys that repeat come again after this. */
  readonly repeat: Milliseconds;
}

export const scanTiming: ScanTiming = Object.freeze({
  period: 10 as Milliseconds,
  debounce: 30 as Milliseconds,
  long: 600 as Milliseconds,
  repeat: 150 as Milliseconds,
});

/** Up to 16 keys that are read, not heard: levels in, presses out. */
export interface ScanOptions {
  readonly timing?: ScanTiming;
  /** "down": a press counts at once, and a long one is told besides; "up": it is either short or long. */
  readonly on: "down" | "up";
  /** Keys that have a long press, one bit each; all, unless told. */
  readonly longs?: number;
  /** Keys whose long press repeats, one bit each. */
  readonly repeats?: number;
}

const maximumKeys = 16;
const most = 0xffff;

/** Debounces keys and tells short presses from long ones. Takes no memory after its construction. */
export class KeyScan {
  readonly #options: ScanOptions;
  readonly #press: (key: number, long: boolean, repeat: boolean) => void;
  /** Samples in a row that differ from what is accepted. */
  readonly #differs = new Uint8Array(maximumKeys);
  /** Samples for which the key has been down. */
  readonly #held = new Uint16Array(maximumKeys);
  readonly #debounce: number;
  readonly #long: number;
  readonly #repeat: number;
  #down = 0;

  constructor(options: ScanOptions, press: (key: number, long: boolean, repeat: boolean) => void) {
    const timing = options.timing ?? scanTiming;
    this.#options = options;
    this.#press = press;
    this.#debounce = Math.max(1, Math.round(timing.debounce / timing.period));
    this.#long = Math.round(timing.long / timing.period);
    this.#repeat = Math.max(1, Math.round(timing.repeat / timing.period));
  }

  /** Keys that are down, one bit each, bounces apart. */
  get down(): number {
    return this.#down;
  }

  /** One sample: bit n is set while key n closes its contact. */
  sample(levels: number): void {
    const changed = (levels ^ this.#down) & most;
    if (changed === 0 && this.#down === 0) {
      this.#differs.fill(0);
      return;
    }
    for (let key = 0; key < maximumKeys; key++) {
      const bit = 1 << key;
      if ((changed & bit) === 0) this.#differs[key] = 0;
      else this.#differ(key, bit);
      if ((this.#down & bit) !== 0) this.#hold(key, bit);
    }
  }

  /** Forgets what is held, as after a pause in which nobody looked. */
  reset(): void {
    this.#down = 0;
    this.#differs.fill(0);
    this.#held.fill(0);
  }

  #differ(key: number, bit: number): void {
    const differs = (this.#differs[key] as number) + 1;
    this.#differs[key] = differs;
    if (differs < this.#debounce) return;
    this.#differs[key] = 0;
    this.#down ^= bit;
    if ((this.#down & bit) !== 0) {
      this.#held[key] = 0;
      if (this.#options.on === "down") this.#press(key, false, false);
    } else if (this.#options.on === "up" && (this.#held[key] as number) < this.#long) {
      this.#press(key, false, false);
    }
  }

  #hold(key: number, bit: number): void {
    const held = (this.#held[key] as number) + 1;
    // A key that sticks stays at the end of the count, and is silent there.
    if (held > most) return;
    this.#held[key] = held;
    const after = held - this.#long;
    const { longs = most, repeats: repeating = 0 } = this.#options;
    if ((longs & bit) === 0) return;
    const repeats = (repeating & bit) !== 0;
    if (after === 0) this.#press(key, true, false);
    else if (repeats && after > 0 && after % this.#repeat === 0) this.#press(key, true, true);
  }
}
