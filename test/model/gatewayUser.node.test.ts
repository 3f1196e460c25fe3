import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { alice, outcome, TestNetwork } from "../support/network.js";
import { register } from "../support/registering.js";
import { exploreAll, type Flow } from "./explorer.js";
import { saved, usable } from "./usable.js";

const options = { pneSuite: nodeSuite };
const fresh = saved(() => new TestNetwork(options).start());
const network = async (): Promise<TestNetwork> =>
  new TestNetwork({ ...options, after: await fresh() }).boot();
const carol = Object.freeze({ userID: "carol", password: "looking glass" });
const renewed = Object.freeze({ ...alice, password: "through the glass" });

const waitOutDelays = (net: TestNetwork): Promise<void> => net.clock.runFor(Milliseconds(400_000));

const registration: Flow = {
  title: "a registration (REG-01 … REG-06)",
  prepare: network,
  act: (net) => register(net, carol.userID, carol.password),
  achieved: (net) => assert.ok(net.log.some((line) => line.startsWith("server register.created"))),
  /** Whether it was done or not: registering again does no harm, and the device is enrolled with it. */
  recover: async (net, where) => {
    assert.equal(await register(net, carol.userID, carol.password), "sent", where);
    assert.equal(outcome(await net.enrol(carol)), "enrolled", where);
  },
};

const again: Flow = {
  title: "another password (REG-10, REG-11)",
  prepare: network,
  act: (net) => register(net, renewed.userID, renewed.password, alice.password),
  achieved: (net) => assert.ok(net.log.some((line) => line.startsWith("server register.changed"))),
  /** One of both passwords is the User's, never none and never both; with it the change can be made. */
  recover: async (net, where) => {
    const old = outcome(await net.enrol(alice));
    await waitOutDelays(net);
    const now = outcome(await net.enrol(renewed));
    assert.deepEqual([old, now].sort(), ["enrolled", "result.refused"], where);
    await waitOutDelays(net);
    const valid = old === "enrolled" ? alice : renewed;
    const told = await register(net, renewed.userID, renewed.password, valid.password);
    assert.equal(told, "changed", where);
    assert.equal(outcome(await net.enrol(renewed)), "enrolled", where);
  },
};

/** The key of the PN GW itself is the Server's, or one that the Server takes before anything else is done. */
const gatewayWorks = async (net: TestNetwork, where: string): Promise<void> => {
  assert.equal(outcome(await net.enrol()), "enrolled", where);
  await usable(net, where);
};

const withUicc = { ...options, operator: { lifetime: Seconds(86_400) } };
const gba: Flow = {
  title: "a bootstrapping of the PN GW (EUK-GW-01 … EUK-GW-03)",
  prepare: async () => {
    const net = await new TestNetwork(withUicc).start();
    // Of two bootstrappings in one second of the BSF's clock nobody knows which is the younger: the second is refused.
    await net.clock.runFor(Milliseconds(2_000));
    return net;
  },
  act: async (net) => {
    let told = false;
    net.network.gateway.command({ kind: "bootstrap" }, () => {
      told = true;
    });
    await net.clock.runWhile(() => !told, Milliseconds(60_000));
  },
  achieved: (net) => assert.ok(net.log.filter((line) => line.startsWith("server gba.committed")).length >= 2),
  recover: gatewayWorks,
};

const own: Flow = {
  title: "another EUKey of the PN GW by password (EUK-GW-04 … EUK-GW-13)",
  prepare: network,
  act: async (net) => {
    let told = false;
    const credentials = { userID: ascii("operator"), password: ascii("operator's own password") };
    net.network.gateway.command({ kind: "enrol", ...credentials }, () => {
      told = true;
    });
    await net.clock.runWhile(() => !told, Milliseconds(60_000));
  },
  recover: gatewayWorks,
};

describe("every fault at every point of what a person does at the PN GW, and how it goes on", () => {
  for (const flow of [registration, again, gba, own]) {
    it(`of ${flow.title}: nothing half, nothing stuck`, async () => {
      assert.ok((await exploreAll(flow)) > 15);
    }).timeout(300_000);
  }
});
