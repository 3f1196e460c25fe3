import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { type Point, packed, unpacked, withPoint } from "../../../src/server/programs/points.js";

const maximumPoints = 288;

const day = Milliseconds(24 * 3_600_000);
const part = (24 * 3_600) / maximumPoints;
const start = 1_800_000_000;
const said = (ats: readonly number[]): readonly Point[] => {
  let points: readonly Point[] = [];
  ats.forEach((at, value) => {
    points = withPoint(points, { at, value }, day);
  });
  return points;
};
const ats = (points: readonly Point[]): readonly number[] => points.map(({ at }) => at - start);

describe("the history of a topic", () => {
  it("has 288 points at most: the last value of each part of its time", () => {
    const often = Array.from({ length: 4 * maximumPoints + 1 }, (_, i) => start + (i * part) / 4);
    const points = said(often);
    assert.equal(points.length, maximumPoints);
    assert.deepEqual(ats(points).slice(-2), [maximumPoints * part - part / 4, maximumPoints * part]);
    assert.deepEqual(unpacked(packed(points)), points);
  });

  it("has what is younger than its time, to the second", () => {
    assert.deepEqual(ats(said([start, start + 24 * 3_600 - 1])), [0, 24 * 3_600 - 1]);
    assert.deepEqual(ats(said([start, start + 24 * 3_600])), [24 * 3_600]);
  });

  it("has nothing later than now, however far the Server's clock was set back", () => {
    for (const back of [1, 59 * 60, 61 * 60, 25 * 3_600, 365 * 24 * 3_600]) {
      const points = said([start - back - part, start - part, start, start - back]);
      assert.deepEqual(ats(points).at(-1), -back, `${back} s`);
      assert.ok(
        ats(points).every((at) => at <= -back),
        `${back} s: ${ats(points)}`,
      );
    }
  });

  it("goes on in 2038, and up to 2106", () => {
    for (const at of [2 ** 31 - 1, 2 ** 32 - 2]) {
      const points = said([at - part, at, at + 1]);
      assert.deepEqual(unpacked(packed(points)), points);
      assert.equal(points.at(-1)?.at, at + 1);
    }
  });
});
