import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { Neighbours } from "../../src/gateway/neighbours.js";
import type { PneLink } from "../../src/gateway/pneLink.js";
import { ManualClock } from "../support/manualClock.js";

const link = (secured = false): PneLink => ({ secured }) as PneLink;

/** How many of so many new links may begin one now, at once or within a PNE's patience. */
const allowed = (neighbours: Neighbours, what: "enrolment" | "pn", links: number): number =>
  Array.from({ length: links }, () => neighbours.mayBegin(link(), what)).filter((wait) => wait !== undefined)
    .length;

describe("what links may begin at the cost of others", () => {
  it("is a share for all together on which nothing is proven, and fills again with time", () => {
    const clock = new ManualClock();
    const neighbours = new Neighbours(clock);
    // 64 at once, and what comes in the 4 s that one may wait.
    assert.equal(allowed(neighbours, "enrolment", 1_000), 64 + 160);
    assert.equal(allowed(neighbours, "pn", 1_000), 64 + 40);
    clock.advance(Milliseconds(1_000));
    assert.equal(allowed(neighbours, "enrolment", 1_000), 40);
  });

  it("is not taken from a link that has proven itself, which has its own", () => {
    const neighbours = new Neighbours(new ManualClock());
    allowed(neighbours, "enrolment", 1_000);
    const own = link(true);
    const begun = Array.from({ length: 10 }, () => neighbours.mayBegin(own, "enrolment"));
    assert.equal(begun.filter((wait) => wait !== undefined).length, 3);
  });

  it("is to go on with the last four exchanges that were opened on it, and with nobody else's", () => {
    const neighbours = new Neighbours(new ManualClock());
    const [one, other] = [link(), link()];
    const handles = Array.from({ length: 5 }, (_, n) => new Uint8Array(8).fill(n));
    const owned = (by: PneLink): readonly number[] =>
      handles.flatMap((handle, n) => (neighbours.owns(by, handle) ? [n] : []));
    for (const handle of handles.slice(0, 4)) neighbours.opened(one, handle);
    assert.deepEqual([owned(one), owned(other)], [[0, 1, 2, 3], []]);
    neighbours.opened(one, handles[4] as Uint8Array);
    neighbours.opened(other, handles[0] as Uint8Array);
    assert.deepEqual([owned(one), owned(other)], [[1, 2, 3, 4], [0]]);
  });
});
