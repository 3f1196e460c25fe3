import assert from "node:assert/strict";
import { isFault, isTold } from "../../../src/device/console/levels.js";

describe("the console's log level", () => {
  it("knows what did not go as it should by the names of events", () => {
    for (const name of [
      "link.failure",
      "store.slotDamaged",
      "store.notMended",
      "store.resetUnmarked",
      "pne.failed",
      "pne.refused",
      "pne.keyNotKept",
      "pne.notBack",
      "pne.unmet",
      "pne.pushDropped",
      "pn.updateLost",
      "pn.flood",
      "radio.failed",
      "ble.dropped",
      "firmware.crashed",
      "firmware.halted",
      "application.missing",
      "application.stopped",
    ])
      assert.ok(isFault(name), name);
  });

  it("takes nothing else for that", () => {
    for (const name of [
      "ble.advertising",
      "ble.secured",
      "keypad.changed",
      "firmware.started",
      "pn.established",
      "pn.restored",
      "pn.resumed",
      "pne.enrolled",
      "pne.back",
      "radio.usable",
      "update.reported",
    ])
      assert.ok(!isFault(name), name);
  });

  it("is none, faults or all", () => {
    const told = (["off", "faults", "all"] as const).map((level) =>
      ["pne.failed", "pne.enrolled"].map((name) => isTold(name, level)),
    );
    assert.deepEqual(told, [
      [false, false],
      [true, false],
      [true, true],
    ]);
  });
});
