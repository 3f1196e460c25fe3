import { lineOf } from "../../hosts/node/program/main.js";
import { Misuse } from "../../hosts/node/program/misuse.js";
import { serverCommand } from "../../hosts/server/commandLine.js";
import { inWords } from "../../hosts/server/words.js";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** A command of `cpns server` in this process, with what its process would print and end with. */
export async function operated(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  let out = "";
  try {
    await serverCommand({ args, environment }, (text) => {
      out += text;
    });
    return { code: 0, out, errors: "" };
  } catch (error) {
    const errors = inWords(error) ?? lineOf(error);
    return { code: error instanceof Misuse ? 2 : 1, out, errors };
  }
}
