import assert from "node:assert/strict";

const { forBoard } = (await import(new URL("../../../tools/boardCode.mjs", import.meta.url).href)) as {
  forBoard(code: string): string;
};

const said = (code: string): string => forBoard(code).trim();

describe("JavaScript as a board has it", () => {
  it("has properties in place of private names", () => {
    assert.equal(
      said("class A { #b = 1; #c() { return this.#b; } get #d() { return this?.#c(); } static #e = 2; }"),
      "class A { _b = 1; _c() { return this._b; } get _d() { return this?._c(); } static _e = 2; }",
    );
    assert.equal(
      said("class A { #b = 1; c(d) { return #b in d; } }"),
      'class A { _b = 1; c(d) { return "_b" in d; } }',
    );
  });

  it("keeps the names of a class apart from those of the class that it extends, and of one around it", () => {
    const code = `
      class A { #b = 1; b() { return this.#b; } }
      class C extends A { #b = 2; c() { return [this.b(), this.#b]; } }
      class D extends C { #b = 3; #e = 4; d() {
        return [...this.c(), this.#b, new (class extends A { #b = 5; f(d) { return [this.b(), this.#b, d.#e]; } })().f(this)];
      } }
      return new D().d().flat();`;
    const run = (body: string): unknown => new Function(body)();
    assert.deepEqual(run(code), [1, 2, 3, 1, 5, 4]);
    const wrapped = said(`(function () {${code}})`);
    assert.ok(!wrapped.includes("#"));
    assert.deepEqual(run(`return ${wrapped}()`), [1, 2, 3, 1, 5, 4]);
  });

  it("keeps the private names of secrets", () => {
    const code = "let Secret = class Secret { #b; c(d) { return #b in d && d.#b; } };";
    assert.equal(said(code), code);
  });

  it("leaves out fields that are only declared, and keeps those that are set, and those of the class itself", () => {
    assert.equal(said("class A { b; #c; d = 1; static e; }"), "class A {   d = 1; static e; }");
  });

  it("looks global names up once, where a function uses them", () => {
    assert.equal(
      said("const f = (a) => new Uint8Array(Math.min(a.length, Number.MAX_VALUE));"),
      "const $Uint8Array = Uint8Array, $Math_min = Math.min, $Number_MAX_VALUE = Number.MAX_VALUE;" +
        "const f = (a) => new $Uint8Array($Math_min(a.length, $Number_MAX_VALUE));",
    );
    assert.equal(
      said("const f = (a) => a instanceof Map || g(Set);"),
      "const $Map = Map, $Set = Set;const f = (a) => a instanceof $Map || g($Set);",
    );
    // These need what they are of; the rest are no global names, or stand where a module is loaded.
    assert.equal(
      said("f(() => Uint8Array.of(1));"),
      "const $Uint8Array = Uint8Array;f(() => $Uint8Array.of(1));",
    );
    for (const code of [
      "const a = new Map([[Math.min(1, 2), Array.of(3)]]);",
      "f(() => ({ Map, Set: a.Map, Error() {} }));",
      "f(() => globalThis.Map);",
      "class A extends Error { }",
    ])
      assert.equal(said(code), code);
  });

  it("keeps the lines", () => {
    const code =
      "class A {\n  #b;\n  c = Math.max;\n  d() {\n    return Math.max(\n      this.#b, 1);\n  }\n}\n";
    assert.equal(forBoard(code).split("\n").length, code.split("\n").length);
    assert.match(forBoard(code).split("\n")[5] ?? "", /this\._b, 1\);/);
  });
});
