import assert from "node:assert/strict";

interface Mutant {
  readonly id: number;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}
interface Tool {
  instrument(
    source: string,
    first: number,
  ): Promise<{ readonly code: string; readonly mutants: readonly Mutant[] }>;
}
const tool = (await import(new URL("../../../tools/mutants/instrument.mjs", import.meta.url).href)) as Tool;
const { compile } = await import(new URL("../../../tools/build.mjs", import.meta.url).href);

/** What f of this source gives with each mutant switched on, and with none. */
async function judged(body: string): Promise<{ all: Record<string, unknown>; none: unknown }> {
  const { code, mutants } = await tool.instrument(body, 10);
  const script: string = (await compile("sample.ts", code)).replace(/^\/\/# .*$/m, "");
  const run = (active: number): unknown => {
    const made = new Function("mutant", `const globalThis = { mutant }; ${script}; return f();`);
    try {
      return made((id: number) => id === active);
    } catch {
      return "thrown";
    }
  };
  const all = mutants.map(({ id, before, after }) => [`${before} → ${after}`, run(id)] as const);
  return { all: Object.fromEntries(all), none: run(-1) };
}

describe("the mutants of a source", () => {
  it("change one thing each, and nothing when none is switched on", async () => {
    const { all, none } = await judged(
      "function f(): number | undefined { const a = 3; return a < 5 ? 1 : a; }",
    );
    assert.equal(none, 1);
    assert.deepEqual(all, {
      "{ … } → {}": undefined,
      "3 → 4": 1,
      "a < 5 → true": 1,
      "a < 5 → false": 3,
      "a < 5 → (a) <= (5)": 1,
      "5 → 6": 1,
      "1 → 2": 2,
    });
  });

  it("drop calls that are made for their effect, but those of a log", async () => {
    const source =
      "function f(): number { let n = 0; const up = () => { n += 1; }; up(); log.event(n); return n; }";
    const { all } = await judged(`const log = { event(n: number) {} }; ${source}`);
    assert.equal(all["up() → undefined"], 0);
    assert.equal(all["n += 1 → n -= 1"], -1);
    assert.ok(!Object.keys(all).some((one) => one.startsWith("log.")));
  });

  it("leave what an error says to engineers as it is, but not its code", async () => {
    const { mutants } = await tool.instrument('throw new LinkError("link.busy", "five wait");', 0);
    assert.deepEqual(
      mutants.map(({ before }) => before),
      ['"link.busy"'],
    );
  });

  it("leave the text that names what was unexpected, and what a log says, but not what stands beside them", async () => {
    const left = async (source: string) =>
      (await tool.instrument(source, 0)).mutants.map(({ before }) => before);
    assert.deepEqual(await left('const a = unexpected("share", "start");'), []);
    assert.deepEqual(await left('const a = unexpected(name(1), "start");'), ["1"]);
    assert.deepEqual(await left('const a = readAnswer(answers, at("x"), "sending", 5);'), ['"x"', "5"]);
    assert.deepEqual(await left('const a = other("share");'), ['"share"']);
    assert.deepEqual(await left('const a = log.event("pn.left", { n: n + 1 });'), []);
    assert.deepEqual(await left('tables.log.event("pn.left"); this.#ports.log.event("x");'), []);
    assert.deepEqual(await left('tables.note("pn.left");'), ['tables.note("pn.left")', '"pn.left"']);
  });

  it("stand at their line, with octets beyond ASCII before them, and numbered from where they are told", async () => {
    const { mutants } = await tool.instrument("// ü … 日本\nexport const a = ['ß'].length + 2;\n", 7);
    assert.deepEqual(
      mutants.map(({ id, line, before }) => `${id} ${line} ${before}`),
      ["7 2 ['ß'].length + 2", "8 2 ['ß']", "9 2 'ß'", "10 2 2"],
    );
  });

  it("leave types, imports and keys alone", async () => {
    const source =
      'import { x } from "./x.js"; export type A = "a" | 1; export const b = { "key": x as 5, 7: x };';
    assert.deepEqual((await tool.instrument(source, 0)).mutants, []);
  });
});
