// `npm run formal`: what the machine proves of the protocol, of the Server's rows and of the device's arithmetic, and
// that it refutes each model in which something was left out. formal/properties.yaml says what has to come of it.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import * as framaC from "./formal/framaC.mjs";
import * as proverif from "./formal/proverif.mjs";
import * as spin from "./formal/spin.mjs";
import { line, ran } from "./formal/table.mjs";
import * as z3 from "./formal/z3.mjs";
import { fail, root } from "./setup.mjs";

const tools = { proverif, spin, z3, "frama-c": framaC };

/** The models of formal/properties.yaml, each with its name: "direct", "rows". */
export function models() {
  const text = readFileSync(join(root, "formal/properties.yaml"), "utf8");
  return parse(text).map((model) => ({ broken: {}, ...model }));
}

/** One run of a tool: the model as it is with all its properties, or one broken variant with the one it must refute. */
export function jobsOf(model) {
  const expected = { proven: "proven", attacks: "refuted", reached: "refuted" };
  const whole = Object.entries(expected).flatMap(([kind, result]) =>
    Object.entries(model[kind] ?? {}).map(([property, words]) => ({ property, words, kind, result })),
  );
  const broken = Object.entries(model.broken).map(([variant, { refutes, words, ...change }]) => ({
    model,
    variant,
    change,
    claims: [{ property: refutes, words, kind: "broken", result: "refuted" }],
  }));
  return [{ model, claims: whole }, ...broken];
}

const isWanted = (names) => (model) =>
  names.length === 0 || names.includes(model.name) || names.includes(model.tool);

/** A row for each claim of the job; `run` gives verdicts by property. */
export async function perform(job, run) {
  const started = performance.now();
  const found = await run(job);
  const seconds = (performance.now() - started) / 1000;
  return job.claims.map((claim) => {
    const verdict = found.get(claim.property) ?? "no answer";
    return { ...claim, ...job, verdict, seconds, good: verdict === claim.result };
  });
}

/** As many at once as there are cores; a line for each claim as soon as it is known. */
async function performAll(jobs) {
  const left = [...jobs];
  const rows = [];
  const work = async () => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      const done = await perform(job, tools[job.model.tool].run);
      for (const row of done) process.stdout.write(`${line(row)}\n`);
      rows.push(...done);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return rows;
}

/** Runs what was asked for; exits with 1 when a result is not the expected one. */
export async function formal({ options, operands }) {
  const all = models();
  const known = new Set(all.flatMap(({ name, tool }) => [name, tool]));
  const unknown = operands.find((name) => !known.has(name));
  if (unknown !== undefined) fail(`no model '${unknown}'; one of ${[...known].join(", ")}`, 2);
  const wanted = all.filter(isWanted(operands)).filter(({ quick }) => !options.quick || quick !== false);
  const missing = new Map(Object.entries(tools).map(([name, tool]) => [name, tool.missing()]));
  for (const tool of new Set(wanted.map((model) => model.tool))) {
    if (missing.get(tool) !== undefined) process.stdout.write(`skipped: ${tool}: ${missing.get(tool)}\n`);
  }
  const here = wanted.filter(({ tool }) => missing.get(tool) === undefined);
  const rows = await performAll(here.flatMap(jobsOf));
  const bad = rows.filter(({ good }) => !good);
  process.stdout.write(`${ran(rows, wanted.length - here.length)}\n`);
  if (bad.length > 0) fail("not everything came out as formal/properties.yaml says (✗)");
}
