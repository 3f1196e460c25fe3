import assert from "node:assert/strict";
import { ascii, fromHex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { Family } from "../support/family.js";
import { alice, outcome, TestNetwork } from "../support/network.js";
import { Stranger } from "../support/stranger.js";

describe("somebody who has recorded how a device came into a network, on a link that is secure by itself (PNI-11, C-16)", () => {
  it("does not get it back in by saying the same again once it has left, nor in its place while it is there", async () => {
    const net = await new Family(["kitchen", "hall"].map((id) => Family.spec(id, { secure: true }))).ready();
    net.command("kitchen", { kind: "createPN", who: "all" });
    await net.pass(2);
    net.command("hall", { kind: "declineInvitation" });
    await net.pass(8);
    const said: Uint8Array[] = [];
    net.onFragment = (device, { direction, octets }) => {
      if (device.id === "hall" && direction === "toGateway") said.push(octets.slice());
    };
    net.of("hall").powerOff();
    net.of("hall").powerOn();
    await net.pass(8);
    net.command("hall", { kind: "createPN", who: "all" });
    await net.pass(8);
    net.onFragment = undefined;
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    assert.equal(said.length, 3, "EntityDiscoveryRequest, PNSetupRequest, AuthenticationResponse");
    const inside = (): number => net.network.serverStore.rows().pns[0]?.[1].size ?? 0;
    /** All of it, in its order; what it is answered. */
    const again = async (): Promise<string[]> => {
      const stranger = new Stranger(net, true);
      for (const fragment of said) {
        if (stranger.gone) break;
        stranger.link.fragment(fragment.slice());
        await net.clock.runFor(Milliseconds(500));
      }
      await net.pass(30);
      stranger.leave();
      return stranger.heard.map(({ name, body }) => `${name} ${"result" in body ? body.result : ""}`.trim());
    };
    const { session } = net.network.serverStore.all("members").map(([, one]) => one)[1] ?? {};
    await again();
    assert.deepEqual([inside(), net.members("kitchen")], [2, ["hall", "kitchen"]]);
    const kept = net.network.serverStore.all("members").map(([, one]) => one.session);
    assert.ok(kept.some((one) => one?.sk.every((octet, i) => octet === session?.sk[i])));
    net.command("hall", { kind: "leavePN" });
    await net.pass(8);
    assert.deepEqual([inside(), net.members("kitchen")], [1, ["kitchen"]]);
    assert.deepEqual(await again(), [
      "EntityDiscoveryResponse",
      "AuthenticationRequest",
      "PNSetupResponse 1",
    ]);
    assert.deepEqual([inside(), net.members("kitchen")], [1, ["kitchen"]]);
    net.command("hall", { kind: "createPN", who: "all" });
    await net.pass(40);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
  });
});

describe("a User who is removed, or whose device is released, while a session of it is renewed (GWA-01, C-34)", () => {
  const short = { records: 1_000, lifetime: Seconds(200) };
  const renewed = (net: TestNetwork): number =>
    net.log.filter((line) => line.startsWith("server pn.rekeyed")).length;

  /** In a network, and the Server has just made its next session: the PNE has not heard of it. */
  async function renewing(): Promise<TestNetwork> {
    const net = await new TestNetwork({ limits: short, poll: false }).joined();
    await net.clock.runWhile(() => renewed(net) === 0, Milliseconds(400_000));
    assert.equal(renewed(net), 1);
    return net;
  }

  for (const [what, remove] of [
    ["removed", (net: TestNetwork) => net.network.server.removeUser(ascii(alice.userID))],
    [
      "released",
      (net: TestNetwork) => net.network.server.releaseDevice(fromHex(net.device.pne?.view.entityID ?? "")),
    ],
  ] as const) {
    it(`has no session left, neither the old one nor that which was made: ${what}`, async () => {
      const net = await renewing();
      await remove(net);
      const store = net.network.serverStore;
      assert.deepEqual([store.size("members"), store.size("pns")], [0, 0]);
      const told = net.told.length;
      assert.notEqual(outcome(await net.run({ kind: "sendToServer", text: "still here" })), "message");
      // It is asked to prove itself, like everybody whose session is over: what is kept of that is no session.
      const rows = await store.read(({ members }) =>
        members.find("entity", net.device.pne?.view.entityID ?? "", 9),
      );
      assert.deepEqual([rows.filter(({ value }) => value.session).length, net.told.length], [0, told]);
      await net.clock.runFor(Milliseconds(400_000));
      assert.equal(net.device.pne?.view.pn, undefined);
      assert.notEqual(outcome(await net.join()), "joined");
    });
  }
});
