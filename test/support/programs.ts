import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until } from "./until.js";

const hosts = fileURLToPath(new URL("../../hosts/", import.meta.url));

/** A program of this project as a process of its own. */
export class Program {
  readonly #child: ChildProcess;
  out = "";
  errors = "";

  /** `file`: below build/hosts; what is typed goes to its standard input, which is then closed; null leaves it open. */
  constructor(
    file: string,
    args: readonly string[],
    typed: string | null = "",
    environment: Record<string, string> = {},
  ) {
    this.#child = spawn(process.execPath, [`${hosts}${file}`, ...args], {
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (data) => {
      this.out += String(data);
    });
    this.#child.stderr?.on("data", (data) => {
      this.errors += String(data);
    });
    this.#child.stdin?.on("error", () => {});
    if (typed !== null) this.#child.stdin?.end(typed);
  }

  /** Where its standard input was left open. */
  types(text: string): void {
    this.#child.stdin?.write(text);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let found: RegExpExecArray | null = null;
    const said = (): boolean => {
      found = pattern.exec(this.out + this.errors);
      return found !== null || this.#child.exitCode !== null;
    };
    await until(said, `${pattern}`);
    if (found === null) throw new Error(`it ended, and said: ${this.out}${this.errors}`);
    return found;
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#child.kill(signal);
    await this.ended();
  }
}

/** Runs a command to its end. */
export async function ran(
  file: string,
  args: readonly string[],
  typed = "",
  environment: Record<string, string> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly errors: string }> {
  const program = new Program(file, args, typed, environment);
  const code = await program.ended();
  return { code, out: program.out, errors: program.errors };
}
