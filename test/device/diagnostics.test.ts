import assert from "node:assert/strict";
import { silentLog } from "../../src/base/ports.js";
import { Diagnostics } from "../../src/device/diagnostics.js";
import { english } from "../../src/ui/strings/english.js";
import { ManualClock } from "../support/manualClock.js";

const lines = (battery?: () => number | undefined): readonly string[] =>
  new Diagnostics(new ManualClock(), silentLog, battery).lines(english);

describe("the diagnostics of a device", () => {
  it("say how full its battery is, read as they are shown", () => {
    let percent = 83;
    const diagnostics = new Diagnostics(new ManualClock(), silentLog, () => percent);
    assert.equal(diagnostics.lines(english).at(-1), "Battery: 83 %");
    percent = 82;
    assert.equal(diagnostics.lines(english).at(-1), "Battery: 82 %");
  });

  it("say nothing of a battery that is not in, cannot be read, or that the board does not have", () => {
    const without = lines();
    assert.ok(!without.some((line) => line.startsWith("Battery")));
    assert.deepEqual(
      lines(() => undefined),
      without,
    );
    assert.deepEqual(
      lines(() => {
        throw new Error("nobody acknowledged");
      }),
      without,
    );
  });
});
