import type {
  Addressee,
  Application,
  Context,
  Handlers,
  NetworkState,
  Sender,
  SendOptions,
  Topic,
  Value,
} from "../../src/device/application/application.js";

/** An application that keeps what happens to it, and does what a test wants. */
export class Probe implements Application {
  readonly name = "Probe";
  readonly contents: readonly Topic[];
  readonly heard: { readonly from: Sender; readonly topic: string; readonly value: Value }[] = [];
  readonly states: NetworkState[] = [];
  readonly ended: (string | undefined)[] = [];
  lines: readonly string[] = ["all is well"];
  stops = 0;
  /** Throws at the next message. */
  fails = false;
  #context: Context | undefined;

  constructor(...contents: readonly Topic[]) {
    this.contents = contents;
  }

  get context(): Context {
    if (this.#context === undefined) throw new Error("not started");
    return this.#context;
  }

  start(context: Context): Handlers {
    this.#context = context;
    return {
      message: (from, topic, value) => {
        if (this.fails) throw new Error("of the application");
        this.heard.push({ from, topic, value });
      },
      state: (state) => void this.states.push(state),
      page: () => this.lines,
      keys: [{ label: "Ring", press: () => this.send("all", "ring", "press") }],
      stop: () => {
        this.stops++;
      },
    };
  }

  send(to: Addressee, topic: string, value: Value, options: SendOptions = {}): void {
    this.context.send(to, topic, value, { ...options, done: (failed) => void this.ended.push(failed) });
  }

  values(topic: string): readonly Value[] {
    return this.heard.filter((one) => one.topic === topic).map(({ value }) => value);
  }
}

export const temperature: Topic = Object.freeze({
  name: "temperature",
  kind: "number",
  direction: "offers",
  unit: "°C",
});
export const lampTopic: Topic = Object.freeze({ name: "lamp", kind: "switch", direction: "both" });
