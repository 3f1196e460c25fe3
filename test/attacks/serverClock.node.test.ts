import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import { Method } from "../../src/codec/methods.js";
import { shares } from "../../src/database/budgets.js";
import { EnrolPair } from "../support/enrolPair.js";
import { Family } from "../support/family.js";

const methods = [Method.spake2plus];
const hour = 3_600_000;

async function at(moment: number): Promise<EnrolPair> {
  const pair = await new EnrolPair().register("alice", "wonderland");
  set(pair, moment);
  return pair;
}

const set = ({ clock }: EnrolPair, moment: number): void => clock.advance(Milliseconds(moment - clock.now()));
const enrol = async (pair: EnrolPair, password?: string): Promise<string> =>
  (await pair.attempt({ methods, ...(password !== undefined && { password }) })).outcome;

describe("the Server's calendar when it is wrong", () => {
  it("assigns no key before 2020 nor from 2100 on, and says so; in 2038 it does", async () => {
    const wrong = [
      0,
      65_000_000,
      Date.UTC(2019, 11, 31),
      Date.UTC(2100, 0, 1),
      2 ** 32 * 1000,
      Date.UTC(2106, 1, 8),
    ];
    for (const moment of wrong) {
      const pair = await at(moment);
      assert.equal(await enrol(pair), "result.serverClock", new Date(moment).toISOString());
      assert.equal(await pair.keys(), "none");
      assert.equal(await pair.failures(), 0, "no guess either");
    }
    for (const moment of [
      Date.UTC(2020, 0, 1),
      2 ** 31 * 1000,
      Date.UTC(2038, 0, 20),
      Date.UTC(2099, 11, 31),
    ])
      assert.equal(await enrol(await at(moment)), "enrolled", new Date(moment).toISOString());
  });

  it("locks nobody out by a budget that was spent when it was ahead: an hour costs no more than one guess's refill", async () => {
    const right = Date.UTC(2027, 0, 15);
    for (const ahead of [right + hour, right + 365 * 24 * hour, Date.UTC(2099, 0, 1)]) {
      const pair = await at(ahead);
      for (let i = 0; i < shares.foreign.burst; i++)
        assert.equal(await enrol(pair, "a wrong one"), "result.refused");
      assert.equal(await enrol(pair), "result.refused", "empty");
      set(pair, right);
      const title = new Date(ahead).toISOString();
      if (ahead > right + hour) assert.equal(await enrol(pair), "enrolled", title);
      else await enrol(pair);
      pair.clock.advance(shares.foreign.refill);
      assert.equal(await enrol(pair), "enrolled", title);
    }
  });

  it("takes a device's next key after one that was committed when it was ahead", async () => {
    const pair = await at(Date.UTC(2099, 0, 1));
    assert.equal(await enrol(pair), "enrolled");
    for (const moment of [Date.UTC(2027, 0, 15), Date.UTC(2021, 0, 1)]) {
      set(pair, moment);
      assert.equal(await enrol(pair), "enrolled", new Date(moment).toISOString());
    }
  });
});

describe("the Server's calendar when it is behind that of devices and PN GW", () => {
  for (const days of [25, 29, 30, 31, 400]) {
    it(`by ${days} days: devices come together, and back after a lost link with the key that they have`, async () => {
      const net = new Family(
        ["kitchen", "hall"].map((id) => Family.spec(id)),
        { poll: true },
      );
      net.network.serverAhead = Milliseconds(-days * 24 * hour);
      await net.ready();
      await net.together("kitchen", ["hall"]);
      await net.pass(60);
      const keys = (): number[] =>
        net.network.serverStore.all("histories").map(([, one]) => one.localKeyID ?? 0);
      const before = keys();
      net.network.setRange(net.of("hall"), false);
      await net.pass(20);
      net.network.setRange(net.of("hall"), true);
      await net.pass(60);
      assert.deepEqual(keys(), before, "the key is not near its end");
      net.network.restartGateway();
      await net.pass(60);
      assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
      const [pn] = net.network.gateway.view.pns;
      assert.ok(pn?.members.every(({ here }) => here));
    });
  }
});
