import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { Air, advertisement } from "./radioAir.js";

describe("scanning in the virtual radio", () => {
  it("finds an advertising PNE once, within its advertising interval, and again when it changes", async () => {
    const air = new Air();
    air.gateway.scan(true);
    await air.run();
    air.pne.advertise(advertisement);
    await air.run();
    air.pne.advertise({ ...advertisement });
    await air.run();
    air.pne.advertise({ ...advertisement, state: 1 });
    await air.run();
    assert.deepEqual(air.happened, ["found pne 0", "found pne 1"]);
    const [first] = air.log;
    assert.ok(Number.parseInt(first ?? "", 10) <= 1100);
    assert.equal(await air.clock.runUntilIdle(Milliseconds(1)), true, "and rests");
  });

  it("finds nothing that is silent, off, out of range, or connected, nor when it does not scan", async () => {
    const air = new Air();
    air.pne.advertise(advertisement);
    await air.run();
    air.gateway.scan(true);
    air.gateway.scan(false);
    await air.run();
    air.pne.advertise(undefined);
    air.gateway.scan(true);
    await air.run();
    air.pne.advertise(advertisement);
    air.pne.powerOff();
    await air.run();
    air.pne.advertise(advertisement);
    await air.run();
    air.pne.powerOn();
    await air.run();
    assert.deepEqual(air.happened, [], "after power comes back the firmware advertises anew");
    air.radio.setRange("pne", "gw", false);
    air.pne.advertise(advertisement);
    await air.run();
    assert.deepEqual(air.happened, []);
    air.radio.setRange("pne", "gw", true);
    await air.run();
    assert.deepEqual(air.happened, ["found pne 0"]);
    air.radio.setRange("pne", "gw", true);
    await air.run();
    assert.deepEqual(air.happened, ["found pne 0"]);
  });

  it("ends with the gateway's power, even for what was about to be found", async () => {
    const air = new Air();
    air.gateway.scan(true);
    air.pne.advertise(advertisement);
    air.gateway.powerOff();
    air.gateway.scan(true);
    await air.run();
    air.gateway.powerOn();
    air.pne.advertise({ ...advertisement, state: 2 });
    await air.run();
    assert.deepEqual(air.happened, []);
    air.gateway.scan(true);
    await air.run();
    assert.deepEqual(air.happened, ["found pne 2"]);
  });

  it("finds a PNE again when its connection has ended, as advertising resumes by itself", async () => {
    const air = await new Air().connected();
    air.gateway.scan(true);
    await air.run();
    assert.deepEqual(air.happened, []);
    air.pneLink?.disconnect();
    await air.run();
    assert.deepEqual(air.happened.slice(-1), ["found pne 0"]);
  });
});
