import { Milliseconds } from "../../src/base/units.js";
import type { PneCommand, PneNotice, PneView } from "../../src/pne/ports.js";
import type { KeyPress, Keypad, MatrixKey } from "../../src/ui/keys.js";
import type { OwnPage } from "../../src/ui/page.js";
import type { Screen } from "../../src/ui/screen.js";
import type { Strings } from "../../src/ui/strings/strings.js";
import { Ui } from "../../src/ui/ui.js";
import { ManualClock } from "./manualClock.js";

export const emptyView: PneView = Object.freeze({ keys: "empty", connected: false, failures: 0 });
/** A gateway is there, so that an enrolment begins with the User ID. */
export const nearView: PneView = Object.freeze({ ...emptyView, connected: true });
export const enrolledView: PneView = Object.freeze({
  keys: "enrolled",
  connected: false,
  failures: 0,
  userID: "alice",
  entityID: "00112233445566778899aabbccddeeff",
  euKeyID: "0102030405060708",
});
export const joinedView: PneView = Object.freeze({
  ...enrolledView,
  connected: true,
  pn: {
    id: "ffeeddccbbaa99887766554433221100",
    members: [{ id: "00112233445566778899aabbccddeeff", name: "Kitchen" }, { id: "aa" }],
    started: false,
    secure: true,
    away: false,
  },
});

/** A Ui with its commands and screens recorded. */
export class UiBench {
  readonly clock = new ManualClock();
  readonly commands: PneCommand[] = [];
  readonly screens: Screen[] = [];
  readonly ui: Ui;
  readonly #language: string | undefined;

  constructor(
    keypad: Keypad = "matrix",
    view: PneView = nearView,
    more: {
      readonly lines?: readonly string[];
      readonly diagnostics?: (strings: Strings) => readonly string[];
      readonly sounds?: boolean;
      readonly radio?: { bonds(): number };
      readonly application?: OwnPage;
      readonly language?: string;
    } = {},
  ) {
    const { lines, language, ...ports } = more;
    this.#language = language;
    this.ui = new Ui({
      clock: this.clock,
      keypad,
      firmware: "1.2.3",
      ...(lines && { diagnostics: () => lines }),
      ...ports,
      show: (screen) => this.screens.push(screen),
      command: (command) => this.commands.push(command),
    });
    this.notify({ kind: "state", view });
  }

  get screen(): Screen {
    return this.ui.screen;
  }

  notify(notice: PneNotice): this {
    const language = this.#language;
    const speaks = notice.kind === "state" && language !== undefined;
    this.ui.notify(speaks ? { kind: "state", view: { ...notice.view, language } } : notice);
    return this;
  }

  press(...keys: readonly KeyPress[]): this {
    for (const key of keys) this.ui.press(key);
    return this;
  }

  /** Time passes. */
  after(seconds: number): this {
    this.clock.advance(Milliseconds(1_000 * seconds));
    return this;
  }

  /** Keys of the matrix: "44 33" pauses at the space, so that multi-tap begins another letter. */
  taps(keys: string): this {
    for (const key of keys) {
      if (key === " ") this.clock.advance(Milliseconds(1_100));
      else this.press({ kind: "matrix", key: key as MatrixKey });
    }
    return this;
  }

  types(text: string): this {
    for (const letter of text) this.press({ kind: "character", code: letter.charCodeAt(0) });
    return this;
  }
}
