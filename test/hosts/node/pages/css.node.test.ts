import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Selectors with their properties, a pair as often as it stands; what is in @media stands apart. */
function* properties(css: string): Generator<string> {
  let place = "";
  for (const [, close, opened, rule, body = ""] of css.matchAll(
    /^(\}$)|^(@[^{]*)\{|^\s*([^{}@]+?)\s*\{([^{}]*)\}/gm,
  )) {
    if (close !== undefined) place = "";
    else if (opened !== undefined) place = opened;
    else
      for (const selector of (rule ?? "").split(","))
        for (const one of body.split(";"))
          if (one.trim() !== "") yield `${place}${selector.trim()} { ${one.split(":")[0]?.trim()} }`;
  }
}

describe("the style of the pages of gateway and Server", () => {
  const css = readFileSync("hosts/node/pages/pages.css", "utf8");

  it("says everything once: what is of one page only does not change the other's by standing last", () => {
    const all = [...properties(css)];
    assert.ok(all.length > 150, `${all.length}`);
    assert.ok(all.includes("@media (prefers-color-scheme: dark) :root { --ink }"), "it is not read right");
    assert.deepEqual(
      all.filter((one, at) => all.indexOf(one) < at),
      [],
    );
  });
});
