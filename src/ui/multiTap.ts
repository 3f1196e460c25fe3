import type { Milliseconds } from "../base/units.js";
import type { MatrixKey } from "./keys.js";

/** Presses of the same key within this time cycle through its characters. */
export const multiTapTimeout = 1_000 as Milliseconds;

export type CaseMode = "abc" | "Abc" | "ABC" | "123";
const modes: readonly CaseMode[] = Object.freeze(["abc", "Abc", "ABC", "123"]);

const characters: Readonly<Partial<Record<MatrixKey, string>>> = Object.freeze({
  1: ".,-_@!?/:1",
  2: "abc2",
  3: "def3",
  4: "ghi4",
  5: "jkl5",
  6: "mno6",
  7: "pqrs7",
  8: "tuv8",
  9: "wxyz9",
  0: " 0",
  "*": "*+#=%&$'\"()<>;[]{}|\\^~`",
});

/** What a press of a character key does to the text. */
export interface Tap {
  readonly replace: boolean;
  readonly code: number;
}

/** Multi-tap on a 4×4 keypad: repeated presses cycle, `#` changes case, 123 types digits at once. */
export class MultiTap {
  #mode: CaseMode = "abc";
  #last: MatrixKey | undefined;
  #index = 0;
  #at = 0;

  get mode(): CaseMode {
    return this.#mode;
  }

  nextMode(): void {
    this.commit();
    this.#mode = modes[(modes.indexOf(this.#mode) + 1) % modes.length] as CaseMode;
  }

  /** The last character stands: the next press of its key begins another one. */
  commit(): void {
    if (this.#last !== undefined && this.#mode === "Abc") this.#mode = "abc";
    this.#last = undefined;
  }

  /** A key that is held types its digit, in place of the letter that its press has typed. */
  hold(key: MatrixKey, now: Milliseconds): Tap | undefined {
    if (!/[0-9]/.test(key)) return undefined;
    const replace = key === this.#last && now - this.#at < multiTapTimeout;
    this.commit();
    return { replace, code: key.charCodeAt(0) };
  }

  press(key: MatrixKey, now: Milliseconds): Tap | undefined {
    const choices = characters[key];
    if (choices === undefined) return undefined;
    const again = this.#mode !== "123" && key === this.#last && now - this.#at < multiTapTimeout;
    if (!again) this.commit();
    this.#index = again ? (this.#index + 1) % choices.length : 0;
    this.#last = key;
    this.#at = now;
    const code = this.#mode === "123" ? key.charCodeAt(0) : choices.charCodeAt(this.#index);
    const upper = this.#mode !== "abc" && code >= 0x61 && code <= 0x7a;
    return { replace: again, code: upper ? code - 0x20 : code };
  }
}
