import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

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

describe("what is done with the mutants of a source", () => {
  let folder: string;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const load = (name: string) =>
    import(new URL(`../../../tools/mutants/${name}.mjs`, import.meta.url).href) as Promise<unknown>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-mutants-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("sets apart what the types refuse, but not what is only unused or due to being a copy", async () => {
    const { refuseByTypes } = (await load("types")) as {
      refuseByTypes(
        mutants: readonly { id: number; source: string; state?: string }[],
        out: string,
        say: (line: string) => void,
        tree: string,
      ): void;
    };
    const text = `import { take } from "./b.js";
export class A { readonly #own = 1; own(): number { return this.#own; } }
export function f(a: "x" | "y"): A { const made = new A(); take(made); return a === "x" ? made : new A(); }
export const state: { at: "start" } = { at: "start" };
`;
    write("src/a.ts", text);
    write(
      "src/b.ts",
      'import type { A } from "./a.js";\nexport const take = (one: A): number => one.own();\n',
    );
    const { mutants } = await tool.instrument(text, 0);
    const all: { id: number; source: string; before: string; after: string; state?: string }[] = mutants.map(
      (one) => ({ ...one, source: "src/a.ts" }),
    );
    const said: string[] = [];
    refuseByTypes(all, join(folder, "out"), (line) => said.push(line), folder);
    assert.deepEqual(
      all.map(({ before, after, state }) => `${before} → ${after}${state === undefined ? "" : `, ${state}`}`),
      [
        "1 → 2",
        "{ … } → {}, refused by types",
        "{ … } → {}, refused by types",
        "take(made) → undefined",
        'a === "x" → true',
        'a === "x" → false',
        'a === "x" → (a) !== ("x")',
        '"x" → "", refused by types',
        '"start" → "", refused by types',
      ],
    );
    assert.deepEqual(said, ["4 of them are refused by types"]);
  });

  it("knows how many imports away a test is from a source, and which reach none", async () => {
    const { distances } = (await load("distances")) as {
      distances(folder: string, sources: readonly string[]): ReadonlyMap<string, number>;
    };
    write("src/a.js", "export const a = 1;");
    write("src/b.js", 'import { a } from "./a.js"; export const b = a;');
    write("hosts/c.js", 'export * from "../src/b.js";');
    write("test/near.test.js", 'import "../src/a.js"; import { c } from "../hosts/c.js";');
    write("test/far.test.js", 'const { c } = await import("../hosts/c.js");');
    write("test/other.test.js", 'import "node:fs";');
    assert.deepEqual(
      [...distances(folder, ["src/a.ts"])],
      [
        ["src/a.js", 0],
        ["src/b.js", 1],
        ["test/near.test.js", 1],
        ["hosts/c.js", 2],
        ["test/far.test.js", 3],
      ],
    );
  });
});
