import { Misuse } from "./misuse.js";

/** Ctrl-C or Ctrl-D at a prompt. */
export class NothingTyped extends Misuse {
  constructor() {
    super("nothing was typed");
  }
}

/** What a prompt needs of a terminal. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Asks for a line; one that is secret is not shown. The octets are the caller's to wipe. Rejects as `prompts` does. */
export type Ask = (question: string, secret: boolean) => Promise<Uint8Array>;

const ctrlC = 0x03;
const ctrlD = 0x04;
const backspace = 0x08;
const newline = 0x0a;
const enter = 0x0d;
const rubout = 0x7f;
/** Octets of a line. */
const most = 256;
/** Octets that nobody has asked for yet: what a terminal holds itself. */
const mostAhead = 4096;

/**
 * `work` asks at the terminal. What was typed or pasted behind an Enter answers its next question; what is left when it
 * has ended is wiped. Without a terminal the lines of the input are the answers, so that a script can give them. Rejects
 * with NothingTyped when there is none, or Ctrl-C is pressed, and with `signal`'s reason once that is aborted: nobody
 * needs to type it any more.
 */
export async function prompts<T>(
  { input, output }: Terminal,
  work: (ask: Ask) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const typed = new Typed(input, signal);
  if (input.isTTY) input.setRawMode(true);
  try {
    return await work(async (question, secret) => {
      signal?.throwIfAborted();
      return input.isTTY ? lineAt(typed, output, question, secret) : lineOf(typed);
    });
  } finally {
    typed.close();
    if (input.isTTY) input.setRawMode(false);
  }
}

/** The question that waits at the terminal, with what is shown of its answer. */
let standing: (() => string) | undefined;

/** Writes whole lines; on a terminal above the question that waits there, which stays as it is. */
export function writeLines(output: NodeJS.WriteStream, lines: string): void {
  const question = output.isTTY ? standing?.() : undefined;
  output.write(question === undefined ? lines : `\r\x1b[K${lines}${question}`);
}

/** One question. */
export const prompt = (
  question: string,
  secret: boolean,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Uint8Array> => prompts(terminal, (ask) => ask(question, secret), signal);

/** The octets of an input in their order, in one place that is wiped. */
class Typed {
  readonly #input: NodeJS.ReadStream;
  readonly #signal: AbortSignal | undefined;
  readonly #octets = new Uint8Array(mostAhead);
  #length = 0;
  #taken = 0;
  #last: number | undefined;
  #ended: boolean;
  #wake = (): void => {};

  constructor(input: NodeJS.ReadStream, signal: AbortSignal | undefined) {
    this.#input = input;
    this.#signal = signal;
    this.#ended = input.readableEnded;
    signal?.addEventListener("abort", this.#changed);
    input.on("data", this.#take).on("end", this.#end).resume();
  }

  readonly #changed = (): void => this.#wake();
  readonly #end = (): void => {
    this.#ended = true;
    this.#changed();
  };
  /** The stream's own octets, which nobody else wipes. */
  readonly #take = (data: Buffer): void => {
    this.#octets.copyWithin(0, this.#taken, this.#length);
    this.#length -= this.#taken;
    this.#taken = 0;
    const fits = data.subarray(0, mostAhead - this.#length);
    this.#octets.set(fits, this.#length);
    this.#length += fits.length;
    data.fill(0);
    this.#changed();
  };

  /** The next one, once it is there; undefined at the input's end. A line feed right behind an Enter is part of it. */
  async next(): Promise<number | undefined> {
    while (this.#taken === this.#length) {
      this.#signal?.throwIfAborted();
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const [octet, before] = [this.#octets[this.#taken++], this.#last];
    this.#last = octet;
    return before === enter && octet === newline ? this.next() : octet;
  }

  close(): void {
    this.#input.off("data", this.#take).off("end", this.#end).pause();
    this.#signal?.removeEventListener("abort", this.#changed);
    this.#octets.fill(0);
    this.#last = undefined;
  }
}

async function lineAt(
  typed: Typed,
  output: NodeJS.WriteStream,
  question: string,
  secret: boolean,
): Promise<Uint8Array> {
  output.write(question);
  const line = new Uint8Array(most);
  let length = 0;
  standing = () => question + (secret ? "" : String.fromCharCode(...line.subarray(0, length)));
  try {
    for (;;) {
      const key = await typed.next();
      if (key === undefined || key === ctrlC || key === ctrlD) throw new NothingTyped();
      if (key === enter || key === newline) return line.slice(0, length);
      if (key === rubout || key === backspace) {
        if (length === 0) continue;
        line[--length] = 0;
        if (!secret) output.write("\b \b");
      } else if (length < most && key >= 0x20) {
        line[length++] = key;
        if (!secret) output.write(String.fromCharCode(key));
      }
    }
  } finally {
    standing = undefined;
    line.fill(0);
    output.write("\n");
  }
}

/** The next line of an input that is no terminal. */
async function lineOf(typed: Typed): Promise<Uint8Array> {
  const line = new Uint8Array(most);
  let length = 0;
  try {
    for (let any = false; ; any = true) {
      const octet = await typed.next();
      if (octet === undefined && !any) throw new NothingTyped();
      if (octet === undefined || octet === newline || octet === enter) return line.slice(0, length);
      if (length === most) throw new Misuse("the line is too long");
      line[length++] = octet;
    }
  } finally {
    line.fill(0);
  }
}
