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

const ctrlC = "\u0003";
const ctrlD = "\u0004";
const most = 256;

/**
 * Asks for a line; one that is secret is not shown. Without a terminal it reads the next line of the input, so that a
 * script can give it. Throws NothingTyped when there is none, or Ctrl-C is pressed, and `signal`'s reason once that is
 * aborted: nobody needs to type it any more. The octets are the caller's to wipe.
 */
export async function prompt(
  question: string,
  secret: boolean,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const { input, output } = terminal;
  if (!input.isTTY) return lineOf(input);
  output.write(question);
  input.setRawMode(true);
  input.resume();
  const octets: number[] = [];
  try {
    for (;;) {
      const keys = await next(input, signal);
      try {
        for (const key of keys) {
          const letter = String.fromCharCode(key);
          if (letter === ctrlC || letter === ctrlD) throw new NothingTyped();
          if (letter === "\r" || letter === "\n") return Uint8Array.from(octets);
          if (letter === "\u007f" || letter === "\b") {
            if (octets.pop() !== undefined && !secret) output.write("\b \b");
          } else if (octets.length < most && key >= 0x20) {
            octets.push(key);
            if (!secret) output.write(letter);
          }
        }
      } finally {
        keys.fill(0);
      }
    }
  } finally {
    octets.fill(0);
    input.setRawMode(false);
    input.pause();
    output.write("\n");
  }
}

async function next(input: NodeJS.ReadStream, signal: AbortSignal | undefined): Promise<Buffer> {
  signal?.throwIfAborted();
  const over = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      const { signal: listening } = over;
      signal?.addEventListener("abort", () => reject(signal.reason), { signal: listening });
      const end = (): void => reject(new NothingTyped());
      // The stream's own octets, which nobody else wipes.
      input.once("data", resolve).once("end", end);
      listening.addEventListener("abort", () => input.off("data", resolve).off("end", end), { once: true });
    });
  } finally {
    over.abort();
  }
}

const kept = new WeakMap<NodeJS.ReadStream, number[]>();

/** The next line of an input that is no terminal. */
async function lineOf(input: NodeJS.ReadStream): Promise<Uint8Array> {
  const rest = kept.get(input) ?? [];
  kept.set(input, rest);
  for (;;) {
    const end = rest.indexOf(0x0a);
    if (end >= 0)
      return Uint8Array.from(
        rest
          .splice(0, end + 1)
          .slice(0, -1)
          .filter((octet) => octet !== 0x0d),
      );
    if (rest.length > most) throw new Misuse("the line is too long");
    const data = await new Promise<Buffer | undefined>((resolve) => {
      if (input.readableEnded) return resolve(undefined);
      input.once("data", (chunk) => {
        input.pause();
        resolve(Buffer.from(chunk));
      });
      input.once("end", () => resolve(undefined));
      input.resume();
    });
    if (data === undefined) {
      if (rest.length === 0) throw new NothingTyped();
      return Uint8Array.from(rest.splice(0));
    }
    rest.push(...data);
    data.fill(0);
  }
}
