import assert from "node:assert/strict";
import type { NetworkOptions } from "../../../hosts/simulator/network/options.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { Method } from "../../../src/codec/methods.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { defaultMethods } from "../../../src/pne/ports.js";
import { keypad, outcome, TestNetwork } from "../../support/network.js";

/** The methods that a device offers in the air, and how its enrolment ends. */
async function offered(options: Partial<NetworkOptions>): Promise<readonly [readonly number[], string]> {
  const net = await new TestNetwork(options).start();
  const ended = outcome(await net.enrol());
  const messages = net.fragments.map((one) => everyMessage.decode(one.octets.subarray(4)));
  const request = messages.find((one) => one.name === "EUKeyAssignmentRequest");
  return [request?.name === "EUKeyAssignmentRequest" ? request.body.methods : [], ended];
}

const { spake2plus, scram } = Method;

describe("the methods that a device offers (SEC-02)", () => {
  it("are spake2plus alone on an insecure PAN, unless its owner says otherwise", async () => {
    assert.deepEqual(await offered({ devices: [keypad] }), [[spake2plus], "enrolled"]);
    assert.deepEqual(defaultMethods.insecureMethods, [spake2plus]);
  });

  it("are spake2plus alone on a secure PAN too: the gateway shall not be able to guess either", async () => {
    const secure = { ...keypad, secure: true };
    assert.deepEqual(await offered({ devices: [secure] }), [[spake2plus], "enrolled"]);
  });

  it("are what its owner says, best first, on either PAN", async () => {
    for (const secure of [false, true]) {
      for (const methods of [[scram], [spake2plus, scram], [scram, spake2plus]]) {
        const devices = [{ ...keypad, secure, methods }];
        assert.deepEqual(await offered({ devices }), [methods, "enrolled"]);
      }
    }
  });

  it("are none when it could do nothing but spake2plus and has no curve: it never falls back to scram", async () => {
    const pneSuite = nobleSuite;
    assert.deepEqual(await offered({ pneSuite }), [[], "enrol.method"]);
    assert.deepEqual(await offered({ pneSuite, devices: [{ ...keypad, secure: true }] }), [
      [],
      "enrol.method",
    ]);
    const devices = [{ ...keypad, methods: [spake2plus, scram] }];
    assert.deepEqual(await offered({ pneSuite, devices }), [[scram], "enrolled"]);
  });

  it("cost nothing when none is allowed: no attempt is counted", async () => {
    const net = await new TestNetwork({ devices: [{ ...keypad, methods: [] }] }).start();
    assert.equal(outcome(await net.enrol()), "enrol.method");
    assert.equal(net.device.pne?.view.failures, 0);
  });
});

describe("the method that the Server takes", () => {
  it("is spake2plus wherever it is offered, whatever the order (C-07)", async () => {
    for (const methods of [
      [scram, spake2plus],
      [spake2plus, scram],
    ]) {
      const net = await new TestNetwork({ devices: [{ ...keypad, methods }] }).enrolled();
      const names = net.fragments.map((one) => everyMessage.decode(one.octets.subarray(4)).name);
      assert.ok(names.includes("EUKeyAssignmentRequest.share"));
    }
  });
});
