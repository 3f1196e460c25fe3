import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

const { forXs } = (await import(new URL("../../../tools/xsCode.mjs", import.meta.url).href)) as {
  forXs(code: string): string;
};

/** What a function's body returns, before and after. */
const both = (body: string, ...values: readonly unknown[]): readonly [unknown, unknown] => {
  const run = (code: string): unknown => new Function(`${code}; return f;`)()(...values);
  const code = `function f(x, y) { ${body} }`;
  return [run(code), run(forXs(code))];
};

const said = (code: string): string => forXs(code).trim();

describe("JavaScript as it is said for XS", () => {
  it("has undefined as a value, and not as a global name that is looked up", () => {
    assert.equal(said("const a = undefined;"), "const a = void 0;");
    assert.equal(said("f(undefined, [undefined], x ?? undefined);"), "f(void 0, [void 0], x ?? void 0);");
    assert.equal(said("if (undefined === a) b(-undefined);"), "if (void 0 === a) b(-void 0);");
    assert.equal(
      said("class A { b = undefined; c() { return a ?? undefined; } }"),
      "class A { b = void 0; c() { return a ?? void 0; } }",
    );
  });

  it("compares with null and returns nothing where undefined was meant", () => {
    assert.equal(said("if (a.b() === undefined) c();"), "if (a.b() == null) c();");
    assert.equal(said("const c = (a) !== undefined && b;"), "const c = (a) != null && b;");
    assert.equal(said("f((undefined) === undefined);"), "f((void 0) == null);");
    assert.equal(said("function f() { return undefined; }"), "function f() { return; }");
    assert.equal(said("const f = () => undefined;"), "const f = () => void 0;");
    for (const code of [
      "if (a == b) c();",
      "if (a < b) c();",
      'if (a === "undefined") b();',
      "a === b.undefined;",
    ])
      assert.equal(said(code), code);
  });

  it("makes arrays of a function's elements by one call", () => {
    assert.equal(said("f(() => [a, undefined,]);"), "f(() => Array.of(a, void 0,));");
    assert.equal(
      said("class A { b = [1]; c() { [d] = [[e], []]; } }"),
      "class A { b = Array.of(1); c() { [d] = Array.of(Array.of(e), []); } }",
    );
    for (const code of [
      "const a = [1, 2];",
      "f(() => [a, ...b]);",
      "f(() => [a, , b]);",
      "f(() => []);",
      "f(([a, b]) => { [c, d] = a; });",
    ])
      assert.equal(said(code), code);
  });

  it("is said for modules that have no null beside undefined", () => {
    const root = new URL("../../../", import.meta.url);
    const folders = ["src", "hosts/esp32", "apps"].map((folder) => new URL(`${folder}/`, root));
    const modules = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
        .map((name) => new URL(name, folder)),
    );
    assert.ok(modules.length > 300, String(modules.length));
    const other = /(?<![=!]== )\bnull\b/;
    const code = (text: string): string =>
      text.replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/.*?$|"[^"]*"|`[^`]*`/gms, "");
    assert.ok(other.test(code("const a = null;")) && !other.test(code('if (a !== null) b("null"); // null')));
    for (const module of modules)
      assert.doesNotMatch(code(readFileSync(module, "utf8")), other, module.pathname);
  });

  it("leaves names and texts that only look like it", () => {
    for (const code of [
      "a.undefined;",
      'const a = "undefined";',
      "const a = { undefined: 1 };",
      "// undefined",
    ])
      assert.equal(said(code), code);
    assert.equal(said("a[undefined];"), "a[void 0];");
    assert.equal(said("const b = { [undefined]: undefined };"), "const b = { [void 0]: void 0 };");
  });

  it("reads a destructured object's properties one by one", () => {
    assert.equal(said("const { a, b: c } = x;"), "const a = x.a, c = x.b;");
    assert.equal(said("const { a } = this;"), "const a = this.a;");
    assert.equal(said("const { a } = f(undefined);"), "const a = f(void 0).a;");
    assert.equal(said("const { a } = x ?? y;"), "const a = (x ?? y).a;");
    assert.equal(said("const { a } = x?.y;"), "const a = (x?.y).a;");
    assert.equal(said("let { a, b } = this.#c.d();"), "let $1 = this.#c.d(), a = $1.a, b = $1.b;");
    assert.equal(
      said("const { a } = x, { b, c } = y, d = undefined;"),
      "const a = x.a, b = y.b, c = y.c, d = void 0;",
    );
  });

  it("does the same with parameters of functions that have a body", () => {
    assert.equal(
      said("function f({ a, b: c }, d) { return a; }"),
      "function f($1, d) { let a = $1.a, c = $1.b; return a; }",
    );
    assert.equal(said("class A { #m({ a }) {} }"), "class A { #m($1) { let a = $1.a;} }");
    assert.equal(
      said("const f = ({ a }, { b }) => { g(); };"),
      "const f = ($1, $2) => { let a = $1.a, b = $2.b; g(); };",
    );
    for (const code of [
      "const f = ({ a }) => a;",
      "function f({ a = 1 }) {}",
      "function f({ a }, b = a) {}",
      "function f({ a } = {}) {}",
      "function f(...{ a }) {}",
    ])
      assert.equal(said(code), code);
  });

  it("leaves units to the compiler", () => {
    assert.equal(said("const a = Milliseconds(b + Seconds(1));"), "const a = (b + (1));");
    assert.equal(said("f(Milliseconds(0), () => {});"), "f((0), () => {});");
    for (const code of ["a.Milliseconds(1);", "Milliseconds(a, b);", "const Milliseconds = (a) => a;"])
      assert.equal(said(code), code);
  });

  it("leaves patterns that do more", () => {
    for (const code of [
      "const { a = 1 } = x;",
      "const { a, ...b } = x;",
      "const { a: { b } } = x;",
      "const { [a]: b } = x;",
      'const { "a": b } = x;',
      "const {} = x;",
      "const [a, b] = x;",
      "for (const { a } of x) b(a);",
    ])
      assert.equal(said(code), code);
  });

  it("means the same", () => {
    const cases: readonly (readonly [string, ...unknown[]])[] = [
      ["const { a, b } = x; return [a, b];", { a: 1, b: undefined }],
      ["if (x.a !== undefined) return undefined; return [x.a === undefined, [2], [y, undefined]];", {}, 7],
      ["for (const [a, b] of [[1, x], [y, 4]]) if (a === undefined) return undefined; return [x, y];", 2, 3],
      ["const { a, b } = ((z) => ({ a: z, b: z === undefined }))(y); return [a, b];", 0, undefined],
      ["const { length } = x; return () => length;", "ü≠"],
      ["const { a } = x ?? { a: 3 }; const { b, c } = { b: a, c: undefined }; return [b, c];", null],
      ["const f = () => { const { a, b } = x.c; return a + b; }; return f();", { c: { a: 1, b: 2 } }],
    ];
    for (const [body, ...values] of cases) {
      const [before, after] = both(body, ...values);
      if (typeof before === "function" && typeof after === "function") assert.deepEqual(after(), before());
      else assert.deepEqual(after, before, body);
    }
    assert.throws(() => both("const { a } = x?.y; return a;", {})[1], TypeError);
  });

  it("keeps every line where it was, whatever stands in a line before it, and however many files were read", () => {
    const code = '// "größer" — ≠\nconst {\n  a,\n  b\n} = x;\nconst c = undefined; // ü\nlast();\n';
    for (let i = 0; i < 3; i++) {
      const lines = forXs(code).split("\n");
      assert.equal(lines.length, code.split("\n").length);
      assert.equal(lines[6], "last();");
      assert.equal(lines[5], "const c = void 0; // ü");
    }
  });
});
