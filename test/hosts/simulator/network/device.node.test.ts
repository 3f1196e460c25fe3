import assert from "node:assert/strict";
import type { SimulatedDevice } from "../../../../hosts/simulator/network/device.js";
import { firmwareVersion } from "../../../../hosts/simulator/network/images.js";
import { ascii } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import type { Screen } from "../../../../src/ui/screen.js";
import { keypad, TestNetwork } from "../../../support/network.js";
import { slotOfNewerFirmware } from "../../../support/newerSlot.js";

interface Seen {
  readonly net: TestNetwork;
  readonly device: SimulatedDevice;
  readonly screens: Screen[];
  readonly power: boolean[];
}

/** One device that is off, and everything that it will show. */
function made(): Seen {
  const screens: Screen[] = [];
  const power: boolean[] = [];
  const net = new TestNetwork({
    observer: {
      screen: (_device, screen) => screens.push(screen),
      power: (_device, on) => power.push(on),
    },
  });
  return { net, device: net.device, screens, power };
}

const key = (name: "7" | "A" | "D") => ({ kind: "matrix", key: name }) as const;

describe("a simulated device is the firmware that boards have", () => {
  it("shows what it shows while it starts, and goes dark with the power", () => {
    const { device, screens, power } = made();
    assert.equal(device.screen.id, "off");
    device.powerOn();
    device.powerOn();
    device.powerOff();
    assert.deepEqual(
      screens.map(({ id }) => id),
      ["boot", "welcome", "off"],
    );
    assert.deepEqual(power, [true, false]);
  });

  it("halts on records that newer firmware wrote, and starts as a new one once its owner erases them", () => {
    const { device, screens, power } = made();
    const { flash, suite } = device.options;
    flash.write("euk.a", slotOfNewerFirmware(suite, "euk"));
    device.powerOn();
    assert.equal(device.halted, "store.version");
    assert.equal(device.screen.id, "halted");
    device.press(key("A"));
    assert.equal(device.halted, "store.version");
    device.press(key("7"));
    assert.equal(device.halted, undefined);
    assert.deepEqual(flash.names(), []);
    assert.deepEqual(power, [true, false, true]);
    assert.equal(screens.at(-1)?.id, "welcome");
  });

  it("is off after a power cut that its firmware has caught, and shows nothing of it", () => {
    const { device, screens, power } = made();
    const { flash, suite } = device.options;
    flash.write("euk.a", slotOfNewerFirmware(suite, "euk"));
    device.powerOn();
    // Erasing catches what goes wrong, to say it on the display.
    flash.cutPower({ atWrite: 1, manner: "before" });
    device.press(key("7"));
    assert.equal(device.powered, false);
    assert.deepEqual(
      screens.map(({ id }) => id),
      ["boot", "halted", "off"],
    );
    assert.deepEqual(power, [true, false]);
  });

  it("has what its factory wrote: an Entity ID that a factory reset leaves alone (C-12)", async () => {
    const entityID = ascii("made in a factory");
    const net = new TestNetwork({
      devices: [{ ...keypad, entityID, temporaryKey: new Uint8Array(32).fill(3) }],
    });
    await net.enrolled();
    const before = net.device.pne?.view.entityID;
    net.device.command({ kind: "factoryReset" });
    await net.clock.runFor(Milliseconds(1_000));
    assert.deepEqual(
      [before, net.device.pne?.view.entityID],
      [Buffer.from(entityID).toString("hex"), before],
    );
  });

  it("counts what a maker asks about, for a screen of its own", async () => {
    const screens: Screen[] = [];
    const net = new TestNetwork({ observer: { screen: (_device, screen) => screens.push(screen) } });
    await net.start();
    net.device.command({ kind: "enrol", userID: ascii("alice"), password: ascii("wonderland") });
    await net.clock.runFor(Milliseconds(10_000));
    const settings = screens.filter(({ id }) => id === "home").length;
    assert.ok(settings > 0, "it is enrolled");
    const { length } = net.device.screen.menu?.items ?? [];
    for (let i = 1; i < length; i++) net.device.press({ kind: "matrix", key: "B" });
    net.device.press(key("D"));
    assert.equal(net.device.screen.id, "settings");
    assert.ok(net.device.screen.lines.some((line) => line.includes(firmwareVersion)));
    const diagnostics = net.device.screen.menu?.items.indexOf("Diagnostics") ?? -1;
    for (let i = 0; i < diagnostics; i++) net.device.press({ kind: "matrix", key: "B" });
    net.device.press(key("D"));
    assert.ok(net.device.screen.lines.includes("Connections: 1"), net.device.screen.lines.join(" / "));
  });
});
