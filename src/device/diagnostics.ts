import type { Clock, Log, LogValue } from "../base/ports.js";
import type { Strings } from "../ui/strings/strings.js";

const minute = 60_000;

/** Counts what a maker asks about when a device misbehaves; passes every event on. */
export class Diagnostics implements Log {
  connections = 0;
  lastCrash: string | undefined;
  #linkFailures = 0;
  #damagedSlots = 0;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #started: number;
  readonly #battery: (() => number | undefined) | undefined;

  constructor(clock: Clock, log: Log, battery?: () => number | undefined) {
    this.#battery = battery;
    this.#clock = clock;
    this.#log = log;
    this.#started = clock.now();
  }

  event(name: string, fields?: Readonly<Record<string, LogValue>>): void {
    if (name === "link.failure") this.#linkFailures++;
    if (name === "store.slotDamaged") this.#damagedSlots++;
    this.#log.event(name, fields);
  }

  get #percent(): number | undefined {
    try {
      return this.#battery?.();
    } catch {
      return undefined;
    }
  }

  /** For a screen. */
  lines({ counts }: Strings): string[] {
    const percent = this.#percent;
    return [
      counts.running.replace("%", `${Math.floor((this.#clock.now() - this.#started) / minute)}`),
      counts.connections.replace("%", `${this.connections}`),
      counts.linkFailures.replace("%", `${this.#linkFailures}`),
      counts.repairs.replace("%", `${this.#damagedSlots}`),
      counts.crash.replace("%", this.lastCrash ?? counts.none),
      ...(percent === undefined ? [] : [counts.battery.replace("%", `${percent}`)]),
    ];
  }
}
