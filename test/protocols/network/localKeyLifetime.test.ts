import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { endOfKeptKey, endOfNewKey } from "../../../src/protocols/network/localKeyLifetime.js";
import { localKeyLifetime } from "../../../src/protocols/network/messages.js";

const made = 1_800_000_000;
const ends = made + localKeyLifetime;
const millis = (seconds: number): Milliseconds => Milliseconds(seconds * 1000);
const kept = (seconds: number): number => endOfKeptKey(ends, millis(seconds));
const fresh = (seconds: number): number => endOfNewKey(ends, millis(seconds));

describe("the end of a LocalEUKey by the PN GW's calendar", () => {
  it("is the Server's by a calendar that is not ahead of the Server's", () => {
    for (const now of [5, made - 1e6, made]) assert.equal(fresh(now), ends);
  });

  it("is its whole time from now on by one that is ahead, by a second or by more than its lifetime", () => {
    for (const now of [made + 1, ends - 1, ends, ends + 1, ends + 1e8])
      assert.equal(fresh(now), now + localKeyLifetime);
  });
});

describe("the end of a LocalEUKey that was kept over a start", () => {
  it("is the kept one while that lies ahead", () => {
    for (const now of [made - 1e6, made, made + 1, ends - 1]) assert.equal(kept(now), ends);
  });

  it("is its whole time from now on by a calendar by which it is over", () => {
    for (const now of [ends, ends + 1, ends + 1e8]) assert.equal(kept(now), now + localKeyLifetime);
  });
});
