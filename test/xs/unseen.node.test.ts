import assert from "node:assert/strict";
import { buildXsOrSkip, here } from "./build.js";
import { runFile } from "./runner.js";

describe("what JavaScript hands to C, on XS with a collection at every step", () => {
  it("is held until C has called it, past our own time-out, the link's end and the next link", async function () {
    const { path } = await buildXsOrSkip(this, "collections on XS");
    const { results } = await runFile(path, `${here}fixtures/unseen.js`, "unseen");
    assert.deepEqual(
      results.filter(({ passed }) => !passed).map(({ title, error }) => `${title}: ${error}`),
      [],
    );
    assert.equal(results.length, 9);
  });
});
