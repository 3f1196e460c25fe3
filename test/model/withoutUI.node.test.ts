import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { outcome } from "../support/network.js";
import { type HowAtGateway, SensorNetwork, secureSensor, sensor } from "../support/noUI.js";
import { exploreAll, type Flow } from "./explorer.js";
import { saved } from "./usable.js";

const options = { pneSuite: nodeSuite };

/** Whole or nothing; then the person at the PN GW tries again, and the device is used. */
async function usable(net: SensorNetwork, how: HowAtGateway, where: string): Promise<void> {
  if (net.device.pne?.view.pn !== undefined) await net.run({ kind: "leavePN" });
  const { keys } = net;
  assert.ok(keys === "empty" || keys === "enrolled", `${where}: ${keys}`);
  let told = keys === "empty" ? await net.atGateway(how) : "done";
  // A hand in the air may have made the PN GW take an idle device for another one, which shows with a first try.
  if (told !== "done" && /(lose|double|delay|corrupt) air/.test(where)) {
    net.network.dropLink(net.device);
    await net.pass(10);
    told = await net.atGateway(how);
  }
  assert.equal(told, "done", where);
  await net.pass(15);
  assert.equal(outcome(await net.join()), "joined", where);
  assert.equal(net.device.pne?.view.escrowed, undefined, where);
  if (how === "temporaryKey") assert.equal(net.origin, "temporary", `${where}: replaced in the end`);
  assert.equal(outcome(await net.run({ kind: "sendToServer", text: "x" })), "message", where);
}

const flow = (title: string, how: HowAtGateway, spec: typeof sensor): Flow<SensorNetwork> => {
  const fresh = saved(() => new SensorNetwork(spec, options).start());
  return {
    title,
    prepare: async () => new SensorNetwork(spec, { ...options, after: await fresh() }).boot(),
    act: async (net) => {
      const { gateway } = net.network;
      const told = await net.atGateway(how);
      // A PN GW that restarts has forgotten its person too.
      if (net.network.gateway === gateway) assert.notEqual(told, "nothing", "the person is told");
      await net.pass(15);
    },
    achieved: (net) => assert.equal(net.keys, "enrolled"),
    recover: (net, where) => usable(net, how, where),
  };
};

const flows: readonly (readonly [Flow<SensorNetwork>, number])[] = [
  [flow("credentials installed on a secure PAN (SEC-04, C-19)", "credentials", secureSensor), 3],
  [flow("a delivery under the Temporary Key (SEC-05, SEC-06, C-18)", "temporaryKey", sensor), 7],
];

describe("every fault at every point of an enrolment without UI, and what the device is good for afterwards", () => {
  for (const [one, kinds] of flows) {
    it(`of ${one.title}: keys agree, nothing is stuck`, async () => {
      assert.ok((await exploreAll(one, kinds)) > 20);
    }).timeout(300_000);
  }
});
