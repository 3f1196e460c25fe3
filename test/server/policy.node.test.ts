import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { ServerPolicy } from "../../src/procedure/serverPorts.js";
import { letIn } from "../../src/protocols/account/guests.js";
import { Family } from "../support/family.js";
import { alice, bob, outcome, TestNetwork } from "../support/network.js";

/** A policy that is asked, what it was asked, and what it says from now on. */
class Asked {
  allows = true;
  readonly questions: string[] = [];
  readonly policy: ServerPolicy = {
    mayJoin: (...question) => {
      this.questions.push(question.map(hex).join(" "));
      return this.allows;
    },
  };
}

/** The PN GW's owner says who else may join there. */
async function lets(net: TestNetwork, guests: readonly string[], everybody = false): Promise<void> {
  await net.network.serverStore.transaction(async (tables) => {
    const owner = (await tables.users.get(hex(ascii("operator")))) ?? assert.fail();
    await letIn(net.network, tables, owner, { guests: guests.map(ascii), everybody });
  });
}

const short = { records: 1_000, lifetime: Seconds(200) };

describe("the Server's policy", () => {
  const expected = (net: TestNetwork): string =>
    [
      net.device.pne?.view.entityID,
      hex(ascii(alice.userID)),
      hex(net.network.gatewayID),
      hex(ascii("operator")),
    ].join(" ");

  it("is asked about the PNE, its owner, the PN GW and its owner, in that order (PNR-10, PNR-12, C-13)", async () => {
    const asked = new Asked();
    const net = await new TestNetwork({ policy: asked.policy }).joined();
    // When the PN is registered, and when the PNE has proven itself.
    assert.deepEqual(asked.questions, [expected(net), expected(net)]);
  });

  it("is asked again whenever a session is renewed, and may have changed its mind (PNR-12, C-13)", async () => {
    const asked = new Asked();
    const net = await new TestNetwork({ policy: asked.policy, limits: short }).joined();
    await net.clock.runFor(Milliseconds(190_000));
    assert.deepEqual(asked.questions, [expected(net), expected(net), expected(net)]);
    asked.allows = false;
    await net.clock.runFor(Milliseconds(300_000));
    assert.equal(outcome(net.notices.at(-1)), "left");
    assert.equal(net.device.pne?.view.pn, undefined, "no session without the policy's word");
    assert.ok(asked.questions.every((question) => question === expected(net)));
  });
});

describe("a policy that changes between the registration of a PN and the proof of its PNE (PNR-12, C-13, C-34)", () => {
  for (const [first, second] of [
    [true, false],
    [false, true],
  ])
    it(`from ${first ? "yes to no lets nobody in, and keeps nothing of him" : "no to yes lets him in, with his link protected"}`, async () => {
      let asked = 0;
      const policy = { mayJoin: () => (asked++ === 0 ? first === true : second === true) };
      const net = await new TestNetwork({ policy }).enrolled();
      assert.equal(outcome(await net.join()), second === true ? "joined" : "result.notAuthorized");
      assert.equal(asked, 2);
      const rows = [net.network.serverStore.all("pns").length, net.network.serverStore.all("members").length];
      assert.deepEqual(rows, second === true ? [1, 1] : [0, 0]);
      const links = net.network.gateway.view.devices.filter((device) => device.pn !== undefined);
      assert.deepEqual(
        links.map((device) => device.protected),
        second === true ? [true] : [],
      );
    });
});

describe("the rule of ownership, where the operator has none of his own (PNR-12, C-34)", () => {
  const owned = (limits = {}): TestNetwork => new TestNetwork({ policy: "ownership", ...limits });

  it("lets nobody join at a PN GW of somebody else, but whom its owner lets in (C-34)", async () => {
    const net = await owned().enrolled();
    assert.equal(outcome(await net.join()), "result.notAuthorized");
    await lets(net, [bob.userID]);
    assert.equal(outcome(await net.join()), "result.notAuthorized");
    await lets(net, [bob.userID, alice.userID]);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("lets everybody join where the owner says so (C-34)", async () => {
    const net = await owned().enrolled();
    await lets(net, [], true);
    assert.equal(outcome(await net.join()), "joined");
  });

  it("lets the owner's own devices join, with no word of anybody (C-34)", async () => {
    const net = await owned().start();
    assert.equal(
      outcome(await net.enrol({ userID: "operator", password: "operator's own password" })),
      "enrolled",
    );
    assert.equal(outcome(await net.join()), "joined");
  });

  it("is asked at every rekey: a guest who is let in no more is out when his session ends (C-34)", async () => {
    const net = await owned({ limits: short }).enrolled();
    await lets(net, [alice.userID]);
    assert.equal(outcome(await net.join()), "joined");
    await net.clock.runFor(Milliseconds(300_000));
    assert.ok(net.device.pne?.view.pn, "renewed while he is a guest");
    await lets(net, []);
    await net.clock.runFor(Milliseconds(300_000));
    assert.equal(net.device.pne?.view.pn, undefined);
  });

  it("knows each of those who are invited: guests come in, others do not, and who is a guest no more does not come back (C-34)", async () => {
    const net = new Family(
      ["kitchen", "hall", "cellar"].map((id) => Family.spec(id)),
      { policy: "ownership", limits: short },
    );
    await net.start();
    const users = {
      kitchen: { userID: "operator", password: "operator's own password" },
      hall: alice,
      cellar: bob,
    };
    for (const [id, user] of Object.entries(users))
      assert.equal(outcome(await net.enrol(user, net.of(id))), "enrolled");
    await net.pass(8);
    await lets(net, [alice.userID]);
    await net.together("kitchen", ["hall", "cellar"]);
    assert.deepEqual([net.members("kitchen"), net.members("cellar")], [["hall", "kitchen"], undefined]);
    assert.equal(net.kinds("cellar").at(-1), "result.notAuthorized");
    // Another one in his place: the session that stands is kept to its end.
    await lets(net, [bob.userID]);
    await net.pass(10);
    assert.deepEqual(net.members("hall"), ["hall", "kitchen"]);
    await net.pass(500);
    assert.deepEqual([net.members("kitchen"), net.members("hall")], [["kitchen"], undefined]);
    assert.equal(
      outcome(await net.run({ kind: "createPN", who: "all" }, net.of("hall"))),
      "result.notAuthorized",
    );
    assert.equal(outcome(await net.run({ kind: "createPN", who: "all" }, net.of("cellar"))), "joined");
    await lets(net, []);
    await net.pass(500);
    assert.equal(net.members("cellar"), undefined);
    assert.deepEqual(net.members("kitchen"), ["kitchen"]);
  });
});
