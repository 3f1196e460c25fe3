import assert from "node:assert/strict";
import type { RadioLink } from "../../../hosts/simulator/world/radio.js";
import { hex } from "../../../src/base/octets.js";
import { Air, advertisement } from "./radioAir.js";

describe("connecting in the virtual radio", () => {
  it("tells both ends, the gateway first, after advertising interval and set-up", async () => {
    const air = new Air();
    air.pne.advertise(advertisement);
    air.connect();
    assert.deepEqual(air.log, []);
    await air.run();
    assert.deepEqual(air.happened, ["link 1 pne-gw", "gw connected", "pne connected"]);
    const at = Number.parseInt(air.log[0] ?? "", 10);
    assert.ok(at > 180 && at <= 280, `${at}`);
  });

  for (const [pne, gateway, mtu] of [
    [23, 517, 23],
    [247, 23, 23],
    [247, 185, 185],
    [undefined, undefined, 185],
    [517, 517, 517],
  ] as const) {
    it(`takes the smaller MTU of ${pne ?? "the usual"} and ${gateway ?? "the usual"}`, async () => {
      const offered = { ...(pne !== undefined && { pne }), ...(gateway !== undefined && { gateway }) };
      const air = await new Air({}, offered).connected();
      assert.equal(air.pneLink?.maximumWrite, mtu - 3);
      assert.equal(air.gatewayLink?.maximumWrite, mtu - 3);
    });
  }

  it("says whether the PAN is secure by itself", async () => {
    const air = await new Air().connected();
    assert.equal(air.pneLink?.secure, false);
    air.addPNE("safe", { secure: true }).advertise(advertisement);
    air.connect("safe");
    await air.run();
    assert.equal(air.pneLink?.secure, true);
    assert.equal(air.gatewayLink?.secure, true);
  });

  it("waits for a PNE that is not there yet", async () => {
    const air = new Air();
    air.radio.setRange("pne", "gw", false);
    air.connect();
    await air.run();
    air.pne.advertise(advertisement);
    await air.run();
    assert.deepEqual(air.log, []);
    air.radio.setRange("pne", "gw", true);
    await air.run();
    assert.equal(air.happened.at(-1), "pne connected");
  });

  it("gives up after its timeout, when cancelled, and never says so twice", async () => {
    const air = new Air();
    air.connect();
    await air.run(9999);
    assert.deepEqual(air.log, []);
    await air.run();
    assert.deepEqual(air.log, ["10000 radio.timeout"]);
    air.connect();
    air.gateway.cancelConnect("pne");
    air.gateway.cancelConnect("pne");
    air.pne.advertise(advertisement);
    await air.run(20_000);
    assert.deepEqual(air.happened, ["radio.timeout", "radio.cancelled"]);
  });

  it("has a timeout of its own for each attempt", async () => {
    const air = await new Air().connected();
    air.gatewayLink?.disconnect();
    air.pne.advertise(undefined);
    await air.run(8000);
    air.connect();
    await air.run(9999);
    assert.ok(!air.happened.includes("radio.timeout"));
    await air.run(1);
    assert.equal(air.happened.at(-1), "radio.timeout");
  });

  it("is not made for an attempt that was cancelled, or whose gateway lost its power", async () => {
    const air = new Air();
    air.pne.advertise(advertisement);
    air.gateway.connect("pne", (error) => air.note(`first ${error?.code}`));
    await air.run(50);
    air.gateway.cancelConnect("pne");
    air.gateway.connect("pne", (error) => air.note(`second ${error?.code}`));
    await air.run();
    assert.deepEqual(air.happened.slice(0, 3), [
      "first radio.cancelled",
      "link 1 pne-gw",
      "second undefined",
    ]);
    air.log.length = 0;
    air.addPNE("other").advertise(advertisement);
    air.connect("other");
    air.gateway.powerOff();
    await air.run(20_000);
    assert.deepEqual(air.happened, ["over 1: supervision timeout", "pne closed: supervision timeout"]);
  });

  it("goes on waiting when the PNE loses power during set-up", async () => {
    const air = new Air();
    air.pne.advertise(advertisement);
    air.connect();
    await air.run(110);
    air.pne.powerOff();
    await air.run(3000);
    assert.deepEqual(air.log, []);
    air.pne.powerOn();
    air.pne.advertise(advertisement);
    await air.run();
    assert.equal(air.happened.at(-1), "pne connected");
  });

  it("fails first with 0x3e when the air is so, and succeeds when tried again", async () => {
    const air = new Air({ firstConnectFailure: 1 });
    air.pne.advertise(advertisement);
    for (let i = 0; i < 2; i++) {
      air.connect();
      await air.run();
    }
    assert.deepEqual(air.happened, [
      "radio.notEstablished",
      "link 1 pne-gw",
      "gw connected",
      "pne connected",
    ]);
    air.pneLink?.disconnect();
    air.log.length = 0;
    air.connect();
    await air.run();
    assert.deepEqual(air.happened, ["radio.notEstablished"], "the next connection is a first one again");
  });

  it("is refused to a gateway that is off, connected or connecting", async () => {
    const air = new Air();
    air.connect();
    air.connect();
    assert.deepEqual(air.log, [], "never before connect has returned");
    await air.run(0);
    assert.deepEqual(air.happened, ["radio.busy"]);
    await air.connected();
    air.connect();
    await air.run();
    air.gateway.powerOff();
    air.connect();
    await air.run(0);
    assert.deepEqual(
      air.happened.filter((what) => what.startsWith("radio")),
      ["radio.busy", "radio.off"],
    );
  });

  it("gives a PNE to one gateway at a time, the next one when it is free", async () => {
    const air = await new Air().connected();
    const other = air.radio.addCentral({ id: "gw2", onFound: () => {} });
    other.connect("pne", (error) => air.note(error?.code ?? "gw2 connected"));
    await air.run();
    assert.deepEqual(air.log, []);
    air.gatewayLink?.disconnect();
    await air.run();
    assert.ok(air.happened.includes("gw2 connected"));
  });

  it("holds many PNEs at once, each with its own link", async () => {
    const air = new Air();
    const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const links = new Map<string, RadioLink>();
    for (const id of ids) {
      air.addPNE(id).advertise(advertisement);
      air.gateway.connect(id, (_error, link) => link && links.set(id, link));
    }
    await air.run();
    assert.equal(new Set([...links.values()].map((link) => link.id)).size, 8);
    for (const [id, link] of links) link.write(Uint8Array.of(id.charCodeAt(0)), () => {});
    await air.run();
    for (const id of ids) assert.ok(air.happened.includes(`${id} ${hex(Uint8Array.of(id.charCodeAt(0)))}`));
    assert.equal(air.radio.link("a", "gw")?.traffic.toPNE.fragments, 1);
  });

  it("is not told to a PNE that the gateway left at once", async () => {
    const air = new Air();
    air.pne.advertise(advertisement);
    air.gateway.connect("pne", (_error, link) => link?.disconnect());
    await air.run();
    assert.deepEqual(air.happened, ["link 1 pne-gw", "over 1: closed by the PN GW"]);
  });

  it("refuses ids twice, unknown ids, and MTUs that ATT does not know", () => {
    const air = new Air();
    assert.throws(() => air.addPNE("pne"), RangeError);
    assert.throws(() => air.radio.addCentral({ id: "gw", onFound: () => {} }), RangeError);
    assert.throws(() => air.connect("nobody"), RangeError);
    assert.throws(() => air.radio.setRange("pne", "nobody", true), RangeError);
    assert.throws(() => air.addPNE("small", { mtu: 22 }), RangeError);
    assert.throws(() => air.radio.addCentral({ id: "big", mtu: 518, onFound: () => {} }), RangeError);
  });
});
