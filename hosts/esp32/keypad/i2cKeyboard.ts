import type { Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import {
  type Keypad,
  type KeypadState,
  type OnKey,
  ready,
  reasonOf,
  stopped,
  type Ticker,
} from "../../../src/device/keypad/keypad.js";
import { type KeyboardModel, pressOf } from "./keyCodes.js";

/** A device of ECMA-419's `embedded:io/i2c`. */
export interface I2CDevice {
  /** Fills `into`; throws when nobody acknowledges. */
  read(into: Uint8Array): unknown;
  close(): void;
}

export interface I2CBus {
  readonly data: number;
  readonly clock: number;
  readonly hz: number;
}

export type I2CConstructor = new (options: I2CBus & { address: number; timeout?: number }) => I2CDevice;

export interface I2cKeyboardOptions {
  readonly io: I2CConstructor;
  readonly bus: I2CBus;
  readonly model: KeyboardModel;
  readonly ticker: Ticker;
}

/** The keyboards keep one key until it is read: people type slower than this. */
const poll = Milliseconds(20);
/** A bus that hangs holds the device up for no longer, in milliseconds. */
const timeout = 10;
/** So many failures in a row are an unplugged keyboard; fewer are noise. */
const failuresToLose = 3;
/** Polls between two looks for a keyboard that is not there: one second. */
const lookEvery = 50;

/**
 * A keyboard that is asked for its last key. On I2C a device that is not there is found out only by reading, so the
 * first read is the probe; a keyboard that is plugged in later, or again, is found within a second.
 */
export class I2cKeyboard implements Keypad {
  readonly kind = "keyboard";
  readonly #options: I2cKeyboardOptions;
  readonly #octet = new Uint8Array(1);
  #device: I2CDevice | undefined;
  #state: KeypadState = stopped;
  #timer: Timer | undefined;
  #failures = 0;
  #wait = 0;
  #onKey: OnKey | undefined;
  #onState: ((state: KeypadState) => void) | undefined;

  constructor(options: I2cKeyboardOptions) {
    this.#options = options;
  }

  get state(): KeypadState {
    return this.#state;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void): void {
    this.stop();
    this.#onKey = onKey;
    // The first look is the start's own answer: `onState` is for what comes later.
    this.#tick();
    this.#onState = onState;
    this.#timer = this.#options.ticker.every(poll, () => this.#tick());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#onState = undefined;
    this.#close();
    this.#failures = 0;
    this.#wait = 0;
    this.#state = stopped;
  }

  #close(): void {
    try {
      this.#device?.close();
    } catch {
      // A device that cannot be closed is gone as well.
    }
    this.#device = undefined;
  }

  #tick(): void {
    if (this.#wait > 0) {
      this.#wait--;
      return;
    }
    let octet: number;
    try {
      octet = this.#read();
    } catch (error) {
      this.#failed(reasonOf(error));
      return;
    }
    this.#failures = 0;
    if (this.#state.is !== "ready") this.#become(ready);
    const press = pressOf(this.#options.model, octet);
    if (press !== undefined) this.#onKey?.(press);
  }

  #read(): number {
    const { io, bus, model } = this.#options;
    this.#device ??= new io({ ...bus, address: model.address, timeout });
    this.#octet[0] = 0;
    this.#device.read(this.#octet);
    const octet = this.#octet[0] as number;
    // It may be a password's.
    this.#octet[0] = 0;
    return octet;
  }

  #failed(why: string): void {
    if (this.#state.is === "ready" && ++this.#failures < failuresToLose) return;
    this.#failures = 0;
    this.#wait = lookEvery;
    this.#close();
    if (this.#state.is === "ready") this.#become({ is: "lost", why });
    else if (this.#state.is === "stopped") this.#become({ is: "absent", why });
  }

  #become(state: KeypadState): void {
    this.#state = state;
    this.#onState?.(state);
  }
}
