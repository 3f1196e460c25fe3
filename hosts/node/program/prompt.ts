import { Misuse } from "./misuse.js";

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
 * script can give it. Throws Misuse when there is none, or Ctrl-C is pressed. The octets are the caller's to wipe.
 */
export async function prompt(question: string, secret: boolean, terminal: Terminal): Promise<Uint8Array> {
  const { input, output } = terminal;
  if (!input.isTTY) return lineOf(input);
  output.write(question);
  input.setRawMode(true);
  input.resume();
  const octets: number[] = [];
  try {
    for (;;) {
      const keys = await next(input);
      for (const key of keys) {
        const letter = String.fromCharCode(key);
        if (letter === ctrlC || letter === ctrlD) throw new Misuse("nothing was typed");
        if (letter === "\r" || letter === "\n") return Uint8Array.from(octets);
        if (letter === "\u007f" || letter === "\b") {
          if (octets.pop() !== undefined && !secret) output.write("\b \b");
        } else if (octets.length < most && key >= 0x20) {
          octets.push(key);
          if (!secret) output.write(letter);
        }
      }
      keys.fill(0);
    }
  } finally {
    octets.fill(0);
    input.setRawMode(false);
    input.pause();
    output.write("\n");
  }
}

function next(input: NodeJS.ReadStream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    input.once("data", (data) => resolve(Buffer.from(data)));
    input.once("end", () => reject(new Misuse("nothing was typed")));
  });
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
      if (rest.length === 0) throw new Misuse("nothing was typed");
      return Uint8Array.from(rest.splice(0));
    }
    rest.push(...data);
    data.fill(0);
  }
}
