import assert from "node:assert/strict";
import { buildXsOrSkip, here } from "./build.js";
import { runFile } from "./runner.js";

describe("the XS test runner", () => {
  let xs: string;

  before(async function () {
    xs = (await buildXsOrSkip(this, "the XS test runner")).path;
  });

  const run = async (fixture: string) =>
    (await runFile(xs, `${here}fixtures/${fixture}.js`, fixture)).results;

  it("reports each test by its title, and finds every failure", async () => {
    const results = await run("failing");
    assert.deepEqual(
      results.map(({ passed, title }) => `${passed ? "passed" : "failed"}: ${title}`),
      [
        "passed: the fixture > passes",
        "passed: the fixture > passes after a promise",
        "failed: the fixture > fails",
        "failed: the fixture > fails after a promise",
        "failed: the fixture > fails after a minute of virtual time",
        "failed: the fixture > throws what is no Error",
        "passed: the fixture > passes after failures",
        'failed: a suite whose hook fails > "before" hook',
        "failed: a suite with a hook after each that fails > fails by its hook",
      ],
    );
    assert.match(results[2]?.error ?? "", /1, expected 2/);
    assert.match(results[4]?.error ?? "", /in time/);
  });

  const breaking: readonly (readonly [string, RegExp])[] = [
    ["hanging", /never settled/],
    ["overflowing", /stack overflow/],
    ["rejecting", /unhandled rejection: RangeError: nobody waits/],
    ["unloadable", /RangeError: while loading/],
    ["missing", /no file/],
  ];
  for (const [fixture, error] of breaking) {
    it(`counts a run that breaks off as failed: ${fixture}`, async () => {
      const results = await run(fixture);
      const last = results[results.length - 1];
      assert.equal(last?.passed, false);
      assert.match(last?.error ?? "", error);
    });
  }
});
