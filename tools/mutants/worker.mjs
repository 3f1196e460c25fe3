// A process that has the instrumented build loaded: runs tests with one mutant switched on, over and over. Test files are
// loaded anew for each mutant, so that nothing of an earlier run is left in them; sources stay.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Mocha from "mocha";

const [folder] = process.argv.slice(2);
/** The mutant that is switched on; while recording, none is, and whoever asks is noted. */
let active = Number(process.env.CPNS_MUTANT ?? -1);
let hits;
globalThis.mutant = (id) => {
  hits?.add(id);
  return id === active;
};
// What a test leaves behind that failed half way is no fault of the next.
process.on("unhandledRejection", () => {});
// Ctrl-C is for whoever asks, who waits for the answer.
process.on("SIGINT", () => {});

let runs = 0;

/** Runs the tests of these files whose full titles are wanted, or all; ends at the first that fails when `bail`. */
async function run(files, { wanted, bail, onTest, timeout }) {
  const mocha = new Mocha({ reporter: class {}, timeout: timeout ?? 60_000, bail });
  mocha.cleanReferencesAfterRun(true);
  runs++;
  for (const file of files) {
    mocha.suite.emit("pre-require", globalThis, file, mocha);
    await import(`${pathToFileURL(join(folder, file)).href}?run=${runs}`);
    onTest?.load?.(file, mocha.suite);
  }
  if (wanted !== undefined) {
    const keep = (suite) => {
      suite.tests = suite.tests.filter((test) => wanted.has(test.fullTitle()));
      for (const inner of suite.suites) keep(inner);
    };
    keep(mocha.suite);
  }
  return new Promise((resolve) => {
    const failed = [];
    let passed = 0;
    const runner = mocha.run(() => resolve({ failed, passed }));
    runner.on("fail", (test) => failed.push(test.fullTitle()));
    runner.on("pass", () => passed++);
    onTest?.start?.(runner);
  });
}

const busy = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * Every test of a file that passes, with how long it took (`ms`, and `work` of the processor alone) and which mutants
 * it meets; and those met on loading. After `longest` ms of work it leaves the rest of the file out, and is `cut`.
 */
async function record(file, longest) {
  const tests = [];
  hits = new Set();
  const loaded = new Set();
  let shared = new Set();
  let cut = false;
  const start = (runner) => {
    for (const id of hits) loaded.add(id);
    let began = 0;
    let worked = 0;
    runner.on("test", () => {
      // What hooks have met since the last test may decide about any of the file's.
      for (const id of hits) shared.add(id);
      hits = new Set();
      began = performance.now();
      worked = busy();
    });
    runner.on("pass", (test) => {
      const [ms, work] = [performance.now() - began, busy() - worked];
      tests.push({ title: test.fullTitle(), ms, work, hits: [...hits] });
      hits = new Set();
    });
    runner.on("test end", () => {
      cut = busy() > longest;
      if (cut) runner.abort();
    });
  };
  const { failed } = await run([file], { bail: false, onTest: { start } });
  for (const id of hits) shared.add(id);
  hits = undefined;
  shared = new Set([...shared].filter((id) => !loaded.has(id)));
  return { tests, failed, cut, loaded: [...loaded], shared: [...shared] };
}

/** Whether a test fails with this mutant; `steps` are [file, titles], in the order in which they are asked. */
async function judge(id, steps, timeout) {
  for (const [file, titles] of steps) {
    active = id;
    const { failed, passed } = await run([file], { wanted: new Set(titles), bail: true, timeout });
    active = -1;
    // Timers and promises of a test that has ended early run out.
    await new Promise((resolve) => setTimeout(resolve, failed.length > 0 ? 5 : 0));
    if (failed.length > 0) return { killedBy: failed[0], file };
    if (passed === 0) return { killedBy: "no test is left of it", file };
  }
  return {};
}

process.on("message", async ({ record: file, longest, judge: mutant, fresh, steps, timeout }) => {
  try {
    if (file !== undefined) process.send({ recorded: await record(file, longest) });
    else if (fresh) {
      // Switched on from the start by the environment: it is met on loading.
      const id = active;
      process.send({ judged: await judge(id, steps, timeout) });
    } else process.send({ judged: await judge(mutant, steps, timeout) });
  } catch (error) {
    const { message } = error;
    process.send({ judged: { killedBy: `loading: ${message}` }, recorded: { error: message } });
  }
});
process.send({ ready: true });
