import {
  type Keypad,
  type KeypadKind,
  type KeypadState,
  type OnKey,
  stopped,
} from "../../../src/device/keypad/keypad.js";

/**
 * Several keypads of one board as one: all of them work, and the first that is ready gives the UI its words. A
 * keyboard that is plugged in while the device runs takes over from the buttons, and they from it.
 */
export class Keypads implements Keypad {
  readonly #keypads: readonly Keypad[];
  #running = false;

  /** In the order in which a person would rather type on them. */
  constructor(keypads: readonly [Keypad, ...Keypad[]]) {
    this.#keypads = keypads;
  }

  get #first(): Keypad | undefined {
    return this.#keypads.find(({ state }) => state.is === "ready");
  }

  /** Of the first that is ready, "none" while none is: asked again whenever `onState` was called. */
  get kind(): KeypadKind {
    return this.#first?.kind ?? "none";
  }

  get state(): KeypadState {
    if (!this.#running) return stopped;
    return (this.#first ?? (this.#keypads[0] as Keypad)).state;
  }

  /** Each keypad's own state, for the diagnostics screen. */
  get states(): readonly KeypadState[] {
    return this.#keypads.map(({ state }) => state);
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void, onTouch?: () => boolean): void {
    this.#running = true;
    for (const keypad of this.#keypads) keypad.start(onKey, () => onState?.(this.state), onTouch);
  }

  stop(): void {
    this.#running = false;
    for (const keypad of this.#keypads) keypad.stop();
  }
}
