import type { ErrorCode } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";
import { wipe } from "../../base/octets.js";
import { Entry } from "../entry.js";
import type { KeyPress } from "../keys.js";
import { type Face, type Page, page } from "../page.js";
import type { Screen } from "../screen.js";
import { errorText } from "../strings/strings.js";

/** A field to type into. What is wrong with it stands above it; what was typed stays until the page is left for good. */
export abstract class EntryPage implements Page {
  abstract readonly id: string;
  readonly holds = "typing";
  readonly entry: Entry;
  #problem: ErrorCode | undefined;

  protected constructor(
    face: Face,
    options: { readonly maximum: number; readonly masked?: boolean; readonly text?: string },
  ) {
    const { clock } = face;
    const { maximum, masked = false, text } = options;
    this.entry = new Entry({ clock, maximum, masked, changed: () => face.changed() });
    if (text !== undefined) this.entry.fill(text);
  }

  protected abstract title(face: Face): string;
  protected abstract label(face: Face): string;
  /** What stands above the field. */
  protected help(_face: Face): readonly string[] {
    return [];
  }
  /** The person is done; `typed` is wiped afterwards. Throws CpnsError for what is wrong with it. */
  protected abstract done(typed: Uint8Array, face: Face): void;

  draw(face: Face): Screen {
    const problem = this.#problem && errorText(face.strings, this.#problem);
    // Beside a keyboard on the display there is room for one line.
    const wrong = problem && (face.keypad === "touch" ? problem.what : `${problem.what} ${problem.next}`);
    const said = wrong ?? this.entry.full(face);
    return {
      ...page(this.id, this.title(face), said === undefined ? this.help(face) : [said]),
      tone: problem === undefined ? "normal" : "error",
      field: { label: this.label(face), ...this.entry.field(face) },
      hint: face.strings.hints[face.keypad],
      softKeys: this.entry.softKeys(face),
    };
  }

  press(press: KeyPress, face: Face): void {
    const end = this.entry.press(press, face.keypad);
    if (end === "done") this.submit(face);
    else if (end === "back") face.back();
    else {
      this.#problem = undefined;
      face.changed();
    }
  }

  protected submit(face: Face): void {
    const typed = this.entry.buffer.copy();
    this.#problem = undefined;
    try {
      this.done(typed, face);
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      this.#problem = error.code;
      face.changed();
    } finally {
      wipe(typed);
    }
  }

  dispose(): void {
    this.entry.dispose();
  }
}
