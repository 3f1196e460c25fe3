import { CpnsError } from "../../../src/base/errors.js";
import { shortName } from "./called.js";
import { Misuse, Refusal } from "./misuse.js";
import { watchOutput } from "./output.js";

/** Exit codes: done, refused or failed, called wrongly. */
export const ExitCode = Object.freeze({ done: 0, failed: 1, misused: 2 });

/**
 * Runs a program to its end. Whatever ends it is one line and an exit code, never a stack trace. `inWords` has the
 * program's own lines for errors, `usage` how it is called where that is not its name.
 */
export async function runMain(
  name: string,
  main: () => Promise<void>,
  inWords: (error: unknown) => string | undefined = () => undefined,
  call = name,
): Promise<void> {
  watchOutput(shortName(name));
  try {
    await main();
  } catch (error) {
    const misused = error instanceof Misuse;
    const usage = misused ? `; usage: ${call} [COMMAND] [settings]; --help lists both` : "";
    process.stderr.write(`${shortName(name)}: ${inWords(error) ?? lineOf(error)}${usage}\n`);
    // What it had begun (a lock, a timer) must not keep it.
    process.exit(misused ? ExitCode.misused : ExitCode.failed);
  }
}

/** One line for whatever was thrown; a fault of ours says so, so that it is reported. */
export function lineOf(error: unknown): string {
  if (error instanceof Misuse || error instanceof Refusal) return error.message;
  if (error instanceof CpnsError) return error.message;
  const system = error as NodeJS.ErrnoException;
  if (typeof system?.code === "string" && system.syscall !== undefined) return systemLine(system);
  const text = error instanceof Error ? error.message : String(error);
  return `a fault of this program, please report it: ${text.split("\n")[0]}`;
}

const systemReasons: Readonly<Record<string, string>> = Object.freeze({
  EADDRINUSE: "the address is in use; choose another one",
  EACCES: "it is not allowed",
  EPERM: "it is not allowed",
  ENOENT: "it is not there",
  ENOSPC: "the disk is full",
  EROFS: "the disk cannot be written",
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
});

function systemLine(error: NodeJS.ErrnoException): string {
  const { address, port, hostname } = error as { address?: string; port?: number; hostname?: string };
  const place = error.path ?? hostname ?? (address === undefined ? undefined : `${address}:${port}`);
  const why = systemReasons[error.code ?? ""] ?? error.code;
  return place === undefined ? `${error.syscall}: ${why}` : `${place}: ${why}`;
}
