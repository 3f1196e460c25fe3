import type { KeyPress } from "../keys.js";
import { type Face, noAndYes, type Page, page, readingAction } from "../page.js";
import type { Screen } from "../screen.js";

/** What the device is doing, step by step. Only cancelling leads away before it is done. */
export class ProgressPage implements Page {
  readonly id = "progress";
  readonly passing = true;
  readonly busy = true;
  readonly #step: string;
  readonly #fraction: number | undefined;

  constructor(step: string, fraction: number | undefined) {
    this.#step = step;
    this.#fraction = fraction;
  }

  draw(face: Face): Screen {
    const { strings } = face;
    const steps: Readonly<Record<string, string>> = strings.progress;
    const deriving = this.#fraction !== undefined && this.#fraction < 1;
    const title = deriving ? strings.progress.derive : (steps[this.#step] ?? this.#step);
    return {
      ...page(this.id, title, []),
      progress: { label: strings.wait, ...(deriving && { fraction: this.#fraction ?? 0 }) },
      softKeys: noAndYes(face, strings.keys.cancel, ""),
    };
  }

  press(press: KeyPress, face: Face): void {
    if (readingAction(press) === "back") face.want(() => ({ kind: "cancel" }));
  }
}
