import assert from "node:assert/strict";
import { completeDevices, makeDevices } from "../../../hosts/factory/device.js";
import type { Random } from "../../../src/base/ports.js";
import { codeOf } from "../../support/codeOf.js";
import { SeededRandom } from "../../support/seededRandom.js";

/** Octets of 1 for the n-th array, and random ones for the others; every array is kept to be looked at. */
function failingAt(n: number): { readonly random: Random; readonly given: Uint8Array[] } {
  const seeded = new SeededRandom(1);
  const given: Uint8Array[] = [];
  const fill = (into: Uint8Array): void => {
    given.push(into);
    if (given.length === n) into.fill(1);
    else seeded.fill(into);
  };
  return { random: { fill }, given };
}

const wiped = (octets: Uint8Array): boolean => octets.every((octet) => octet === 0);

describe("devices as their factory makes them (SEC-06)", () => {
  it("leave no key behind when the generator fails on the way", () => {
    // Four Entity IDs, then the keys: the third is no random one.
    const { random, given } = failingAt(4 + 3);
    assert.equal(
      codeOf(() => makeDevices(random, 4)),
      "factory.random",
    );
    const keys = given.filter((octets) => octets.length === 32);
    assert.equal(keys.length, 3);
    assert.ok(keys.every(wiped));
  });

  it("leave none of those that were prescribed either", () => {
    const prescribed = [1, 2, 3].map((id) => ({
      entityID: Uint8Array.of(id),
      ...(id !== 2 && { temporaryKey: new SeededRandom(id).octets(32) }),
    }));
    assert.equal(
      codeOf(() => completeDevices(failingAt(1).random, prescribed)),
      "factory.random",
    );
    assert.ok(prescribed.every(({ temporaryKey }) => temporaryKey === undefined || wiped(temporaryKey)));
  });
});
