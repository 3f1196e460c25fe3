import assert from "node:assert/strict";
import { makeImage } from "../../hosts/simulator/network/images.js";
import { fromHex, hex } from "../../src/base/octets.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import type { Received } from "../../src/codec/message.js";
import { laterTime, type UpdateLink, Updates } from "../../src/gateway/updates.js";
import { damagedPause, UpdateKind } from "../../src/protocols/update/kinds.js";
import type { updateReport, updateRequest } from "../../src/protocols/update/messages.js";
import { ManualClock } from "../support/manualClock.js";

/** An order for one device that has been offered to it, and what that device says. */
class Bench {
  readonly clock = new ManualClock();
  readonly entityID = Uint8Array.of(1, 2, 3);
  readonly image = makeImage({ version: "0.2.0" }, 5_000);
  offers = 0;
  changes = 0;
  readonly link: UpdateLink = {
    entityID: this.entityID,
    established: true,
    secured: true,
    push: () => this.offers++,
  };
  readonly updates = new Updates({ clock: this.clock, log: silentLog, changed: () => this.changes++ });

  constructor() {
    this.updates.order(hex(this.entityID), this.image);
    this.look();
  }

  look(): void {
    this.updates.look([this.link]);
  }

  get state(): string | undefined {
    return this.updates.view[0]?.state;
  }

  report(kind: number): void {
    const body = { kind, image: fromHex(this.image.id) };
    this.updates.report(this.link, { exchange: 1, body } as Received<typeof updateReport>);
  }

  ask(offset = 0): void {
    const body = { offset, image: fromHex(this.image.id) };
    this.updates.chunk(this.link, { exchange: 1, body } as Received<typeof updateRequest>);
  }

  /** The device cannot take it up again. */
  deaf(): void {
    const { state, changes } = this;
    const { armed } = this.clock;
    const notListed = { code: "result.notListed" };
    for (const kind of [UpdateKind.restarting, UpdateKind.later])
      assert.throws(() => this.report(kind), notListed);
    assert.throws(() => this.ask(), notListed);
    assert.deepEqual([this.state, this.changes, this.clock.armed], [state, changes, armed]);
  }
}

describe("an update that a device says something of", () => {
  it("is not taken up again by the device once it is over", () => {
    for (const [kind, state] of [
      [UpdateKind.confirmed, "done"],
      [UpdateKind.damaged, "refused"],
    ] as const) {
      const bench = new Bench();
      bench.ask();
      bench.report(kind);
      assert.equal(bench.state, state);
      bench.deaf();
      // Its last word may come late.
      bench.report(UpdateKind.notSigned);
      assert.deepEqual([bench.state, bench.updates.view[0]?.code], ["refused", "update.notSigned"]);
      bench.deaf();
    }
  });

  it("waits once for the person who says later, however often that is said, and is asked of him again", () => {
    const bench = new Bench();
    bench.report(UpdateKind.later);
    assert.equal(bench.state, "later");
    bench.deaf();
    bench.clock.advance(laterTime);
    bench.look();
    assert.deepEqual([bench.state, bench.offers], ["offered", 2]);
    bench.ask();
    assert.equal(bench.state, "sending");
  });

  it("says of a device that pauses after damaged octets until when, and offers it nothing before", () => {
    const bench = new Bench();
    bench.ask();
    bench.report(UpdateKind.damaged);
    bench.clock.advance(Milliseconds(60_000));
    bench.updates.order(hex(bench.entityID), bench.image);
    bench.look();
    assert.deepEqual([bench.state, bench.offers], ["pausing", 1]);
    assert.equal(bench.updates.view[0]?.until, damagedPause);
    const { changes } = bench;
    bench.clock.advance(Milliseconds(damagedPause - 60_000));
    assert.equal(bench.changes, changes + 1, "the PN GW looks again by itself");
    assert.deepEqual([bench.state, bench.updates.view[0]?.until], ["waiting", undefined]);
    bench.look();
    assert.deepEqual([bench.state, bench.offers], ["offered", 2]);
  });

  it("is offered again on the same link only after a minute without a word", () => {
    const bench = new Bench();
    bench.look();
    bench.clock.advance(Milliseconds(59_000));
    bench.look();
    assert.equal(bench.offers, 1);
    bench.clock.advance(Milliseconds(2_000));
    bench.look();
    assert.equal(bench.offers, 2);
  });
});
