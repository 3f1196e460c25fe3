import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { messageSet } from "../../../src/codec/message.js";
import type { GatewayPorts } from "../../../src/procedure/gatewayPorts.js";
import { Asking } from "../../../src/protocols/network/asking.js";
import { pnSetupNotify } from "../../../src/protocols/network/invitations.js";
import type { Member } from "../../../src/protocols/network/member.js";
import { localKeyLifetime } from "../../../src/protocols/network/messages.js";
import { ManualClock } from "../../support/manualClock.js";

const pnID = new Uint8Array(16).fill(1);
const day = 24 * 3600;

class Bench {
  readonly clock = new ManualClock();
  readonly all: Member[] = [];
  readonly told: string[] = [];
  readonly asking = new Asking(
    { clock: this.clock, gatewayID: ascii("gw") } as unknown as GatewayPorts,
    (id) => (id[0] === 1 ? this.all : []),
  );

  member(name: string, more: object = {}): Member {
    const push = (make: (exchange: number) => Uint8Array): void => {
      const { body } = messageSet(pnSetupNotify).decode(make(1));
      assert.deepEqual([body.pnID, body.origin], [pnID, ascii("gw")]);
      this.told.push(name);
    };
    const one = { outdated: true, asked: 0, link: { secured: true }, push, local: {}, provenAt: 0, ...more };
    this.all.push(one as unknown as Member);
    return one as unknown as Member;
  }

  pass(seconds: number): string {
    this.clock.advance(Milliseconds(seconds * 1000));
    return this.told.splice(0).join();
  }
}

describe("members that are asked to take part anew (ADR 17)", () => {
  it("are asked half a second later, then each twenty seconds, six times, by the invitation into their PN", () => {
    const bench = new Bench();
    const one = bench.member("a");
    bench.asking.soon(pnID);
    assert.deepEqual([bench.pass(0.4), bench.pass(0.1)], ["", "a"]);
    assert.deepEqual([bench.pass(19.9), bench.pass(0.1)], ["", "a"]);
    assert.equal(bench.pass(200), "a,a,a,a");
    assert.deepEqual([one.asked, bench.clock.armed], [6, 0]);
  });

  it("are those that are here on a link that is protected, and have not done so yet", () => {
    const bench = new Bench();
    bench.member("here");
    bench.member("knows", { outdated: false });
    bench.member("away", { link: undefined });
    bench.member("open", { link: { secured: false } });
    bench.member("tired", { asked: 6 });
    bench.asking.soon(pnID);
    assert.equal(bench.pass(1), "here");
    assert.deepEqual(
      bench.all.map(({ asked }) => asked),
      [1, 0, 0, 0, 6],
    );
  });

  it("are none where nobody has to, or the PN is over", () => {
    const bench = new Bench();
    bench.member("knows", { outdated: false });
    bench.asking.soon(pnID);
    bench.asking.later(new Uint8Array(16).fill(2));
    assert.equal(bench.clock.armed, 0);
  });

  it("are asked as soon as anybody wants it, and not later for who wants it later", () => {
    const bench = new Bench();
    bench.member("a");
    bench.asking.later(pnID);
    assert.equal(bench.pass(10), "");
    bench.asking.soon(pnID);
    bench.asking.later(pnID);
    bench.asking.soon(pnID);
    assert.equal(bench.clock.armed, 1);
    assert.equal(bench.pass(0.5), "a");
    assert.equal(bench.pass(19.5), "");
  });
});

describe("a LocalEUKey that nears its end (PNI-06c)", () => {
  const started = 100 * day;
  /** Whether its member is asked for another, at so many days after it was proven, with so many left by its own end. */
  const asksFor = (age: number, left: number | undefined) => {
    const bench = new Bench();
    bench.clock.advance(Milliseconds((started + age) * 1000));
    const localKey = left === undefined ? undefined : { keyID: 1, expiresAt: started + age + left };
    const provenAt = Milliseconds(started * 1000);
    const one = bench.member("a", { outdated: false, asked: 4, local: { localKey }, provenAt });
    bench.asking.renewKey(one);
    assert.equal(one.asked, one.outdated ? 0 : 4);
    return one.outdated;
  };

  it("is renewed ten days before that, by the Server's time or by how long the PN GW has had it", () => {
    assert.equal(asksFor(0, localKeyLifetime), false);
    assert.equal(asksFor(5 * day, 10 * day + 1), false);
    assert.equal(asksFor(5 * day, 10 * day), true);
    assert.equal(asksFor(20 * day, 25 * day), false, "twenty days old");
    assert.equal(asksFor(20 * day + 1, 25 * day), true);
  });

  it("is none that could be", () => {
    assert.equal(asksFor(29 * day, undefined), false);
  });
});
