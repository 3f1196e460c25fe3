// `npm run mutants`: changes the sources of the core, one place at a time, and sees whether a test fails.
import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { compile } from "../build.mjs";
import { fail, root } from "../setup.mjs";
import { distances } from "./distances.mjs";
import { instrument } from "./instrument.mjs";
import { refuseByTypes } from "./types.mjs";

const areas = ["src/protocols", "src/crypto", "src/link", "src/database"];
/** As deep as `build`: tests find their files from where they are. */
const out = join(root, "build-mutants");
const memory = join(root, "build/mutants.json");
/** Tests that look at nothing of these areas, or at files of the repository, or that need another program. */
const left = /^test\/(?:xs|tools|docs|device|fuzz|hosts|ui|bench)\//;
/** What of a file's tests takes longer than this (ms of the processor's work) is for `npm test` alone. */
const longest = 60_000;
/** A file that has not ended by then (ms) hangs. */
const hangs = 900_000;
/** A test that is slower than this, alone and without a mutant, is asked last, and not at all when others are there. */
const slow = 4000;
/** Of a mutant, seconds of tests: once with those beside its source, once with all others. */
const usualPatience = 20;

/** By Ctrl-C: what has been asked by then is reported. */
let stopped = false;

function* files(folder, form) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, form);
    else if (form.test(entry.name)) yield path;
  }
}

/** Sources below these files and folders, by their path in the tree. */
function sourcesOf(places) {
  return places.flatMap((place) => {
    const path = resolve(root, place);
    if (!existsSync(path)) fail(`${place} is not there`, 2);
    const found = /\.ts$/.test(path) ? [path] : [...files(path, /\.ts$/)];
    return found.map((file) => relative(root, file)).sort();
  });
}

/** The instrumented build: always of all areas and what was asked for, so that numbers stay while sources do. */
async function prepare(asked) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  for (const top of ["src", "hosts", "apps", "test", "bench"])
    cpSync(join(root, "build", top), join(out, top), { recursive: true });
  const mutants = [];
  for (const source of new Set([...sourcesOf(areas), ...asked])) {
    const text = readFileSync(join(root, source), "utf8");
    const made = await instrument(text, mutants.length);
    const lines = text.split("\n");
    for (const one of made.mutants) mutants.push({ ...one, source, text: lines[one.line - 1]?.trim() });
    writeFileSync(join(out, source.replace(/\.ts$/, ".js")), await compile(join(root, source), made.code));
  }
  return mutants;
}

/** What earlier runs have found out and nothing has changed since: which tests meet what, and which killed whom. */
class Memory {
  #known = {};
  #base;
  #digests = new Map();

  constructor() {
    const digest = createHash("sha256");
    const all = ["src", "hosts", "test"].flatMap((top) => [...files(join(out, top), /\.js$/)]);
    for (const file of all.sort()) if (!/\.test\.js$/.test(file)) digest.update(readFileSync(file));
    this.#base = digest.digest("hex");
    try {
      this.#known = JSON.parse(readFileSync(memory, "utf8"));
    } catch {
      // The first run.
    }
    if (this.#known.base !== this.#base) this.#known = { base: this.#base, recorded: {}, killed: {} };
  }

  #digest(file) {
    const known = this.#digests.get(file);
    if (known !== undefined) return known;
    const made = createHash("sha256")
      .update(readFileSync(join(out, file)))
      .digest("hex");
    this.#digests.set(file, made);
    return made;
  }

  recorded(file) {
    return this.#known.recorded[`${file} ${this.#digest(file)}`];
  }

  keepRecorded(file, recorded) {
    this.#known.recorded[`${file} ${this.#digest(file)}`] = recorded;
    this.save();
  }

  killed(id) {
    const known = this.#known.killed[id];
    return (
      known !== undefined && existsSync(join(out, known.file)) && known.digest === this.#digest(known.file)
    );
  }

  keepKilled(id, file) {
    this.#known.killed[id] = { file, digest: this.#digest(file) };
  }

  save() {
    writeFileSync(memory, JSON.stringify(this.#known));
  }
}

/** A worker process; `ask` rejects when it dies or takes longer than that. */
class Worker {
  #process;

  constructor(env = {}) {
    this.#process = fork(join(root, "tools/mutants/worker.mjs"), [out], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      cwd: root,
    });
  }

  /** It loads all tests, which takes long on a busy machine. */
  ready() {
    return this.#answer(600_000);
  }

  ask(message, timeout) {
    const answer = this.#answer(timeout);
    this.#process.send(message);
    return answer;
  }

  #answer(timeout) {
    return new Promise((done, failed) => {
      const end = (settle, value) => {
        clearTimeout(timer);
        this.#process.removeAllListeners();
        settle(value);
      };
      const timer = setTimeout(() => end(failed, new Error("timeout")), timeout);
      this.#process.once("message", (message) => end(done, message));
      this.#process.once("exit", () => end(failed, new Error("ended")));
    });
  }

  kill() {
    this.#process.removeAllListeners();
    this.#process.kill("SIGKILL");
  }
}

async function worker(env) {
  const made = new Worker(env);
  await made.ready().catch(({ message }) => fail(`a process for mutants does not start: ${message}`));
  return made;
}

/** Which tests meet which mutant: a run of everything with none switched on. */
async function map(testFiles, known, say) {
  const meets = new Map();
  const loaded = new Set();
  const queue = [...testFiles];
  const take = (file, recorded) => {
    if (recorded === "hangs") say(`  left out, as it does not end: ${file}`);
    else if (recorded.error !== undefined) say(`  left out, as it does not load: ${file}: ${recorded.error}`);
    else if (recorded.failed.length > 0) say(`  left out, as it fails by itself: ${file}`);
    else {
      if (recorded.cut) say(`  only its first ${recorded.tests.length} tests, as it takes too long: ${file}`);
      for (const id of recorded.loaded) loaded.add(id);
      for (const { title, ms, work, hits } of recorded.tests) {
        const test = { file, title, ms, work };
        for (const id of new Set([...hits, ...recorded.shared, ...recorded.loaded]))
          meets.set(id, [...(meets.get(id) ?? []), test]);
      }
    }
  };
  const work = async () => {
    for (let file = queue.shift(); file !== undefined && !stopped; file = queue.shift()) {
      const before = known.recorded(file);
      if (before === undefined) {
        // One process a file: what is met on loading is then known of each.
        const own = await worker();
        const asked = own.ask({ record: file, longest }, hangs);
        const { recorded = "hangs" } = await asked.catch(() => ({}));
        own.kill();
        // What a busy machine or a missing file has kept from being known is asked again.
        if (recorded !== "hangs" && recorded.error === undefined) known.keepRecorded(file, recorded);
        take(file, recorded);
      } else take(file, before);
    }
  };
  await Promise.all([work(), work()]);
  return { meets, loaded };
}

/** A sample that is the same for the same seed, in no order, so that a part of it is one, too. */
function sampled(mutants, count, seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return mutants
    .map((one) => ({ one, order: random() }))
    .sort((one, other) => one.order - other.order)
    .slice(0, count)
    .map(({ one }) => one);
}

/** In rounds, up to so many milliseconds a test: what is quick of all files comes before what is slow of any. */
const rounds = [100, 600, slow];

/**
 * The tests that are to judge a source's mutant, those of a file and round together: the source's own file first, then
 * the quickest, as many as `patience` (ms) has time for by what they take without a mutant.
 */
function chosen(tests, source, patience) {
  const quick = tests.filter(({ work }) => work < slow);
  const own = source.replace(/^src\//, "test/").replace(/\.ts$/, "");
  const best = new Map();
  for (const { file, work } of tests) best.set(file, Math.min(best.get(file) ?? work, work));
  const round = ({ work }) => rounds.findIndex((longest) => work < longest);
  const far = ({ file }) => (file.startsWith(`${own}.`) ? 0 : 1);
  const ordered = (quick.length > 0 ? quick : tests).sort(
    (one, other) =>
      far(one) - far(other) ||
      round(one) - round(other) ||
      best.get(one.file) - best.get(other.file) ||
      one.file.localeCompare(other.file) ||
      one.work - other.work,
  );
  let time = 0;
  return ordered.filter(({ work }, at) => {
    time += work;
    return at === 0 || time <= patience;
  });
}

/** [file, titles] of tests that follow each other. */
function steps(tests) {
  const made = [];
  for (const { file, title } of tests) {
    if (made.at(-1)?.[0] === file) made.at(-1)[1].push(title);
    else made.push([file, [title]]);
  }
  return made;
}

const held = (state) => state === "killed" || state === "refused by types";

async function judgeAll(mutants, { meets, loaded }, known, patience, say) {
  const queue = mutants.filter(({ state }) => !held(state));
  const all = queue.length;
  let done = 0;
  const work = async () => {
    let own = await worker();
    for (let one = queue.shift(); one !== undefined && !stopped; one = queue.shift()) {
      const tests = chosen(meets.get(one.id) ?? [], one.source, patience);
      done++;
      if (done % 20 === 0) {
        say(`  ${done} of ${all}`);
        known.save();
      }
      if (tests.length === 0) {
        one.state ??= "not met by a test";
        continue;
      }
      const fresh = loaded.has(one.id);
      const time = tests.reduce((sum, { ms }) => sum + ms, 0);
      const timeout = 10_000 + 8 * Math.max(...tests.map(({ ms }) => ms));
      const question = {
        judge: one.id,
        fresh,
        steps: steps(tests),
        timeout,
      };
      const longest = 20_000 + 6 * time;
      const asked = fresh ? await worker({ CPNS_MUTANT: String(one.id) }).catch(() => undefined) : own;
      try {
        if (asked === undefined) throw new Error("loading");
        const { judged } = await asked.ask(question, longest);
        one.state = judged.killedBy === undefined ? "survived" : "killed";
        if (one.state === "killed") known.keepKilled(one.id, judged.file ?? tests[0].file);
      } catch {
        // It never ends, or ends the process: a test would have noticed.
        one.state = "killed";
        known.keepKilled(one.id, tests[0].file);
        if (!fresh) {
          own.kill();
          own = await worker();
        }
      }
      if (fresh) asked?.kill();
    }
    own.kill();
  };
  await Promise.all([work(), work()]);
}

/** Survivors that change nothing that anybody could see, each with its reason. */
const explained = () => parse(readFileSync(join(root, "tools/mutants/explained.yaml"), "utf8")) ?? [];

const oneLine = (text) => text.replaceAll(/\s+/g, " ").slice(0, 90);

function isExplained(mutant, list) {
  return list.some(
    ({ file, line, before, after }) =>
      file === mutant.source &&
      line === mutant.text &&
      before === oneLine(mutant.before) &&
      after === oneLine(mutant.after),
  );
}

function report(mutants, say) {
  const list = explained();
  const survivors = mutants.filter(({ state }) => !held(state));
  const open = survivors.filter((one) => !isExplained(one, list));
  const refused = mutants.filter(({ state }) => state === "refused by types").length;
  const killed = mutants.length - survivors.length - refused;
  const judged = mutants.length - refused - (survivors.length - open.length);
  const score = judged === 0 ? 100 : Math.floor((1000 * killed) / judged) / 10;
  for (const { source, line, column, before, after, state } of open)
    say(`${source}:${line}:${column} ${state}: ${oneLine(before)} → ${oneLine(after)}`);
  const areas = new Map();
  for (const one of mutants) {
    const area = one.source.split("/").slice(0, 3).join("/");
    const counts = areas.get(area) ?? [0, 0];
    counts[0] += held(one.state) || isExplained(one, list) ? 1 : 0;
    counts[1]++;
    areas.set(area, counts);
  }
  for (const [area, [held, all]] of [...areas].sort())
    say(`${area.padEnd(40)} ${String(held).padStart(5)} of ${all}`);
  say(
    `killed ${killed}, left ${open.length}: ${score} %; not counted: ${refused} refused by types, ${survivors.length - open.length} explained`,
  );
  return score;
}

/** Whether a mutant is one of those that an earlier run has left: by its place, as numbers change with the sources. */
function survivorsOf(earlier) {
  const name = ({ source, text, column, before, after }) => [source, text, column, before, after].join("\n");
  const left = new Set(earlier.filter(({ state }) => !held(state)).map(name));
  return (one) => left.has(name(one));
}

export async function mutants({ options, operands }) {
  const say = (line) => process.stdout.write(`${line}\n`);
  const number = (text, name) => {
    const value = Number(text);
    if (text !== undefined && (!Number.isInteger(value) || value < 0))
      fail(`--${name} takes a whole number`, 2);
    return text === undefined ? undefined : value;
  };
  const [count, seed, least, seconds = usualPatience] = ["sample", "seed", "least", "patience"].map((name) =>
    number(options[name], name),
  );
  const reported = join(out, "report.json");
  const earlier = existsSync(reported) ? JSON.parse(readFileSync(reported, "utf8")).mutants : [];
  const asked = sourcesOf(operands.length > 0 ? operands : areas);
  const all = (await prepare(asked)).filter(({ source }) => asked.includes(source));
  const known = new Memory();
  const again = options.again === true ? survivorsOf(earlier) : undefined;
  const picked = again ? all.filter(again) : sampled(all, count ?? all.length, seed ?? 1);
  process.once("SIGINT", () => {
    stopped = true;
    say("  ends after what is under way; once more ends at once");
  });
  for (const one of picked) if (known.killed(one.id)) one.state = "killed";
  say(`${picked.length} of ${all.length} mutants in ${asked.length} files`);
  const tests = [...files(join(out, "test"), /\.test\.js$/)].map((file) => relative(out, file)).sort();
  const fit = tests.filter((file) => !left.test(file));
  // The tests beside a source know most of it; whoever gets past them meets all the others.
  const beside = new Set(picked.map(({ source }) => `${dirname(source).replace(/^src/, "test")}/`));
  const near = fit.filter((file) => [...beside].some((folder) => file.startsWith(folder)));
  const judge = async (by) => judgeAll(picked, await map(by, known, say), known, 1000 * seconds, say);
  await judge(near);
  const past = () => picked.filter(({ state }) => !held(state));
  say(`${past().length} got past the tests beside their sources`);
  refuseByTypes(past(), out, say);
  const far = new Set(fit.filter((file) => !near.includes(file)));
  while (far.size > 0 && past().length > 0 && options.near !== true && !stopped) {
    // The next nearest by imports; who cannot reach what is left is not asked at all.
    const reach = distances(
      out,
      past().map(({ source }) => source),
    );
    const nearest = Math.min(...[...far].map((file) => reach.get(file) ?? Number.POSITIVE_INFINITY));
    const next = [...far].filter((file) => reach.get(file) === nearest);
    if (next.length === 0) break;
    for (const file of next) far.delete(file);
    say(`${past().length} are left for ${next.length} test files, ${nearest} imports away`);
    await judge(next);
  }
  known.save();
  const judged = picked.filter(({ state }) => state !== undefined).sort((one, other) => one.id - other.id);
  const score = report(judged, say);
  writeFileSync(reported, JSON.stringify({ score, mutants: judged }, undefined, 1));
  if (score < (least ?? 0)) fail(`the score of mutants is below ${least} %`);
}
