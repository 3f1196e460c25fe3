import type { Outcome } from "../../../src/base/outcome.js";
import type { Log } from "../../../src/base/ports.js";
import type { GatewayCommand } from "../../../src/gateway/ports.js";

export type SendTopic = GatewayCommand & { readonly kind: "sendTopic" };

/** Commands that wait for one device; the oldest gives way. */
const mostWaiting = 16;

/** Commands for devices: one on its way to each, in their order. Of two states of one topic that wait, the newer counts. */
export class CommandQueue {
  readonly #send: (command: SendTopic) => Promise<Outcome<unknown>>;
  readonly #log: Log;
  readonly #waiting = new Map<string, SendTopic[]>();

  constructor(send: (command: SendTopic) => Promise<Outcome<unknown>>, log: Log) {
    this.#send = send;
    this.#log = log;
  }

  add(command: SendTopic): void {
    const waiting = this.#waiting.get(command.to);
    if (waiting === undefined) {
      this.#waiting.set(command.to, []);
      void this.#run(command);
      return;
    }
    const isState = typeof command.value !== "string";
    const same = waiting.findIndex(
      ({ topic, pn }) => isState && topic === command.topic && pn === command.pn,
    );
    if (same >= 0) waiting.splice(same, 1);
    else if (waiting.length >= mostWaiting) this.#failed(waiting.shift() as SendTopic, "result.busy");
    waiting.push(command);
  }

  async #run(first: SendTopic): Promise<void> {
    for (let command: SendTopic | undefined = first; command !== undefined; ) {
      const outcome = await this.#send(command);
      if ("error" in outcome) this.#failed(command, outcome.error.code);
      const next: SendTopic | undefined = this.#waiting.get(command.to)?.shift();
      if (next === undefined) this.#waiting.delete(command.to);
      command = next;
    }
  }

  #failed({ to, topic }: SendTopic, why: string): void {
    this.#log.event("mqtt.failed", { device: to, topic, why });
  }
}
