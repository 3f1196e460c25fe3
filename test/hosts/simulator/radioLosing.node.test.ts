import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { Air, advertisement } from "./radioAir.js";

describe("losing a connection in the virtual radio", () => {
  it("by hanging up is known to both ends with the one who did it", async () => {
    const air = await new Air().connected();
    air.pneLink?.disconnect();
    air.gatewayLink?.write(Uint8Array.of(1), (error) => air.note(error?.code ?? "sent"));
    await air.run();
    assert.deepEqual(air.happened, [
      "pne closed: closed by the PNE",
      "over 1: closed by the PNE",
      "gw closed: closed by the PNE",
      "link.closed",
    ]);
  });

  it("by power is noticed by the gateway after 2 s; a PNE that is back earlier must wait for that", async () => {
    const air = await new Air().connected();
    const late = air.pneLink;
    air.gateway.scan(true);
    air.pne.powerOff();
    late?.write(Uint8Array.of(1), () => air.note("a dead device heard of its write"));
    late?.disconnect();
    await air.run(500);
    air.pne.powerOn();
    air.pne.advertise(advertisement);
    air.connect();
    await air.run(1000);
    assert.deepEqual(air.happened.sort(), ["found pne 0", "radio.busy"]);
    await air.run(1000);
    assert.deepEqual(air.happened.slice(2), [
      "over 1: supervision timeout",
      "gw closed: supervision timeout",
      "found pne 0",
    ]);
    air.connect();
    await air.run();
    assert.equal(air.happened.at(-1), "pne connected");
  });

  it("by the gateway's power is noticed by every PNE, which advertises again", async () => {
    const air = await new Air().connected();
    air.gateway.powerOff();
    air.gateway.powerOn();
    air.gateway.scan(true);
    await air.run(5000);
    assert.deepEqual(air.happened, [
      "over 1: supervision timeout",
      "pne closed: supervision timeout",
      "found pne 0",
    ]);
  });

  it("by range is noticed by both after the supervision timeout, unless they come back in time", async () => {
    const air = await new Air({ supervision: Milliseconds(600) }).connected();
    air.radio.setRange("pne", "gw", false);
    await air.run(500);
    air.radio.setRange("pne", "gw", true);
    await air.run();
    assert.deepEqual(air.log, []);
    air.radio.setRange("pne", "gw", false);
    await air.run();
    assert.deepEqual(
      air.happened.filter((what) => what.includes("closed")),
      ["pne closed: supervision timeout", "gw closed: supervision timeout"],
    );
  });

  it("lets the gateway connect again from within its own callback", async () => {
    const air = await new Air().connected();
    const { gatewayLink } = air;
    if (gatewayLink !== undefined) gatewayLink.onClosed = () => air.connect();
    air.pneLink?.disconnect();
    await air.run();
    assert.equal(air.happened.at(-1), "pne connected");
  });
});
