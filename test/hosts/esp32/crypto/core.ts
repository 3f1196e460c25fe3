import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hex } from "../../../../src/base/octets.js";
import { skipped } from "../../../support/skipped.js";

/**
 * The device's C (hosts/esp32/crypto/c) on this machine, compiled with the sanitizers for memory and undefined behaviour
 * and asked line by line, in the place of XS's native functions. SHA-256 and ChaCha20 are the SDK's where MODDABLE is
 * set, else stand-ins of the same interface.
 */

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
export const c = join(root, "hosts/esp32/crypto/c");
export const here = join(root, "test/hosts/esp32/crypto/core");
const kcl = join(process.env.MODDABLE ?? "", "modules/crypt/digest/kcl");
const withSdk = process.env.MODDABLE !== undefined && existsSync(join(kcl, "fips180.c"));

export const sdkName = withSdk ? "the Moddable SDK's hash and cipher" : "stand-ins for the Moddable SDK";

/** Compiler arguments: where the headers are, and the files of the device's C without XS. */
export const headers = [...(withSdk ? [kcl] : []), join(here, "sdk"), c].map((folder) => `-I${folder}`);
export const hashAndCipher = ["fips180.c", "chacha.c"].map((name) =>
  join(withSdk ? kcl : join(here, "sdk"), name),
);
export const coreFiles = ["Aead", "Entropy", "Field", "Hash", "P256"].map((name) => join(c, `cpns${name}.c`));

/** Why nothing can be compiled with these flags, or undefined. */
export function missingCompiler(flags: readonly string[]): string | undefined {
  const input = "#include <stdlib.h>\nint main(void) { return 0; }\n";
  const probe = spawnSync("gcc", [...flags, "-x", "c", "-", "-o", "/dev/null"], { input });
  return probe.status === 0 ? undefined : `gcc ${flags.join(" ")} is not there`;
}

export function compile(files: readonly string[], flags: readonly string[], output: string): void {
  const strict = ["-std=gnu11", "-Wall", "-Wextra", "-Werror"];
  const own = files.filter((file) => !hashAndCipher.includes(file));
  // The SDK's files are not ours to warn about, and shift octets into the sign of an int.
  const foreign = hashAndCipher.map((file, i) => {
    const object = `${output}.${i}.o`;
    execFileSync("gcc", ["-w", ...flags, "-fno-sanitize=undefined", ...headers, "-c", file, "-o", object]);
    return object;
  });
  execFileSync("gcc", [...strict, ...flags, ...headers, ...own, ...foreign, "-o", output]);
}

export type Value = Uint8Array | number | { readonly handle: string } | undefined;

const shown = (value: unknown): string => {
  if (value instanceof Uint8Array) return ` x${hex(value)}`;
  return typeof value === "number" ? ` #${value}` : ` ${(value as { readonly handle: string }).handle}`;
};

function parsed(text: string): Value {
  if (text === "undefined") return undefined;
  if (text.startsWith("@")) return { handle: text };
  return text.startsWith("#") ? Number(text.slice(1)) : Uint8Array.from(Buffer.from(text.slice(1), "hex"));
}

/** Milliseconds for one answer, the compiler's sanitizers and a busy machine included. */
const patience = 30_000;
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * The program, asked and answering at once, as native functions do: over named pipes that are read without waiting, so
 * that a program that has ended is an error and not a test that never does.
 */
export class Driver {
  readonly #folder = mkdtempSync(join(tmpdir(), "cpns-core-"));
  readonly #ended: Promise<number | null>;
  readonly #questions: number;
  readonly #answers: number;
  #silent = false;
  #errors = "";

  constructor(flags: readonly string[]) {
    const program = join(this.#folder, "driver");
    const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1"];
    compile([join(here, "driver.c"), ...coreFiles], [...flags, ...sanitizers], program);
    const pipes = ["questions", "answers"].map((name) => join(this.#folder, name)) as [string, string];
    execFileSync("mkfifo", pipes);
    this.#questions = openSync(pipes[0], constants.O_RDWR);
    this.#answers = openSync(pipes[1], constants.O_RDONLY | constants.O_NONBLOCK);
    const child = spawn(program, pipes, { stdio: ["ignore", "ignore", "pipe"] });
    this.#ended = new Promise((resolve) => child.on("close", resolve));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
  }

  /** Octets read, 0 when there are none yet. */
  #read(room: Buffer): number {
    try {
      return readSync(this.#answers, room);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
      throw error;
    }
  }

  #line(): string {
    const room = Buffer.alloc(65_536);
    const limit = performance.now() + patience;
    let text = "";
    while (!text.endsWith("\n")) {
      const length = this.#read(room);
      text += room.toString("latin1", 0, length);
      if (length > 0) continue;
      if (performance.now() > limit) {
        this.#silent = true;
        throw new Error("the C does not answer: its last words are printed at the end");
      }
      Atomics.wait(pause, 0, 0, 0.05);
    }
    return text.trimEnd();
  }

  /** The answers to one line, separated by spaces. */
  ask(name: string, ...values: readonly unknown[]): readonly Value[] {
    if (this.#silent) throw new Error("the C has ended");
    writeSync(this.#questions, `${name}${values.map(shown).join("")}\n`);
    return this.#line().split(" ").map(parsed);
  }

  /** Ends the program; rejects with what the sanitizers said. */
  async close(): Promise<void> {
    if (!this.#silent) writeSync(this.#questions, "end\n");
    const code = await this.#ended;
    closeSync(this.#questions);
    closeSync(this.#answers);
    rmSync(this.#folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the C ended with ${code}:\n${this.#errors}`);
  }

  /** What `native` (typings/globals.d.ts) is on a device. */
  readonly native = (name: string) => ({
    call: (_self: unknown, ...values: readonly unknown[]): unknown => {
      const own = name.slice("xs_cpns_".length);
      if (own === "random") return this.#random(values[0] as Uint8Array);
      const [value] = this.ask(own, ...values);
      return value instanceof Uint8Array ? value.buffer : value;
    },
  });

  #random(into: Uint8Array): number {
    const [verdict, octets] = this.ask("random", into.length);
    into.set(octets as Uint8Array);
    return verdict as number;
  }
}

const globals = globalThis as unknown as { native?: Driver["native"] };

/** Runs the tests of the surrounding `describe` over the C compiled with these flags; skips them without compiler. */
export function withDriver(flags: readonly string[]): () => Driver {
  let driver: Driver | undefined;

  before(function () {
    if (missingCompiler([...flags, "-fsanitize=address,undefined"]) !== undefined)
      skipped(this, `the device's C with ${flags.join(" ")}`, "a C compiler for it", "gcc gcc-multilib");
    driver = new Driver(flags);
    globals.native = driver.native;
  });

  after(async () => {
    delete globals.native;
    await driver?.close();
  });

  return () => driver as Driver;
}
