import { ascii } from "../base/octets.js";
import type { KeyValue } from "../base/ports.js";
import { asciiText } from "../pne/text.js";

/** Why the last run ended by itself; each has a text for people (`crash.…` in src/ui/strings.ts). */
export type CrashReason = "memory" | "stack" | "exception" | "watchdog" | "power" | "unknown";

/** Name in the device's own namespace. */
const crashName = "crash";

const known: readonly string[] = Object.freeze([
  "memory",
  "stack",
  "exception",
  "watchdog",
  "power",
  "unknown",
]);

/**
 * The reason of an abort, kept until the next boot. It is written by the hook that XS calls when it cannot go on: all it
 * needs then is made or kept free beforehand, as there may be no memory left.
 */
export class CrashReports {
  readonly #flash: Pick<KeyValue, "read" | "write" | "delete"> | undefined;
  readonly #octets: Readonly<Record<string, Uint8Array>>;
  readonly #reset: CrashReason | undefined;
  /** Let go of when memory is full: a property of a name, and what the flash's driver makes, take some of it. */
  readonly #spare: object[] = [{}, {}, {}, {}, {}, {}, {}, {}];

  /** `reset`: what the chip knows of it when no report was written. */
  constructor(flash: Pick<KeyValue, "read" | "write" | "delete"> | undefined, reset?: CrashReason) {
    this.#flash = flash;
    this.#reset = reset;
    this.#octets = Object.freeze(Object.fromEntries(known.map((reason) => [reason, ascii(reason)])));
  }

  /** Called in the last moments of a run. */
  record(reason: CrashReason): void {
    this.#spare.length = 0;
    const octets = this.#octets[reason];
    if (octets !== undefined) this.#flash?.write(crashName, octets);
  }

  /** Why the last run ended, once; undefined when it was switched off. */
  take(): CrashReason | undefined {
    try {
      const octets = this.#flash?.read(crashName);
      if (octets === undefined) return this.#reset;
      this.#flash?.delete(crashName);
      const reason = asciiText(octets);
      return known.includes(reason) ? (reason as CrashReason) : "unknown";
    } catch {
      // Flash that cannot be read is reported by those who need it.
      return this.#reset;
    }
  }
}
