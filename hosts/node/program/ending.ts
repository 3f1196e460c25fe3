import { performance } from "node:perf_hooks";

/**
 * A signal may come more than once for one Ctrl-C: the terminal sends it to everybody in front, and npm and the tool that
 * starts a program in the clone hand it on.
 */
const samePress = 1_000;
/** What a shell says of a program that Ctrl-C has ended. */
const interrupted = 130;

/**
 * Resolves when the program is told to end. Who tells it once more, later than by the same press, does not want to wait:
 * it ends there and then.
 */
export function toldToEnd(same = samePress): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const take = (): void => {
      const now = performance.now();
      first ??= now;
      if (now - first > same) process.exit(interrupted);
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, take);
  });
}
