import type { Clock, Log, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import {
  type GatewayRadio,
  type LinkListener,
  RadioError,
  type RadioListener,
} from "../../../src/gateway/radio.js";
import { diagnose } from "./adapter.js";
import { type Noble, openNoble } from "./noble.js";
import { NobleStack } from "./nobleStack.js";

export interface NobleRadioOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Links at once, as far as it is known before the adapter says that it has no more; 64 unless told. */
  readonly maximumLinks?: number;
  /** 0 for hci0; the first one that there is unless told. */
  readonly device?: number;
  /** For tests. */
  readonly open?: () => Promise<Noble>;
  readonly diagnose?: () => RadioError | undefined;
}

/** For the adapter to say that it is there. */
const startTimeout = Milliseconds(10_000);
/** Between two looks at an adapter: while it is used, and while it cannot be. */
const lookPause = Milliseconds(3_000);
const usualMaximum = 64;

/**
 * The PN GW's radio over @stoprocent/noble: one stack at a time, opened while there is an adapter that this program may
 * use. An adapter that is pulled out, switched off or stuck ends the stack with all its links; another one is opened
 * when it is back.
 */
export class NobleRadio implements GatewayRadio {
  readonly #options: NobleRadioOptions;
  #listener: RadioListener | undefined;
  #stack: NobleStack | undefined;
  #error: RadioError | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: NobleRadioOptions) {
    this.#options = options;
  }

  get maximumLinks(): number {
    return this.#stack?.maximumLinks ?? this.#options.maximumLinks ?? usualMaximum;
  }

  start(listener: RadioListener): void {
    this.#listener = listener;
    this.#later(Milliseconds(0), () => this.#look());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#stack?.close();
    this.#stack = undefined;
  }

  connect(peer: string, listener: LinkListener): void {
    const { clock } = this.#options;
    if (this.#stack?.connect(peer, listener) === true) return;
    clock.after(Milliseconds(0), () => {
      if (!this.#stopped) listener.failed(this.#error ?? new RadioError("radio.busy"));
    });
  }

  cancel(peer: string): void {
    this.#stack?.cancel(peer);
  }

  #later(delay: Milliseconds, work: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delay, work);
  }

  #diagnosis(): RadioError | undefined {
    const { device, diagnose: find = () => diagnose(undefined, device) } = this.#options;
    return find();
  }

  #look(): void {
    const error = this.#diagnosis();
    if (error !== undefined) this.#down(error);
    else if (this.#stack === undefined) void this.#open();
    else this.#later(lookPause, () => this.#look());
  }

  async #open(): Promise<void> {
    const { clock, log, maximumLinks = usualMaximum, device, open = openNoble } = this.#options;
    let noble: Noble;
    try {
      noble = await open(device === undefined ? {} : { device });
    } catch (error) {
      if (!(error instanceof RadioError)) throw error;
      this.#down(error);
      return;
    }
    if (this.#stopped) return;
    const stack: NobleStack = new NobleStack({
      noble,
      clock,
      log,
      maximumLinks,
      listener: this.#listener as RadioListener,
      up: () => {
        this.#error = undefined;
        this.#listener?.usable();
        this.#later(lookPause, () => this.#look());
      },
      down: (error) => {
        // Of an adapter that was pulled out noble knows only that it is down.
        if (this.#stack === stack) this.#down(this.#diagnosis() ?? error);
      },
    });
    this.#stack = stack;
    this.#later(startTimeout, () => this.#down(new RadioError("adapter.silent")));
    stack.open();
  }

  /** The owner is told once of each reason. */
  #down(error: RadioError): void {
    if (this.#stopped) return;
    const stack = this.#stack;
    this.#stack = undefined;
    stack?.lose(error);
    this.#later(lookPause, () => this.#look());
    if (this.#error?.code === error.code) return;
    this.#error = error;
    this.#listener?.usable(error);
  }
}
