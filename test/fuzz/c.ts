import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { coreFiles, hashAndCipher, headers, here, sdkName } from "../hosts/esp32/crypto/core.js";
import { SeededRandom } from "../support/seededRandom.js";

const folder = fileURLToPath(new URL("../../fuzz/c/", import.meta.url));
const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O2"];

/** The newest clang that brings libFuzzer, or undefined. */
function compiler(): string | undefined {
  const names = ["clang", ...Array.from({ length: 12 }, (_, i) => `clang-${24 - i}`)];
  const input = "int LLVMFuzzerTestOneInput(const char *a, unsigned long b) { return a && b ? 0 : 0; }\n";
  const flags = ["-fsanitize=fuzzer,address", "-x", "c", "-", "-o", "/dev/null"];
  return names.find((name) => spawnSync(name, flags, { input }).status === 0);
}

/** What a person needs of what libFuzzer and the sanitizers say. */
const said = (text: string): string =>
  text
    .split("\n")
    .filter((line) => /^fuzz:|ERROR: |runtime error|\.c:\d+|Test unit/.test(line))
    .join("\n");

/** Fuzzes the device's C by libFuzzer. Returns what is to be said of it; throws when it found something. */
export function fuzzC(seconds: number, seed: number): string {
  const clang = compiler();
  if (clang === undefined)
    return "skipped: the device's C, because clang with libFuzzer was not found; install it with: apt-get install clang libclang-rt-dev";
  mkdirSync(folder, { recursive: true });
  const objects = hashAndCipher.map((file, i) => {
    const object = join(folder, `${i}.o`);
    // As in the tests: the SDK's files are not ours to warn about.
    execFileSync(clang, [
      "-w",
      "-fsanitize=address,fuzzer-no-link",
      "-g",
      "-O1",
      ...headers,
      "-c",
      file,
      "-o",
      object,
    ]);
    return object;
  });
  const program = join(folder, "fuzz");
  const own = [join(here, "fuzz.c"), ...coreFiles];
  execFileSync(clang, [
    "-std=gnu11",
    "-fsanitize=fuzzer",
    ...sanitizers,
    ...headers,
    ...own,
    ...objects,
    "-o",
    program,
  ]);
  const corpus = join(folder, "corpus");
  mkdirSync(corpus, { recursive: true });
  const random = new SeededRandom(seed);
  for (let i = 0; i < 64; i++)
    writeFileSync(join(corpus, `random-${i}`), Uint8Array.of(i, ...random.octets(399)));
  const time = `-max_total_time=${Math.max(1, Math.round(seconds))}`;
  const options = [
    time,
    `-seed=${seed}`,
    "-max_len=400",
    `-artifact_prefix=${folder}`,
    "-print_final_stats=1",
  ];
  const run = spawnSync(program, [...options, corpus], { encoding: "utf8", cwd: folder });
  if (run.status !== 0) throw new Error(`the device's C\n${said(run.stderr)}`);
  const [, executed = "?"] = /stat::number_of_executed_units:\s*(\d+)/.exec(run.stderr) ?? [];
  return `${"c".padEnd(12)} ${executed.padStart(9)} inputs with ${sdkName}, no fault`;
}
