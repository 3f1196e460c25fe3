import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { endsByOwnCalendar } from "../../../src/protocols/network/localKeyLifetime.js";
import { localKeyLifetime } from "../../../src/protocols/network/messages.js";

const made = 1_800_000_000;
const ends = made + localKeyLifetime;
const at = (seconds: number): number => endsByOwnCalendar(ends, Milliseconds(seconds * 1000));

describe("the end of a LocalEUKey by the PN GW's calendar", () => {
  it("is the Server's while that lies ahead", () => {
    for (const now of [made - 1e6, made, made + 1, ends - 1]) assert.equal(at(now), ends);
  });

  it("is its whole time from now on by a calendar so far ahead that it would be over as it comes", () => {
    for (const now of [ends, ends + 1, ends + 1e8]) assert.equal(at(now), now + localKeyLifetime);
  });
});
