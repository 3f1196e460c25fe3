import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Milliseconds } from "../../src/base/units.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { flows } from "../attacks/middle/flows.js";
import { ended } from "../support/ended.js";
import { TestNetwork } from "../support/network.js";
import { unlessFew } from "../support/sampled.js";

/** The PN GW's cryptography, of which one call meets what nobody has thought of. */
class Faulty {
  calls = 0;
  at = Number.POSITIVE_INFINITY;
  readonly suite: CurveSuite;

  constructor() {
    const meet = <Args extends readonly unknown[], T>(work: (...args: Args) => T): ((...args: Args) => T) => {
      return (...args) => {
        if (++this.calls === this.at) throw new TypeError("injected");
        return work(...args);
      };
    };
    this.suite = {
      ...nodeSuite,
      sha256: meet(nodeSuite.sha256),
      hmac: meet(nodeSuite.hmac),
      hkdf: meet(nodeSuite.hkdf),
      seal: meet(nodeSuite.seal),
      open: meet(nodeSuite.open),
      pbkdf2: meet(nodeSuite.pbkdf2),
    };
  }
}

/** Points of a flow at which it fails, over its whole length. */
const points = (calls: number): number[] => [
  ...new Set([0.05, 0.3, 0.55, 0.8, 1].map((share) => Math.max(1, Math.ceil(calls * share)))),
];

describe("a fault of the PN GW's program, in the middle of every flow", () => {
  before(function () {
    unlessFew(this, "a long story of the simulator");
  });

  afterEach(() => {
    TestNetwork.gatewaySuite = undefined;
  });

  for (const flow of flows) {
    it(`ends that one thing: ${flow.title}`, async () => {
      const prepared = async (): Promise<readonly [TestNetwork, Faulty]> => {
        const faulty = new Faulty();
        TestNetwork.gatewaySuite = faulty.suite;
        const net = flow.make();
        await net.start();
        await flow.setup(net);
        await flow.begin(net);
        faulty.calls = 0;
        return [net, faulty];
      };
      const [whole, counter] = await prepared();
      await flow.act(whole);
      const { calls } = counter;
      // Declining, and saying what one can do before a PN, need no key.
      assert.ok(calls > 0 || /declined|capabilities/.test(flow.title), "the flow does something");
      for (const at of calls === 0 ? [] : points(calls)) {
        const [net, faulty] = await prepared();
        net.faultsExpected = true;
        faulty.at = at;
        // Whatever left a timer, an answer or the radio would end this run.
        const told = await flow.act(net);
        await net.clock.runFor(Milliseconds(200_000));
        assert.ok(!told.includes("nothing"), `${at} of ${calls}: the person at the PN GW is told`);
        const faults = net.log.filter((line) => line.startsWith("gateway gateway.fault"));
        assert.equal(faults.length, 1, `${at} of ${calls}`);
        let works = "nothing";
        net.network.gateway.command({ kind: "connect" }, (outcome) => {
          works = ended(outcome);
        });
        await net.clock.runFor(Milliseconds(20_000));
        assert.equal(works, "done", `${at} of ${calls}: the PN GW goes on`);
      }
    }).timeout(300_000);
  }
});
