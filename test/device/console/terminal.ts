import type { Log } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { decodeUtf8, encodeUtf8 } from "../../../src/codec/utf8.js";
import { Console, type ConsolePort } from "../../../src/device/console/console.js";

/** A person's terminal at a console: what it has shown, and what is typed on it. */
export class Terminal implements ConsolePort {
  full = false;
  now = 1_500;
  readonly events: string[] = [];
  readonly console: Console;
  #shown: number[] = [];

  constructor(memory?: () => { free: number; lowest: number }) {
    const log: Log = { event: (name) => void this.events.push(name) };
    const clock = { now: () => Milliseconds(this.now) };
    this.console = new Console({ port: this, version: "1.2.3", clock, log, ...(memory && { memory }) });
  }

  write(octets: Uint8Array): void {
    this.#shown.push(...octets);
  }

  /** What it has shown since it was asked last. */
  shown(): string {
    // Octets that are in no text are sent back, too.
    const shown = this.#shown.filter((octet) => octet !== 0xff);
    this.#shown = [];
    return decodeUtf8(Uint8Array.from(shown));
  }

  type(text: string): void {
    this.console.received(encodeUtf8(text));
  }

  /** The lines that answer one, without what was typed and the prompt that follows. */
  ask(line: string): string[] {
    this.shown();
    this.type(`${line}\r`);
    const lines = this.shown().split("\r\n");
    return lines.slice(1, -1);
  }
}
