import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import type { ErrorCode } from "../../src/base/errorCodes.js";
import { ascii, fromHex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { forgetSessions, jumpAhead } from "../../src/database/backup.js";
import type { GatewayCommand } from "../../src/gateway/ports.js";
import { english } from "../../src/ui/strings/english.js";
import { errorText } from "../../src/ui/strings/strings.js";
import { ended } from "../support/ended.js";
import { Family } from "../support/family.js";
import { alice, bob, outcome } from "../support/network.js";

const two = ["kitchen", "hall"].map((id) => Family.spec(id));
/** Longer than any session. */
const hours = 3 * 3_600;

const ready = (): Promise<Family> => new Family(two, { poll: true }).ready();

async function together(): Promise<Family> {
  const net = await ready();
  await net.together("kitchen", ["hall"]);
  assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
  return net;
}

async function atGateway(net: Family, command: GatewayCommand): Promise<string> {
  let told: string | undefined;
  net.network.gateway.command(command, (outcome) => {
    told = ended(outcome);
  });
  await net.clock.runWhile(() => told === undefined, Milliseconds(60_000));
  return told ?? "nothing";
}

const enrolGateway = (): GatewayCommand => ({
  kind: "enrol",
  userID: ascii("operator"),
  password: ascii("operator's own password"),
});

const joins = async (net: Family, id: string): Promise<string> =>
  outcome(await net.run({ kind: "createPN" }, net.of(id)));

/** Both are in no network any more, and their displays say what to do. */
function toldToStartAnew(net: Family): void {
  for (const id of ["kitchen", "hall"]) {
    assert.equal(net.members(id), undefined, id);
    assert.equal(net.of(id).screen.title, "Network left", id);
    assert.match(net.of(id).screen.lines.join(" "), /start the network again/);
  }
}

const advised = (code: ErrorCode): string => errorText(english, code).next;

type Flash = ReturnType<Family["network"]["gatewayFlash"]["snapshot"]>;
const empty: Flash = { values: {}, wear: {} };

async function startsWith(net: Family, flash: Flash): Promise<void> {
  net.network.gatewayFlash.restore(flash);
  net.network.restartGateway();
  await net.pass(60);
}

describe("a PN GW that starts with an older state of its flash", () => {
  it("from before the network: each device says that it has left, and starts it again by one action", async () => {
    const net = await ready();
    const older = net.network.gatewayFlash.snapshot();
    await net.together("kitchen", ["hall"]);
    await startsWith(net, older);
    toldToStartAnew(net);
    assert.equal(await joins(net, "hall"), "joined");
  });

  it("from an earlier network: lets nobody into that, and forgets it by itself", async () => {
    const net = await together();
    const older = net.network.gatewayFlash.snapshot();
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(10);
    await net.together("hall", ["kitchen"]);
    await startsWith(net, older);
    toldToStartAnew(net);
    await net.pass(150);
    assert.deepEqual(net.network.gateway.view.pns, []);
    assert.equal(await joins(net, "hall"), "joined");
  });

  it("with a key that was replaced: a device says that the gateway is not ready, and its password mends it", async () => {
    const net = await together();
    const older = net.network.gatewayFlash.snapshot();
    assert.equal(await atGateway(net, enrolGateway()), "done");
    await startsWith(net, older);
    toldToStartAnew(net);
    assert.equal(await joins(net, "hall"), "result.gatewayNotEnrolled");
    assert.match(advised("result.gatewayNotEnrolled"), /Give the gateway its User ID and password/);
    assert.equal(await atGateway(net, enrolGateway()), "done");
    assert.equal(await joins(net, "hall"), "joined");
  });

  it("with none at all, as one that was replaced: its password mends it", async () => {
    const net = await together();
    await startsWith(net, empty);
    toldToStartAnew(net);
    assert.equal(await joins(net, "hall"), "result.gatewayNotEnrolled");
    assert.equal(await atGateway(net, enrolGateway()), "done");
    assert.equal(await joins(net, "hall"), "joined");
  });
});

describe("a PN GW that was replaced by another User's", () => {
  it("is another one at the Server; devices are told to start anew, there and at the former when that is back", async () => {
    const net = await together();
    const former = net.network.gatewayFlash.snapshot();
    const { entityID } = net.network.gateway.view;
    await startsWith(net, empty);
    toldToStartAnew(net);
    const credentials = { userID: ascii(bob.userID), password: ascii(bob.password) };
    assert.equal(await atGateway(net, { kind: "enrol", ...credentials }), "done");
    await net.pass(5);
    assert.notEqual(net.network.gateway.view.entityID, entityID);
    assert.equal(await joins(net, "hall"), "joined");
    await startsWith(net, former);
    assert.equal(net.network.gateway.view.entityID, entityID);
    assert.equal(await joins(net, "hall"), "joined");
  });
});

describe("a Server whose database is put back to what it was hours ago", () => {
  it("to before a network: its members set it up again, and who has started it can end it for everybody", async () => {
    const net = await ready();
    const { serverStore } = net.network;
    const before = new MemoryServerStore({ clock: net.clock });
    before.restore(serverStore);
    await net.together("kitchen", ["hall"]);
    serverStore.restore(before);
    await forgetSessions(serverStore.database);
    await jumpAhead(serverStore, net.clock);
    await net.run({ kind: "sendToServer", text: "here" }, net.of("hall"));
    await net.pass(60);
    assert.equal(await serverStore.size("pns"), 1);
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "here" }, net.of("hall"))), "message");
    net.command("kitchen", { kind: "dissolvePN" });
    await net.pass(10);
    assert.equal(net.kinds("hall").at(-1), "left");
    assert.equal(await serverStore.size("pns"), 0);
  });

  for (const [how, settles] of [
    ["as cpns server restores it", true],
    ["as a raw copy, which nobody should do", false],
  ] as const) {
    it(`has each device back by itself, or by one action that its display names (${how})`, async () => {
      const net = await together();
      const { serverStore } = net.network;
      const before = new MemoryServerStore({ clock: net.clock });
      before.restore(serverStore);
      await net.pass(hours);
      net.command("kitchen", { kind: "dissolvePN" });
      await net.pass(10);
      await net.together("hall", ["kitchen"]);
      assert.equal(outcome(await net.enrol(alice, net.of("kitchen"))), "enrolled");
      await net.pass(10);
      serverStore.restore(before);
      if (settles) {
        await forgetSessions(serverStore.database);
        await jumpAhead(serverStore, net.clock);
      }
      await net.pass(60);
      const says = async (): Promise<string> =>
        outcome(await net.run({ kind: "sendToServer", text: "here" }, net.of("hall")));
      // The network has outlived it, and the session is renewed as soon as the Server has been asked for anything.
      assert.equal(await says(), "result.sessionExpired");
      await net.pass(150);
      assert.equal(await says(), "message");
      // Its key is of the day that is gone.
      assert.equal(await joins(net, "kitchen"), "pn.notTrusted");
      assert.match(advised("pn.notTrusted"), /enrol again in Settings/);
      assert.equal(outcome(await net.enrol(alice, net.of("kitchen"))), "enrolled");
      await net.pass(5);
      assert.equal(await joins(net, "kitchen"), "joined");
    });
  }
});

describe("a device that was removed at the Server, and is there again by a database that was put back", () => {
  const owner = (net: Family): string | undefined =>
    net.network.serverStore.get("entities", net.id("hall"))?.owner?.toString();
  const remove = async (net: Family): Promise<void> => {
    await net.network.server.releaseDevice(fromHex(net.id("hall")));
    await net.pass(60);
    assert.equal(owner(net), undefined);
    assert.equal(net.members("hall"), undefined);
  };
  /** The database of before, as cpns server restores it. */
  const putBack = async (net: Family, before: MemoryServerStore): Promise<void> => {
    const { serverStore } = net.network;
    serverStore.restore(before);
    await forgetSessions(serverStore.database);
    await jumpAhead(serverStore, net.clock);
    await net.pass(150);
  };
  async function removedAnHourAgo(): Promise<{ readonly net: Family; readonly before: MemoryServerStore }> {
    const net = await together();
    const before = new MemoryServerStore({ clock: net.clock });
    before.restore(net.network.serverStore);
    await remove(net);
    await net.pass(3_600);
    return { net, before };
  }

  it("is its owner's as before, joins by one action, and is out once more when it is removed again", async () => {
    const { net, before } = await removedAnHourAgo();
    await putBack(net, before);
    assert.notEqual(owner(net), undefined);
    assert.equal(net.members("hall"), undefined, "nothing brings it into a network but its person");
    assert.equal(await joins(net, "hall"), "joined");
    await remove(net);
    assert.equal(await joins(net, "hall"), "pn.notTrusted");
    assert.match(net.of("hall").screen.lines.join(" "), /enrol again in Settings/);
    assert.equal(outcome(await net.enrol(alice, net.of("hall"))), "enrolled");
    assert.equal(await joins(net, "hall"), "joined");
  });

  it("tells whom it was sold to that it has another owner, and is his once that one has removed it again", async () => {
    const { net, before } = await removedAnHourAgo();
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "enrolled");
    await net.pass(10);
    await putBack(net, before);
    assert.equal(await joins(net, "hall"), "pn.notTrusted");
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "result.duplicateEntity");
    assert.match(advised("result.duplicateEntity"), /ask that user/);
    await net.pass(10);
    await remove(net);
    assert.equal(outcome(await net.enrol(bob, net.of("hall"))), "enrolled");
    assert.equal(await joins(net, "hall"), "joined");
  });
});
