import type { Log, LogValue } from "../../../src/base/ports.js";

/** Log lines as JSON objects, one a line, with the time in UTC. The type of a log's values lets no octets in. */
export class JsonLog implements Log {
  readonly #write: (line: string) => void;
  readonly #now: () => Date;

  constructor(write: (line: string) => void, now: () => Date = () => new Date()) {
    this.#write = write;
    this.#now = now;
  }

  event(name: string, fields: Readonly<Record<string, LogValue>> = {}): void {
    this.#write(`${JSON.stringify({ time: this.#now().toISOString(), event: name, ...fields })}\n`);
  }
}
