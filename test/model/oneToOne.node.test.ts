import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Milliseconds } from "../../src/base/units.js";
import type { PneCommand } from "../../src/pne/ports.js";
import { alice, outcome, TestNetwork } from "../support/network.js";
import { exploreAll, explorePairs, type Flow } from "./explorer.js";
import { assertSecretsHidden, failuresInFlash } from "./invariants.js";
import { saved, usable } from "./usable.js";

const network = (after?: TestNetwork): TestNetwork =>
  new TestNetwork({ pneSuite: nodeSuite, ...(after && { after }) });
const fresh = saved(() => network().start());
const enrolled = saved(() => network().enrolled());

const enrolment: Flow = {
  title: "enrolment",
  prepare: async () => network(await fresh()).boot(),
  act: (net) => net.enrol(),
  recover: usable,
};

const secondEnrolment: Flow = {
  title: "second enrolment",
  prepare: async () => network(await enrolled()).boot(),
  act: (net) => net.enrol(),
  check: (net, where) => {
    const keys = net.device.pne?.view.keys;
    assert.ok(keys === undefined || keys === "enrolled" || keys === "replacing", `${where}: ${keys}`);
  },
  recover: usable,
};

const establishment: Flow = {
  title: "PN establishment",
  prepare: async () => network(await enrolled()).boot(),
  act: (net) => net.join(),
  recover: usable,
};

const conversation: Flow = {
  title: "application data",
  prepare: async () => {
    const net = await network(await enrolled()).boot();
    assert.equal(outcome(await net.join()), "joined");
    return net;
  },
  act: async (net) => {
    for (const kind of ["sendToServer", "sendToGateway"] as const) {
      const command: PneCommand = { kind, text: "hello" };
      if (net.device.powered && net.device.pne?.view.pn !== undefined) await net.run(command);
    }
  },
  recover: usable,
};

/** Wrong passwords: whatever goes wrong beside them, no try is free at the Server, and no restart forgets one. */
const guessing: Flow = {
  title: "guessing",
  prepare: async () => {
    const net = await network().start();
    for (let guess = 0; guess < 3; guess++) await net.enrol({ ...alice, password: `wrong ${guess}` });
    await net.clock.runFor(Milliseconds(400_000));
    return net;
  },
  act: async (net) => {
    const before = failuresInFlash(net);
    assert.equal(before, 3);
    await net.enrol({ ...alice, password: "wrong again" });
    if (!net.device.powered) net.device.powerOn();
    assert.ok(failuresInFlash(net) >= before, "a failed attempt was forgotten");
  },
  check: (net, where) => assert.notEqual(net.device.pne?.view.keys, "enrolled", where),
  recover: async () => {},
};

describe("every fault at every point, and what the device is good for afterwards", () => {
  for (const flow of [enrolment, secondEnrolment, establishment, conversation, guessing]) {
    it(`of ${flow.title}: keys and views agree, nothing is stuck`, async () => {
      assert.ok((await exploreAll(flow)) > 20);
    }).timeout(300_000);
  }

  for (const flow of [enrolment, secondEnrolment, establishment]) {
    it(`of ${flow.title}, two at a time`, async () => {
      assert.ok((await explorePairs(flow, 150)) > 100);
    }).timeout(300_000);
  }
});

describe("the explorer itself", () => {
  it("finds a device that gives up its old key too early", async () => {
    const broken: Flow = {
      ...secondEnrolment,
      title: "broken",
      act: async (net) => {
        await net.run({ kind: "factoryReset" });
        await net.enrol();
      },
    };
    await assert.rejects(exploreAll(broken), /broken/);
  });

  it("finds a key and a password that were sent readably", async () => {
    const key = (await enrolled()).network.gateway.keys.committed?.key ?? assert.fail();
    for (const octets of [key, Buffer.from(`x${alice.password}y`)]) {
      const net = await enrolment.prepare();
      assertSecretsHidden(net, "before");
      net.backhaul.push(octets);
      assert.throws(() => assertSecretsHidden(net, "after"), /after: .* sent readably/);
    }
  });

  it("runs a flow to its end when nothing goes wrong", async () => {
    const net = await enrolment.prepare();
    assert.equal(outcome(await net.enrol()), "enrolled");
  });
});
