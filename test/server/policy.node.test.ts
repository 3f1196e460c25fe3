import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { ServerPolicy } from "../../src/procedure/serverPorts.js";
import { letIn } from "../../src/protocols/account/guests.js";
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
    assert.equal(outcome(net.notices.at(-1)), "result.sessionExpired");
    assert.equal(net.device.pne?.view.pn, undefined, "no session without the policy's word");
    assert.ok(asked.questions.every((question) => question === expected(net)));
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
});
