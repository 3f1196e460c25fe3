import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleArguments, root } from "./build.js";

/** What a device has for a run, beside its preloaded modules. */
export interface XsLimits {
  /** Octets. */
  readonly chunks: number;
  /** Slots of 16 octets on 32 bits, 32 on 64. */
  readonly slots: number;
  /** In slots. */
  readonly stack: number;
}

interface Creation {
  readonly chunk: { readonly initial: number };
  readonly heap: { readonly initial: number };
  readonly stack: number;
}

const manifest = readFileSync(join(root, "hosts/esp32/board/manifest.json"), "utf8");
const { creation } = JSON.parse(manifest) as { readonly creation: Creation };

/** As the boards' manifest creates the machine. */
export const deviceLimits: XsLimits = Object.freeze({
  chunks: creation.chunk.initial,
  slots: creation.heap.initial,
  stack: creation.stack,
});

/** The same room on a machine of that width: on 64 bits what lies in chunks is twice as large, as a slot is. */
export const scaled = (limits: XsLimits, width: 32 | 64): XsLimits => ({
  ...limits,
  chunks: (limits.chunks * width) / 32,
});

/** The host's last line. Octets, but for `meter` (byte codes) and `collections`; peaks include uncollected garbage. */
export interface XsReport {
  readonly slots: number;
  readonly chunks: number;
  readonly stack: number;
  readonly meter: number;
  readonly width: 32 | 64;
  /** In use before the run: built-ins and modules, which on a device are in flash. */
  readonly moduleSlots: number;
  readonly moduleChunks: number;
  /** Of the program's own modules, as the parser made it. */
  readonly byteCode: number;
  /** Of libraries, in whose place a device has native code. */
  readonly libraryCode: number;
  readonly collections: number;
}

export interface XsExit {
  readonly code: number | string;
  /** What was printed, and why it ended: "xs: memory full (slots)" and the like. */
  readonly text: string;
  readonly report: XsReport | undefined;
}

/** A program on XS with a device's memory; frames go to its hostReceive and come from its hostSend. */
export class XsDevice {
  /** Resolves when the program has ended, however. */
  readonly exit: Promise<XsExit>;
  onFrame: (frame: Uint8Array) => void = () => {};
  readonly #process: ChildProcessWithoutNullStreams;
  #input: Buffer = Buffer.alloc(0);

  constructor(xs: string, entries: readonly string[], limits: XsLimits = deviceLimits) {
    const bounds = ["--chunk", limits.chunks, "--slots", limits.slots, "--stack", limits.stack].map(String);
    this.#process = spawn(xs, ["--frames", ...bounds, ...moduleArguments(), ...entries]);
    this.#process.stdout.on("data", (octets: Buffer) => this.#take(octets));
    // Writes to a program that has ended: `exit` tells why it did.
    this.#process.stdin.on("error", () => {});
    this.exit = this.#ended();
  }

  #ended(): Promise<XsExit> {
    let text = "";
    this.#process.stderr.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    return new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (code, signal) => {
        const lines = text.trim().split("\n");
        const last = lines[lines.length - 1] ?? "";
        const report = last.startsWith("{") ? (JSON.parse(last) as XsReport) : undefined;
        if (report !== undefined) lines.pop();
        resolve({ code: code ?? signal ?? "unknown", text: lines.join("\n"), report });
      });
    });
  }

  #take(octets: Buffer): void {
    this.#input = Buffer.concat([this.#input, octets]);
    while (this.#input.length >= 2) {
      const end = 2 + this.#input.readUInt16BE(0);
      if (this.#input.length < end) return;
      const frame = Uint8Array.from(this.#input.subarray(2, end));
      this.#input = this.#input.subarray(end);
      this.onFrame(frame);
    }
  }

  send(octets: Uint8Array): void {
    if (octets.length > 0xffff) throw new RangeError(`frame of ${octets.length} octets`);
    this.#process.stdin.write(Uint8Array.of(octets.length >> 8, octets.length & 0xff));
    this.#process.stdin.write(octets);
  }

  /** Ends the program as its last frame ends: `exit` follows. */
  close(): void {
    this.#process.stdin.end();
  }

  /** Ends it now. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }
}
