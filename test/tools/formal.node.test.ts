import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Claim {
  readonly property: string;
  readonly kind: "proven" | "attacks" | "reached" | "broken";
  readonly result: "proven" | "refuted";
}
interface Model {
  readonly name: string;
  readonly tool: string;
  readonly file: string;
  readonly broken: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly variant?: string;
  readonly claims: readonly Claim[];
}
interface Tool {
  models(): readonly Model[];
  jobsOf(model: Model): readonly Job[];
  perform(
    job: Job & { readonly model: Model },
    run: () => Promise<ReadonlyMap<string, string>>,
  ): Promise<readonly { readonly good: boolean; readonly verdict: string }[]>;
}
interface Proverif {
  broken(text: string, variant?: string): string;
  asking(
    text: string,
    properties: readonly string[],
  ): { readonly model: string; readonly names: readonly string[] };
}

const root = new URL("../../../", import.meta.url);
const tool = (await import(new URL("tools/formal.mjs", root).href)) as Tool;
const proverif = (await import(new URL("tools/formal/proverif.mjs", root).href)) as Proverif;
const models = tool.models();
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, root)), "utf8");
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

const places: Readonly<Record<string, string>> = { proverif: "protocol", spin: "states" };
const markers: Readonly<Record<string, RegExp>> = {
  proverif: /\(\*BROKEN (\w+):/g,
  spin: /\bBROKEN_(?!name\b)(\w+)/g,
};
const properties: Readonly<Record<string, RegExp>> = {
  proverif: /\(\*PROPERTY (\w+)\*\)/g,
  spin: /\bPROPERTY_(?!name\b)(\w+)/g,
};

describe("the list of what the machine proves", () => {
  for (const [name, place] of Object.entries(places)) {
    const folder = fileURLToPath(new URL(`formal/${place}`, root));
    for (const file of readdirSync(folder).filter((one) => /\.(pv|pml)$/.test(one))) {
      it(`has every property and every broken variant of ${file}, and no other`, () => {
        const text = read(`formal/${place}/${file}`);
        const listed = models.filter((model) => model.tool === name && model.file === file);
        const found = (pattern: RegExp | undefined) =>
          sorted([...text.matchAll(pattern ?? /$^/g)].map(([, one]) => one ?? ""));
        assert.deepEqual(sorted(listed.flatMap(({ broken }) => Object.keys(broken))), found(markers[name]));
        const claimed = listed.flatMap(tool.jobsOf).flatMap(({ claims }) => claims);
        assert.deepEqual(sorted(claimed.map(({ property }) => property)), found(properties[name]));
      });
    }
  }

  it("wants a broken variant refuted in a property that it wants proven without", () => {
    for (const model of models) {
      const [whole, ...variants] = tool.jobsOf(model);
      const proven = whole?.claims.filter(({ kind }) => kind === "proven").map(({ property }) => property);
      for (const { claims } of variants) {
        for (const { property } of claims) assert(proven?.includes(property), `${model.name} ${property}`);
      }
    }
  });

  it("takes a result that differs, or none at all, for a failure", async () => {
    const claims = [
      { property: "a", kind: "proven", result: "proven" },
      { property: "b", kind: "proven", result: "proven" },
      { property: "c", kind: "broken", result: "refuted" },
      { property: "d", kind: "broken", result: "refuted" },
    ] as const;
    const model = { name: "m", tool: "spin", file: "m.pml", broken: {} };
    const verdicts = new Map([
      ["a", "proven"],
      ["b", "unproven"],
      ["c", "proven"],
    ]);
    const rows = await tool.perform({ model, claims }, async () => verdicts);
    assert.deepEqual(
      rows.map(({ good }) => good),
      [true, false, false, false],
    );
  });
});

describe("a model and what is broken in it", () => {
  const text = "let a = (*BROKEN x: none INSTEAD OF*) nonce (*END*) (*BROKEN y: 1 INSTEAD OF*) 2 (*END*).";

  it("stands as it is, or has one thing changed", () => {
    assert.equal(proverif.broken(text), "let a =  nonce   2 .");
    assert.equal(proverif.broken(text, "x"), "let a = none   2 .");
  });

  it("keeps the queries that are asked, in their order", () => {
    const queries = "(*PROPERTY a*)\nquery x.y.\n(*PROPERTY b*)\nquery z.\nprocess 0";
    assert.deepEqual(proverif.asking(queries, ["b"]), {
      model: "\n\nquery z.\nprocess 0".slice(1),
      names: ["b"],
    });
    assert.deepEqual(proverif.asking(queries, ["a", "b"]).names, ["a", "b"]);
  });
});

describe("the proofs on a machine without a compiler", () => {
  it("are skipped in words, each that reads C among them", () => {
    const bare = mkdtempSync(join(tmpdir(), "cpns-bare-"));
    symlinkSync(process.execPath, join(bare, "node"));
    const file = fileURLToPath(new URL("tools/formal/z3.mjs", root));
    const script = `import(${JSON.stringify(file)}).then(({ missing }) => console.log(missing()))`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { env: { PATH: bare }, encoding: "utf8" });
    rmSync(bare, { recursive: true });
    // The system's own Python is found by its path, with z3 or without.
    assert.match(stdout, /is not installed/);
  });
});
