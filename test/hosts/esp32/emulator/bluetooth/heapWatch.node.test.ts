import assert from "node:assert/strict";
import { HeapWatch } from "./heapWatch.js";

describe("what a heap loses from one link to the next", () => {
  it("is the slope of the line through what was free, with what was lowest", () => {
    const watch = new HeapWatch();
    for (const [links, free] of [
      [5, 1_000],
      [10, 980],
      [15, 990],
      [20, 970],
    ] as const)
      watch.saw(links, { free, lowest: free - 100 });
    assert.ok(Math.abs(watch.taken - 1.6) < 1e-9, `${watch.taken}`);
    assert.match(
      watch.said,
      /^20 links, [0-9.]+ a second; between them 970 octets free at the least, 870 ever; 1\.600 less each$/,
    );
  });

  it("is nothing as long as there is one point", () => {
    const watch = new HeapWatch();
    watch.saw(5, { free: 1_000, lowest: 900 });
    assert.equal(watch.taken, 0);
    assert.match(watch.said, /^5 links/);
  });
});
