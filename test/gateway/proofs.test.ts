import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { Proofs } from "../../src/gateway/proofs.js";
import { ManualClock } from "../support/manualClock.js";

const maximumProofs = 14;

/** Links by name, and what has become of each. */
class Rig {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly proofs = new Proofs<{ readonly name: string }>(this.clock);

  link(name: string, user = "alice") {
    const link = { name };
    this.proofs.asks(link, ascii(user));
    return link;
  }

  turn(link: { readonly name: string }): void {
    const { name } = link;
    this.proofs.turn(
      link,
      () => this.told.push(name),
      () => this.told.push(`${name} refused`),
    );
  }

  /** As many as may be, each of whom begins. */
  full() {
    const links = Array.from({ length: maximumProofs }, (_, n) => this.link(`link-${n}`));
    for (const link of links) this.turn(link);
    assert.equal(this.told.length, maximumProofs);
    this.told.length = 0;
    return links;
  }
}

describe("PNEs that prove one User's password at once", () => {
  it("begin up to a bound; the next one when one of them is over, in their order", () => {
    const rig = new Rig();
    const [first, second] = rig.full();
    assert.ok(first && second);
    const late = ["a", "b", "c"].map((name) => rig.link(name));
    for (const link of late) rig.turn(link);
    assert.deepEqual(rig.told, []);
    rig.proofs.over(first);
    rig.proofs.over(first);
    assert.deepEqual(rig.told, ["a"]);
    rig.proofs.over(second);
    assert.deepEqual(rig.told, ["a", "b"]);
  });

  it("hold up nobody who proves another User's", () => {
    const rig = new Rig();
    rig.full();
    rig.turn(rig.link("bobs", "bob"));
    assert.deepEqual(rig.told, ["bobs"]);
  });

  it("hold nobody up by saying no more for 6 s, and are refused when they have waited for 7, once", () => {
    const rig = new Rig();
    rig.full();
    const late = Array.from({ length: maximumProofs + 1 }, (_, n) => rig.link(`late-${n}`));
    for (const link of late) rig.turn(link);
    rig.clock.advance(Milliseconds(5_999));
    assert.deepEqual(rig.told, []);
    rig.clock.advance(Milliseconds(1));
    assert.equal(rig.told.length, maximumProofs);
    rig.clock.advance(Milliseconds(999));
    assert.equal(rig.told.length, maximumProofs);
    rig.clock.advance(Milliseconds(1));
    assert.equal(rig.told.at(-1), `late-${maximumProofs} refused`);
    for (const link of late) rig.proofs.over(link);
    rig.clock.advance(Milliseconds(60_000));
    assert.equal(rig.told.length, maximumProofs + 1);
    assert.equal(rig.clock.armed, 0);
  });

  it("are forgotten when their link closes while they wait", () => {
    const rig = new Rig();
    const [first] = rig.full();
    assert.ok(first);
    const gone = rig.link("gone");
    rig.turn(gone);
    rig.proofs.over(gone);
    rig.proofs.over(first);
    rig.clock.advance(Milliseconds(20_000));
    assert.deepEqual(rig.told, []);
  });
});
