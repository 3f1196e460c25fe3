import assert from "node:assert/strict";

interface Tool {
  citedIn(
    text: string,
    ids: readonly string[],
  ): { readonly cited: ReadonlySet<string>; readonly unknown: ReadonlySet<string> };
  titlesOf(text: string): string;
  namedIn(titles: string, ids: readonly string[]): ReturnType<Tool["citedIn"]>;
}
const tool = (await import(new URL("../../../tools/requirements.mjs", import.meta.url).href)) as Tool;
const ids = ["PNI-01", "PNI-04a", "PNI-04b", "PNI-05", "EUK-UI-14", "EUK-UI-15", "EUK-UI-16", "C-01"];
const cited = (text: string): string => [...tool.citedIn(text, ids).cited].sort().join(" ");

describe("the list of requirements", () => {
  it("finds ids one by one, in ranges, and with all their letters", () => {
    assert.equal(cited("as PNI-01 says (C-01)"), "C-01 PNI-01");
    assert.equal(cited("EUK-UI-14 … 16"), "EUK-UI-14 EUK-UI-15 EUK-UI-16");
    assert.equal(cited("PNI-01 … PNI-04"), "PNI-01 PNI-04a PNI-04b");
    assert.equal(cited("PNI-04"), "PNI-04a PNI-04b");
    assert.equal(cited("PNI-04a"), "PNI-04a");
    assert.equal(cited("ABC-01, C-1, XPNI-01"), "");
  });

  it("names ids that no document has", () => {
    const { unknown } = tool.citedIn("PNI-77, C-01, EUK-UI-14 … 99", ids);
    assert.deepEqual([...unknown].sort(), ["EUK-UI-99", "PNI-77"]);
  });

  it("reads the titles of single tests, and nothing else of them", () => {
    const text =
      'describe("one (C-01)", () => { it(`two (PNI-04a)`, () => { call("PNI-01"); }); }); // PNI-04';
    assert.equal(tool.titlesOf(text), "two (PNI-04a)");
  });

  it("takes as proven what a title names in full, not what lies in a range", () => {
    const { cited, unknown } = tool.namedIn("PNI-01, EUK-UI-14 … EUK-UI-16 (PNI-04)", ids);
    assert.deepEqual([...cited], ["PNI-01", "EUK-UI-14", "EUK-UI-16"]);
    assert.deepEqual([...unknown], ["PNI-04"]);
  });
});
