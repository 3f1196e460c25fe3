import type { Clock } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";

/** Who waits until there is something for one PN GW, in this Server: others on the database are looked after by time. */
export class Doorbell {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it rings for this name, or after `time`. */
  wait(name: string, time: Milliseconds): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? new Set();
      this.#waiting.set(name, waiting);
      const over = (): void => {
        timer.cancel();
        waiting.delete(over);
        if (waiting.size === 0) this.#waiting.delete(name);
        resolve();
      };
      const timer = this.#clock.after(Milliseconds(time), over);
      waiting.add(over);
    });
  }

  ring(name: string): void {
    for (const over of [...(this.#waiting.get(name) ?? [])]) over();
  }

  /** Lets all go: the Server is about to stop. */
  ringAll(): void {
    for (const name of [...this.#waiting.keys()]) this.ring(name);
  }
}
