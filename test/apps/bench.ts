import type { Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import type {
  Application,
  Context,
  Handlers,
  Neighbour,
  NetworkState,
  SendOptions,
} from "../../src/device/application/application.js";
import { ManualClock } from "../support/manualClock.js";

/** An application by itself: what it sends, and whatever a test says to it. */
export class Bench {
  readonly clock = new ManualClock();
  readonly sent: string[] = [];
  readonly options: SendOptions[] = [];
  readonly kept = new Map<string, string>();
  writes = 0;
  state: NetworkState = "here";
  members: readonly Neighbour[] = [];
  handlers: Handlers = {};

  run(application: Application): this {
    const bench = this;
    const after = (delay: number, work: () => void): Timer => this.clock.after(Milliseconds(delay), work);
    const context: Context = {
      get state() {
        return bench.state;
      },
      get members() {
        return bench.members;
      },
      settings: {
        get: (name) => this.kept.get(name),
        set: (name, text) => {
          this.writes++;
          this.kept.set(name, text);
        },
      },
      now: () => this.clock.now(),
      time: () => undefined,
      after,
      every: (period, work) => {
        const again = (): void => {
          timer = after(period, again);
          work();
        };
        let timer = after(period, again);
        return { cancel: () => timer.cancel() };
      },
      send: (to, topic, value, options = {}) => {
        this.sent.push(`${typeof to === "string" ? to : to.member} ${topic} ${value}`);
        this.options.push(options);
      },
      changed: () => {},
    };
    this.handlers = application.start(context);
    return this;
  }

  get page(): string {
    return (this.handlers.page?.() ?? []).join(" / ");
  }

  press(label: string): void {
    this.handlers.keys?.find((key) => key.label === label)?.press();
  }

  pass(seconds: number): void {
    this.clock.advance(Milliseconds(seconds * 1000));
  }

  /** What came of the last message. */
  ended(code?: Parameters<NonNullable<SendOptions["done"]>>[0]): void {
    this.options.at(-1)?.done?.(code);
  }
}
