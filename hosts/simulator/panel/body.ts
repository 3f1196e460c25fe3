import type { Clock, Timer } from "../../../src/base/ports.js";
import { type Point, TouchKeypad, type TouchSense } from "../../../src/device/display/colour/touchKeypad.js";
import { DeferredDisplay } from "../../../src/device/display/deferred.js";
import { NoDisplay } from "../../../src/device/display/none.js";
import {
  type Keypad,
  type KeypadState,
  type OnKey,
  ready,
  type Ticker,
} from "../../../src/device/keypad/keypad.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import { drawnColour, drawnOn } from "../display/drawn.js";
import type { SentPicture } from "../display/sent.js";
import { type Body, type MakeBody, VirtualKeypad } from "../network/body.js";
import { type BoardName, boardOf } from "./boards.js";

/** The SDK's repeating timers over a clock that can stop. */
export const tickerOf = (clock: Clock): Ticker => ({
  every(period, work) {
    let timer: Timer;
    const arm = (): void => {
      timer = clock.after(period, () => {
        arm();
        work();
      });
    };
    arm();
    return { cancel: () => timer.cancel() };
  },
});

/** The person's finger: a touch that is shorter than the chip is asked is still felt once. */
class Finger implements TouchSense {
  #at: Point | undefined;
  #leaves = false;

  touch(point: Point | undefined): void {
    if (point !== undefined) this.#at = point;
    this.#leaves = point === undefined;
  }

  sample(): Point | undefined {
    const point = this.#at;
    if (this.#leaves) this.#at = undefined;
    return point;
  }

  close(): void {}
}

/** The display's own touches, and keys for who types on the computer's keyboard. */
class TouchedKeypad implements Keypad {
  readonly kind = "touch";
  readonly state = ready;
  readonly #touch: TouchKeypad;
  #onKey: OnKey = () => {};

  constructor(touch: TouchKeypad) {
    this.#touch = touch;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void, onTouch?: () => boolean): void {
    this.#onKey = onKey;
    this.#touch.start(onKey, onState, onTouch);
  }

  stop(): void {
    this.#touch.stop();
  }

  press(press: KeyPress): void {
    this.#onKey(press);
  }
}

function touched(drawn: (picture: SentPicture) => void, clock: Clock): Body {
  const ticker = tickerOf(clock);
  const colour = drawnColour(drawn, ticker);
  const finger = new Finger();
  const keypad = new TouchedKeypad(new TouchKeypad({ sense: () => finger, display: colour, ticker }));
  return {
    display: new DeferredDisplay(colour, clock),
    keypad,
    press: (press) => keypad.press(press),
    touch: (point) => finger.touch(point),
  };
}

/** Builds the display and keypad of a board; `drawn` gets every picture that the display shows. */
export function boardBody(board: BoardName, drawn: (picture: SentPicture) => void): MakeBody {
  const { keypad: kind, display } = boardOf(board);
  return (clock) => {
    if (kind === "touch") return touched(drawn, clock);
    const keypad = new VirtualKeypad(kind);
    const press = (key: KeyPress): void => keypad.press(key);
    if (display === "none") return { display: new NoDisplay(), keypad, press };
    const ticker = tickerOf(clock);
    return { display: new DeferredDisplay(drawnOn(display, drawn, ticker), clock), keypad, press };
  };
}
