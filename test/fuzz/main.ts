import { mkdirSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hex } from "../../src/base/octets.js";
import { SeededRandom } from "../support/seededRandom.js";
import { fuzzC } from "./c.js";
import { mutated } from "./mutate.js";
import type { Target } from "./target.js";
import { corpusOf, targets } from "./targets.js";

/**
 * `npm run fuzz`: inputs a few changes away from the corpus, and from what has behaved in a new way, for as long as is
 * wanted. Ends with 1 at the first fault, whose input it keeps in build/fuzz. A long run may be done in pieces, each
 * --from where the one before has ended; the same seed, --from and --inputs give the same inputs again.
 */
const kept = 2_000;
const faults = fileURLToPath(new URL("../../fuzz/", import.meta.url));

class Fault extends Error {}

/** Somebody wants it to end; what was done until then counts. */
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stopped = true;
  });

interface Effort {
  readonly milliseconds: number;
  readonly from: number;
  readonly inputs: number;
  readonly seed: number;
}

async function judge(target: Target, input: Uint8Array, which = ""): Promise<string> {
  try {
    return await target.run(input);
  } catch (error) {
    mkdirSync(faults, { recursive: true });
    const file = `${faults}${target.name}.hex`;
    writeFileSync(file, `${hex(input)}\n`);
    throw new Fault(`${target.name}: ${(error as Error).stack ?? error}\ninput: ${file}${which}`);
  }
}

function c(seconds: number, seed: number): string {
  try {
    return fuzzC(seconds, seed);
  } catch (error) {
    throw new Fault((error as Error).message);
  }
}

async function fuzz(target: Target, { milliseconds, from, inputs, seed }: Effort): Promise<void> {
  const random = new SeededRandom(seed + from);
  const corpus: Uint8Array[] = [];
  const seen = new Set<string>();
  for (const input of corpusOf(target)) {
    corpus.push(input);
    seen.add(await judge(target, input));
  }
  const pick = (): Uint8Array => corpus[random.below(corpus.length)] ?? new Uint8Array(0);
  const began = performance.now();
  let done = 0;
  while (done < inputs && performance.now() - began < milliseconds && !stopped) {
    const input = mutated(pick(), pick(), random);
    const told = await judge(target, input, ` (input ${from + done} with --seed ${seed} --from ${from})`);
    done++;
    // Who wants it to end is heard.
    if (done % 1_024 === 0) await setImmediate();
    if (seen.has(told)) continue;
    seen.add(told);
    if (corpus.length < kept) corpus.push(input);
  }
  const piece = from > 0 || stopped ? ` ${from} to ${from + done}` : "";
  process.stdout.write(
    `${target.name.padEnd(12)} ${String(done).padStart(9)} inputs${piece}, ${seen.size} behaviours, no fault\n`,
  );
}

function number(text: string | undefined, name: string, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`cpns: --${name} takes a number above 0\n`);
  return process.exit(2);
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const options = { minutes: text, inputs: text, from: text, seed: text } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const names = [...targets.map(({ name }) => name), "c"];
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`cpns: '${unknown}' is none of the targets ${names.join(", ")}\n`);
    process.exit(2);
  }
  const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const seed = number(values.seed, "seed", 1 + (Date.now() % 1_000_000));
  const inputs = values.inputs === undefined ? Number.POSITIVE_INFINITY : number(values.inputs, "inputs", 1);
  const from = Number(values.from ?? 0);
  if (!Number.isSafeInteger(from) || from < 0) {
    process.stderr.write("cpns: --from takes the number of an input, from 0\n");
    process.exit(2);
  }
  const minutes =
    values.minutes === undefined && values.inputs !== undefined ? 1e6 : number(values.minutes, "minutes", 1);
  process.stdout.write(`seed ${seed}\n`);
  const withC = positionals.length === 0 || positionals.includes("c");
  const milliseconds = (minutes * 60_000) / (chosen.length + (withC ? 1 : 0));
  for (const target of chosen) if (!stopped) await fuzz(target, { milliseconds, from, inputs, seed });
  // libFuzzer is told a time, and gets a moment where only inputs are counted.
  if (withC && !stopped) process.stdout.write(`${c(Math.min(milliseconds, 600_000) / 1000, seed)}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(`cpns: ${error.message}\n`);
  process.exitCode = 1;
}
process.exit();
