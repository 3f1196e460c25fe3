/**
 * Mocha's globals for XS, and setTimeout on virtual time. Registers when it is imported; `run` (test/xs/run.ts, the host's last entry) then runs what
 * the test file described and prints one line of JSON a test: {"passed":true,"title":"…"}, at the end {"ended":true}.
 */
import type { Timer } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { xs } from "./host.js";
import { HostClock } from "./hostClock.js";

type Body = (this: Context, done?: never) => unknown;

interface Suite {
  readonly title: string;
  readonly parent: Suite | undefined;
  readonly tests: { readonly title: string; readonly body: Body }[];
  readonly suites: Suite[];
  readonly hooks: Readonly<Record<"before" | "beforeEach" | "after" | "afterEach", Body[]>>;
}

class Skipped extends Error {}

/** `this` of tests and hooks: nothing is timed here. */
interface Context {
  readonly timeout: () => Context;
  readonly slow: () => Context;
  readonly retries: () => Context;
  readonly skip: () => never;
}

const context: Context = Object.freeze({
  timeout: () => context,
  slow: () => context,
  retries: () => context,
  skip: (): never => {
    throw new Skipped();
  },
});

const suite = (title: string, parent?: Suite): Suite => ({
  title,
  parent,
  tests: [],
  suites: [],
  hooks: { before: [], beforeEach: [], after: [], afterEach: [] },
});

const root = suite("");
let current = root;

function describe(title: string, define: (this: Context) => void): void {
  const inner = suite(title, current);
  current.suites.push(inner);
  current = inner;
  define.call(context);
  current = inner.parent as Suite;
}

function it(title: string, body: Body): void {
  if (body.length > 0) throw new TypeError(`"${title}" takes a callback: return a promise instead`);
  current.tests.push({ title, body });
}

const hook =
  (name: keyof Suite["hooks"]) =>
  (...args: readonly (string | Body)[]): void => {
    current.hooks[name].push(args[args.length - 1] as Body);
  };

/** Waiting is free: time jumps to the next timer as soon as all promise jobs are done. */
const clock = new HostClock(false);
xs.hostTick = () => clock.tick();

Object.assign(globalThis, {
  setTimeout: (fire: () => void, delay = 0) => clock.after(Milliseconds(delay), fire),
  clearTimeout: (timer: Timer | undefined) => timer?.cancel(),
  describe,
  it,
  context: describe,
  specify: it,
  before: hook("before"),
  beforeEach: hook("beforeEach"),
  after: hook("after"),
  afterEach: hook("afterEach"),
});

const path = (one: Suite): readonly Suite[] =>
  one.parent === undefined ? [one] : [...path(one.parent), one];

const titleOf = (one: Suite, title: string): string =>
  [...path(one).map((each) => each.title), title].filter((part) => part !== "").join(" > ");

const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);

async function attempt(title: string, work: () => Promise<void>, silent = false): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Skipped) return true;
    xs.print(JSON.stringify({ passed: false, title, error: errorText(error) }));
    return false;
  }
  if (!silent) xs.print(JSON.stringify({ passed: true, title }));
  return true;
}

async function runTest(one: Suite, body: Body): Promise<void> {
  const chain = path(one);
  try {
    for (const each of chain) for (const run of each.hooks.beforeEach) await run.call(context);
    await body.call(context);
  } finally {
    for (const each of [...chain].reverse()) for (const run of each.hooks.afterEach) await run.call(context);
  }
}

async function runSuite(one: Suite): Promise<void> {
  const hooks = (name: "before" | "after"): Promise<boolean> =>
    attempt(
      titleOf(one, `"${name}" hook`),
      async () => {
        for (const run of one.hooks[name]) await run.call(context);
      },
      true,
    );
  if (await hooks("before")) {
    for (const { title, body } of one.tests) await attempt(titleOf(one, title), () => runTest(one, body));
    for (const inner of one.suites) await runSuite(inner);
  }
  await hooks("after");
}

/** Without the last line a reader knows that something was cut short. */
export async function run(): Promise<void> {
  await runSuite(root);
  xs.print(JSON.stringify({ ended: true }));
}
