import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import type { ServerPolicy } from "../../src/procedure/serverPorts.js";
import { alice, outcome, TestNetwork } from "../support/network.js";

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
