import type { ErrorCode } from "../../base/errorCodes.js";
import type { KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";
import { errorText } from "../strings/strings.js";

/**
 * What went wrong, and what to do about it. "Try again" does the same thing again; after a wrong password that is the
 * page on which it was typed, as it was typed.
 */
export class ErrorPage implements Page {
  readonly id = "error";
  readonly passing = true;
  readonly #code: ErrorCode;
  /** There is something to do again. */
  readonly #retry: boolean;
  readonly #until: number;

  /** `until`: no other try before. */
  constructor(code: ErrorCode, retry: boolean, until = 0) {
    this.#code = code;
    this.#retry = retry;
    this.#until = until;
  }

  ticking(now: number): boolean {
    return this.#until > now;
  }

  draw(face: Face): Screen {
    const { strings, clock } = face;
    const text = errorText(strings, this.#code);
    const left = Math.ceil((this.#until - clock.now()) / 1000);
    const { keys } = strings;
    return {
      ...page(this.id, text.title, [
        text.what,
        left > 0 ? strings.retryIn.replace("%", `${left}`) : text.next,
      ]),
      tone: "error",
      softKeys: this.#retry
        ? noAndYes(face, keys.back, left > 0 ? "" : keys.retry)
        : noAndYes(face, "", keys.ok),
    };
  }

  press(press: KeyPress, face: Face): void {
    const action = readingAction(press);
    if (action === "back") face.back();
    else if (action === "select" && !this.ticking(face.clock.now())) {
      if (this.#retry && this.#code !== "result.refused") face.again();
      else face.back();
    }
  }
}
