import type { Clock } from "../base/ports.js";
import { Guard } from "../ui/guard.js";
import { answerOf, type KeyPress, type Keypad } from "../ui/keys.js";
import type { Screen } from "../ui/screen.js";
import type { Strings } from "../ui/strings/strings.js";
import type { Pairing } from "./radio.js";

interface Asked {
  readonly number: number;
  readonly answer: (same: boolean) => void;
}

/**
 * Asks the person whether device and gateway show the same six digits (numeric comparison of LE Secure Connections),
 * over whatever screen there is. Only an explicit yes is one; a link that ends takes its question away.
 */
export class PairingPrompt implements Pairing {
  /** Anybody near can ask, whatever the person is typing. */
  readonly #guard: Guard;
  #asked: Asked | undefined;
  #changed: () => void = () => {};

  constructor(clock: Pick<Clock, "now">) {
    this.#guard = new Guard(clock);
  }

  /** `changed` is called when there is a question, or none any more. */
  attach(changed: () => void): void {
    this.#changed = changed;
  }

  get asking(): boolean {
    return this.#asked !== undefined;
  }

  compare(number: number, answer: (same: boolean) => void): void {
    const before = this.#asked;
    this.#asked = { number, answer };
    this.#guard.raise();
    // May end the link, which takes the new question away as well.
    before?.answer(false);
    this.#changed();
  }

  over(): void {
    if (this.#asked === undefined) return;
    this.#asked = undefined;
    this.#changed();
  }

  /**
   * The person's answer: yes or no after a second without any key. Who goes on typing has not seen the question, and on
   * three buttons types with the keys that answer it.
   */
  press(press: KeyPress): void {
    const answer = answerOf(press);
    if (answer === undefined || !this.#guard.passes()) this.#guard.raise();
    else this.answer(answer === "yes");
  }

  answer(same: boolean): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    asked.answer(same);
    this.#changed();
  }

  screen(keypad: Keypad, { pairing, keys }: Strings): Screen {
    const digits = String(this.#asked?.number ?? 0).padStart(6, "0");
    return {
      id: "pairing",
      title: pairing.title,
      tone: "normal",
      lines: [pairing.question, `${digits.slice(0, 3)} ${digits.slice(3)}`, pairing.otherwise],
      // By it the keys are named.
      status: { keypad, enrolled: false, link: "open", waiting: 0 },
      softKeys: keypad === "buttons" ? [keys.no, "", keys.yes] : ["", "", keys.no, keys.yes],
    };
  }
}
