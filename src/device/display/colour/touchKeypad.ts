import type { Timer } from "../../../base/ports.js";
import { Milliseconds } from "../../../base/units.js";
import type { KeyPress, MatrixKey } from "../../../ui/keys.js";
import type { Screen } from "../../../ui/screen.js";
import {
  type Keypad,
  type KeypadState,
  type OnKey,
  ready,
  reasonOf,
  stopped,
  type Ticker,
} from "../../keypad/keypad.js";
import type { Area } from "./items.js";
import type { Layer } from "./keyboard.js";
import { sameTarget, type Target, type Touched, targetAt } from "./targets.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What feels the finger. */
export interface TouchSense {
  /** Where the finger is on the display, in pixels; undefined while there is none. Throws when the chip is gone. */
  sample(): Point | undefined;
  close(): void;
}

/** The display under the finger (`ColourDisplay`). */
export interface TouchedDisplay {
  layer: Layer;
  readonly screen: Screen | undefined;
  measure(label: string): number;
  /** Shows what is under the finger. */
  touch(area: Area | undefined): void;
}

export interface TouchOptions {
  /** Opens the sense; throws when there is none. */
  readonly sense: () => TouchSense;
  readonly display: TouchedDisplay;
  readonly ticker: Ticker;
}

const period = Milliseconds(20);
/** Samples: a soft key is held, a key repeats for the first time, and then again. */
const long = 40;
const repeatFirst = 25;
const repeatNext = 6;
/** A finger that is off for less is still the same touch. */
const lifts = 2;
const failuresToLose = 5;

/**
 * A display that is touched. Keys of its keyboard type when they are touched, so that a fast person loses none; soft
 * keys and rows of menus act when the finger leaves them where it came, so that a wrong touch can be drawn away.
 */
export class TouchKeypad implements Keypad {
  readonly kind = "touch";
  readonly #options: TouchOptions;
  #sense: TouchSense | undefined;
  #state: KeypadState = stopped;
  #timer: Timer | undefined;
  #onKey: OnKey | undefined;
  #onState: ((state: KeypadState) => void) | undefined;
  #onTouch: (() => boolean) | undefined;
  #began: Touched | undefined;
  #at: Target | undefined;
  #down = false;
  #held = 0;
  #off = 0;
  #failures = 0;

  constructor(options: TouchOptions) {
    this.#options = options;
  }

  get state(): KeypadState {
    return this.#state;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void, onTouch?: () => boolean): void {
    this.stop();
    this.#onKey = onKey;
    this.#onState = onState;
    this.#onTouch = onTouch;
    try {
      this.#sense = this.#options.sense();
    } catch (error) {
      this.#state = { is: "absent", why: reasonOf(error) };
      return;
    }
    this.#state = ready;
    this.#timer = this.#options.ticker.every(period, () => this.#tick());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sense?.close();
    this.#sense = undefined;
    this.#began = undefined;
    this.#down = false;
    this.#failures = 0;
    this.#state = stopped;
  }

  #tick(): void {
    let point: Point | undefined;
    try {
      point = this.#sense?.sample();
    } catch (error) {
      this.#failed(reasonOf(error));
      return;
    }
    this.#failures = 0;
    if (this.#state.is === "lost") this.#become(ready);
    if (point !== undefined) this.#touch(point);
    else if (this.#down && ++this.#off >= lifts) this.#lift();
  }

  /** The chip is asked on: a cable that is loose for a moment needs no restart. */
  #failed(why: string): void {
    if (++this.#failures !== failuresToLose) return;
    if (this.#down) this.#release();
    this.#become({ is: "lost", why });
  }

  #become(state: KeypadState): void {
    this.#state = state;
    this.#onState?.(state);
  }

  #touch({ x, y }: Point): void {
    this.#off = 0;
    const { display } = this.#options;
    const { screen, layer } = display;
    const touched = screen && targetAt(screen, layer, (label) => display.measure(label), x, y);
    this.#at = touched?.target;
    if (!this.#down) {
      this.#down = true;
      this.#held = 0;
      this.#began = this.#onTouch?.() === true ? undefined : touched;
      if (this.#began === undefined || touched === undefined) return;
      display.touch(touched.area);
      if (touched.target.is === "cap") this.#type(touched.target);
      return;
    }
    this.#held++;
    const { target } = this.#began ?? {};
    if (target?.is === "cap") this.#repeat(target);
    else if (target?.is === "soft" && this.#held === long && sameTarget(target, this.#at)) {
      this.#release();
      this.#press({ kind: "matrix", key: softKeys[target.index] as MatrixKey, long: true });
    }
  }

  #lift(): void {
    const target = this.#began?.target;
    const at = this.#at;
    this.#release();
    this.#down = false;
    if (!sameTarget(target, at)) return;
    if (target?.is === "soft") this.#press({ kind: "matrix", key: softKeys[target.index] as MatrixKey });
    else if (target?.is === "row") this.#choose(target.index);
  }

  /** The touch has had its effect; the finger may still be there. No key of a password stays behind. */
  #release(): void {
    this.#began = undefined;
    this.#at = undefined;
    this.#options.display.touch(undefined);
  }

  #type({ action }: Target & { is: "cap" }): void {
    const { display } = this.#options;
    if (action.does === "layer") display.layer = action.layer;
    else if (action.does === "delete") this.#press({ kind: "named", key: "backspace" });
    else {
      if (display.layer === "upper") display.layer = "lower";
      this.#press({ kind: "character", code: action.code });
    }
  }

  /** Only the key that deletes goes on while it is held. */
  #repeat(target: Target & { is: "cap" }): void {
    if (target.action.does !== "delete") return;
    const after = this.#held - repeatFirst;
    if (after >= 0 && after % repeatNext === 0) this.#type(target);
  }

  /** Moves to a row, then takes it. */
  #choose(row: number): void {
    const selected = this.#options.display.screen?.menu?.selected ?? row;
    const key = row < selected ? "A" : "B";
    for (let i = Math.abs(row - selected); i > 0; i--) this.#press({ kind: "matrix", key });
    this.#press({ kind: "matrix", key: "D" });
  }

  #press(press: KeyPress): void {
    this.#onKey?.(press);
  }
}

const softKeys: readonly MatrixKey[] = Object.freeze(["A", "B", "C", "D"]);
