import type { Log, LogValue } from "../../src/base/ports.js";

/** Events as lines for the debugger; release builds of the SDK drop them. */
export class TraceLog implements Log {
  readonly #trace: (line: string) => void;

  constructor(trace: (line: string) => void) {
    this.#trace = trace;
  }

  event(name: string, fields: Readonly<Record<string, LogValue>> = {}): void {
    const values = Object.entries(fields).map(([key, value]) => ` ${key}=${value}`);
    this.#trace(`${name}${values.join("")}\n`);
  }
}
