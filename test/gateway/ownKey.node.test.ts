import assert from "node:assert/strict";
import { VirtualFlash } from "../../hosts/simulator/world/flash.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { Method } from "../../src/codec/methods.js";
import { ended } from "../support/ended.js";
import { alice, TestNetwork } from "../support/network.js";

/** The PN GW asks for its own EUKey again; "enrolled" or the code, and the names of what went to and fro in the clear. */
async function asks(net: TestNetwork, userID: string, password: string) {
  const clear: { readonly name: string; readonly octets: Uint8Array }[] = [];
  const { backhaul, gateway } = net.network;
  backhaul.tamper = (octets) => {
    if (octets[0] === 0x84) clear.push({ name: everyMessage.decode(octets).name, octets });
    return octets;
  };
  let outcome = "";
  const credentials = { userID: ascii(userID), password: ascii(password) };
  gateway.command({ kind: "enrol", ...credentials }, (over) => {
    outcome = ended(over, "enrolled");
  });
  await net.clock.runFor(Milliseconds(5_000));
  backhaul.tamper = undefined;
  return { outcome, clear };
}

async function keyOf(net: TestNetwork): Promise<string> {
  const entity = await net.network.serverStore.get("entities", hex(net.network.gatewayID));
  return hex(entity?.committed?.id ?? new Uint8Array(0));
}

describe("a PN GW that asks for its own EUKey (EUK-GW-07, EUK-GW-08, EUK-GW-09)", () => {
  it("offers spake2plus and nothing else, and gets a new key", async () => {
    const net = await new TestNetwork().start();
    const before = await keyOf(net);
    const { outcome, clear } = await asks(net, "operator", "operator's own password");
    assert.equal(outcome, "enrolled");
    const request = everyMessage.decode(clear[0]?.octets ?? new Uint8Array(0));
    if (request.name !== "EUKeyAssignmentRequest") assert.fail(request.name);
    assert.deepEqual(request.body.methods, [Method.spake2plus]);
    assert.equal(clear[2]?.name, "EUKeyAssignmentRequest.share");
    assert.notEqual(await keyOf(net), before);
  });

  it("is refused with a wrong password, as an unknown user, and as another than its owner: the old key stands (C-11, C-12)", async () => {
    for (const [userID, password, code] of [
      ["operator", "wrong", "result.refused"],
      ["nobody", "wrong", "result.refused"],
      [alice.userID, alice.password, "result.duplicateEntity"],
    ] as const) {
      const net = await new TestNetwork().start();
      const before = await keyOf(net);
      const { outcome, clear } = await asks(net, userID, password);
      assert.equal(outcome, code);
      // The last word is a Key Delivery, without EUKey or sealed for who knows the password.
      assert.equal(clear[5]?.name, "EUKeyAssignmentResponse");
      assert.equal(clear[5]?.octets.length, 81);
      assert.equal(await keyOf(net), before);
    }
  });

  it("confirms a delivered key once, and tells whoever needs it meanwhile that it stands (EUK-GW-13)", async () => {
    const net = await new TestNetwork().start();
    const { network } = net;
    network.gatewayFlash.restore(new VirtualFlash(100_000).snapshot());
    network.restartGateway();
    const ends: string[] = [];
    let confirmed = 0;
    network.backhaul.tamper = (octets) => {
      if (octets[0] === 0x84 && everyMessage.decode(octets).name === "EUKeyAssignmentRequest.confirm") {
        confirmed++;
        // It has no other key than the one that is being confirmed.
        if (confirmed === 1)
          network.gateway.command({ kind: "connect" }, (over) => void ends.push(ended(over, "connected")));
      }
      return octets;
    };
    const credentials = { userID: ascii("operator"), password: ascii("operator's own password") };
    network.gateway.command(
      { kind: "enrol", ...credentials },
      (over) => void ends.push(ended(over, "enrolled")),
    );
    await net.clock.runFor(Milliseconds(10_000));
    assert.deepEqual(ends, ["enrolled", "connected"]);
    assert.equal(confirmed, 1);
  });
});
