import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { DeviceSpec } from "../../hosts/simulator/network/options.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { keypad, outcome, TestNetwork, type TestOptions } from "../support/network.js";
import { exploreAll, type Flow } from "./explorer.js";
import { saved, usable } from "./usable.js";

/** In a PN with sessions of this time, so that they are renewed while the model looks on. */
const limits = Object.freeze({ records: 1_000, lifetime: Seconds(200) });
const options: TestOptions = { pneSuite: nodeSuite, limits };

const seconds = (net: TestNetwork, time: number): Promise<void> =>
  net.clock.runFor(Milliseconds(time * 1000));

function inPN(more: TestOptions = {}, spec: DeviceSpec = keypad): () => Promise<TestNetwork> {
  const all = { ...options, ...more, devices: [spec] };
  const enrolled = saved(() => new TestNetwork(all).enrolled());
  return async () => {
    const net = await new TestNetwork({ ...all, after: await enrolled() }).boot();
    assert.equal(outcome(await net.join()), "joined");
    return net;
  };
}

const isBack = (net: TestNetwork): void => {
  const { pn } = net.device.pne?.view ?? {};
  assert.deepEqual([pn?.away, pn?.secure], [false, true]);
};

const returning = (title: string, prepare: () => Promise<TestNetwork>, ways: readonly RegExp[]): Flow => ({
  title,
  prepare,
  act: async (net) => {
    if (net.device.link !== undefined) net.network.dropLink(net.device);
    await seconds(net, 30);
  },
  achieved: (net) => {
    isBack(net);
    for (const way of ways)
      assert.ok(
        net.log.some((line) => way.test(line)),
        String(way),
      );
  },
  recover: usable,
});

/** Long enough for one renewal of both sessions. */
const renewal = (title: string, prepare: () => Promise<TestNetwork>): Flow => ({
  title,
  prepare,
  act: (net) => seconds(net, 190),
  achieved: (net) => {
    isBack(net);
    assert.ok(net.log.some((line) => line.startsWith("server pn.rekeyed")));
  },
  recover: usable,
});

const forwardSecrecy = { forwardSecrecy: true };
const secure = { ...keypad, secure: true };
const withShares = inPN(forwardSecrecy);

const byTicket = inPN();
/** Away, with a ticket that was shown: the answer was lost with the link. */
const ticketShown = async (): Promise<TestNetwork> => {
  const net = await byTicket();
  let lost = false;
  net.hand = (fragment, direction) => {
    if (direction === "toGateway") return [fragment];
    lost = true;
    net.network.dropLink(net.device);
    return [];
  };
  net.network.dropLink(net.device);
  await net.clock.runWhile(() => !lost, Milliseconds(10_000));
  return net;
};

const establishment: Flow = {
  title: "PN establishment with forward secrecy",
  prepare: (() => {
    const all = { ...options, ...forwardSecrecy };
    const enrolled = saved(() => new TestNetwork(all).enrolled());
    return async () => new TestNetwork({ ...all, after: await enrolled() }).boot();
  })(),
  act: (net) => net.join(),
  achieved: isBack,
  recover: usable,
};

const flows: readonly (readonly [Flow, number])[] = [
  [establishment, 3],
  [returning("a return by ticket", byTicket, [/gateway pn\.resumed/]), 7],
  [returning("a return without a ticket", ticketShown, [/pn\.reauthenticated/]), 7],
  [
    returning("a return on a secure PAN, with shares", inPN(forwardSecrecy, secure), [/pn\.reauthenticated/]),
    7,
  ],
  [renewal("a renewal", byTicket), 7],
  [renewal("a renewal with forward secrecy", withShares), 3],
];

describe("every fault at every point of a session in use, and what the device is good for afterwards", () => {
  for (const [flow, kinds] of flows) {
    it(`of ${flow.title}: keys and views agree, nothing is stuck (GWA-01, GWA-02)`, async () => {
      assert.ok((await exploreAll(flow, kinds)) > 10);
    }).timeout(300_000);
  }
});
