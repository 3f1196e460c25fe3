import { CpnsError } from "../../../src/base/errors.js";
import { shortName } from "./called.js";
import { Misuse, Refusal } from "./misuse.js";
import { watchOutput } from "./output.js";
import { NothingTyped } from "./prompt.js";
import { systemReason } from "./systemReason.js";

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
    const usage =
      misused && !(error instanceof NothingTyped)
        ? `; usage: ${call} [COMMAND] [settings]; --help lists both`
        : "";
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

function systemLine(error: NodeJS.ErrnoException): string {
  const { address, port, hostname } = error as { address?: string; port?: number; hostname?: string };
  const place = error.path ?? hostname ?? (address === undefined ? undefined : addressed(address, port));
  const why = systemReason(error.code);
  return place === undefined ? `${error.syscall}: ${why}` : `${place}: ${why}`;
}

/** As it is written in settings; a socket in the file system has no port. */
const addressed = (address: string, port: number | undefined): string =>
  port === undefined || port < 0 ? address : `${address.includes(":") ? `[${address}]` : address}:${port}`;
