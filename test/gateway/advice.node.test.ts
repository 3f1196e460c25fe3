import assert from "node:assert/strict";
import { wordsOf } from "../../hosts/gateway/words.js";
import type { ErrorCode } from "../../src/base/errorCodes.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { GatewayCommand } from "../../src/gateway/ports.js";
import { ended } from "../support/ended.js";
import { Family } from "../support/family.js";
import { bob, outcome } from "../support/network.js";

const specs = ["kitchen", "hall"].map((id) => Family.spec(id));

async function together(): Promise<Family> {
  const net = await new Family(specs, { poll: true }).ready();
  await net.together("kitchen", ["hall"]);
  return net;
}

async function asks(net: Family, command: GatewayCommand): Promise<string> {
  let told: string | undefined;
  net.network.gateway.command(command, (made) => {
    told = ended(made);
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(90_000));
  return told ?? "nothing";
}

/** It fails with this code, whose words say this; that is done, and the same goes well. */
async function mends(
  code: ErrorCode,
  words: RegExp,
  again: () => Promise<string>,
  how: () => unknown,
): Promise<void> {
  assert.equal(await again(), code, "the fault");
  assert.match(wordsOf(code), words);
  await how();
  assert.equal(await again(), "done", "what the words say was done");
}

const pnOf = (net: Family): string => net.network.gateway.view.pns[0]?.id ?? "";
const greets = (net: Family, id: string) => (): Promise<string> =>
  asks(net, { kind: "send", pn: pnOf(net), to: net.id(id), payload: ascii("Hello") });
const owner = (): GatewayCommand => ({
  kind: "enrol",
  userID: ascii("operator"),
  password: ascii("operator's own password"),
});

describe("what `cpns gateway` tells a person to do, done", () => {
  it("result.noRoute: bring the device near", async () => {
    const net = await together();
    net.network.setRange(net.of("hall"), false);
    await net.pass(5);
    await mends("result.noRoute", /bring it near and try again/, greets(net, "hall"), async () => {
      net.network.setRange(net.of("hall"), true);
      await net.pass(10);
    });
  });

  it("pn.unknown and pn.notMember: status lists them", async () => {
    const net = await together();
    const [known, other] = [pnOf(net), "00".repeat(16)];
    const say = (pn: string, to: string): Promise<string> =>
      asks(net, { kind: "send", pn, to, payload: ascii("Hello") });
    assert.equal(await say(other, net.id("hall")), "pn.unknown");
    assert.equal(await say(known, other), "pn.notMember");
    const [pn] = net.network.gateway.view.pns;
    assert.equal(await say(pn?.id ?? "", pn?.members[1]?.id ?? ""), "done");
  });

  it("result.serverUnreachable, also while a session stands: the network and the Server's address (C-36)", async () => {
    const net = await new Family(specs, { poll: true }).ready();
    net.network.backhaul.unreachable = true;
    await net.pass(60);
    const connect = (): Promise<string> => asks(net, { kind: "connect" });
    await mends("result.serverUnreachable", /check the network/, connect, async () => {
      net.network.backhaul.unreachable = false;
      await net.pass(10);
    });
  });

  it("result.refused, when its key was removed: its owner's User ID and password", async () => {
    const net = await together();
    await net.network.server.releaseDevice(net.network.gatewayID);
    const connect = (): Promise<string> => asks(net, { kind: "connect" });
    assert.match(await connect(), /^result\.(?:refused|gatewayNotEnrolled)$/);
    assert.match(wordsOf("result.gatewayNotEnrolled"), /run cpns gateway enrol/);
    assert.equal(await asks(net, owner()), "done");
    assert.equal(await connect(), "done");
  });

  it("result.declined: nobody is there, then somebody is, and wants to", async () => {
    const net = await new Family(specs, { poll: true }).ready();
    for (const { id } of specs) net.of(id).powerOff();
    await net.pass(5);
    const invites = async (): Promise<string> => {
      net.onNotice = ({ id }, { kind }) => {
        if (kind === "invited")
          net.network.clock.after(Milliseconds(500), () => net.command(id, { kind: "acceptInvitation" }));
      };
      return asks(net, { kind: "createPN", who: "all" });
    };
    await mends("result.declined", /nobody wanted to join, or nobody is there/, invites, async () => {
      for (const { id } of specs) net.of(id).powerOn();
      await net.pass(10);
    });
  });

  it("device.hasUI: its owner enrols it at its own keypad", async () => {
    const net = await new Family(specs, { poll: true }).start();
    await net.pass(5);
    const device = net.network.gateway.view.devices[0]?.id ?? "";
    const credentials = { userID: ascii(bob.userID), password: ascii(bob.password) };
    assert.equal(await asks(net, { kind: "enrolDevice", device, ...credentials }), "device.hasUI");
    assert.match(wordsOf("device.hasUI"), /enrol it there/);
    assert.equal(outcome(await net.enrol(bob, net.of("kitchen"))), "enrolled");
  });

  it("device.notThere: switch it on, and near", async () => {
    const net = await together();
    const device = net.id("hall");
    net.of("hall").powerOff();
    await net.pass(5);
    const query = (): Promise<string> => asks(net, { kind: "queryDevice", device });
    await mends("device.notThere", /is it switched on and near/, query, async () => {
      net.of("hall").powerOn();
      await net.pass(10);
    });
  });
});
