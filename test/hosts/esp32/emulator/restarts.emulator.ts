import assert from "node:assert/strict";
import { skippedFor } from "../../../support/skipped.js";
import { pause } from "../hand.js";
import { EmulatorBench } from "./bench.js";
import { type EmulatedChip, told } from "./emulatedChip.js";
import { joinPn, started, words } from "./visits.js";

describe("a chip whose program hangs", () => {
  const bench = new EmulatorBench();
  let chip: EmulatedChip;

  before(async () => {
    await bench.enrolled();
    chip = bench.chip;
    chip.powerOn();
    await started(chip);
  });

  after(() => bench.close());

  /** Hangs it, and looks whether a watchdog resets it within so many seconds, and what it says then. */
  async function hang(how: "hang" | "stall", seconds: number): Promise<void> {
    const restarts = chip.restarts;
    chip.say(how);
    const since = Date.now();
    await chip.until(() => chip.restarts > restarts, "the watchdog");
    process.stdout.write(
      `${how}: reset after ${((Date.now() - since) / 1_000).toFixed(1)} s, of ${seconds}\n`,
    );
    await chip.until(() => chip.screen?.title === "Restarted", "the crash report");
    assert.match(words(chip), /hung/);
    assert.equal(chip.restarts, restarts + 1);
    // What has just come up takes no key that was meant for something else.
    await pause(4_000);
    chip.enter();
    await chip.shows("home");
  }

  it("in a step of JavaScript, is reset by the task watchdog, says so, and has its keys", async () => {
    await hang("hang", 5);
    await joinPn(chip);
    await chip.shows("home");
  });

  it("with interrupts off, so that nothing of the firmware can say it, is reset by the watchdog's hardware", async function () {
    // QEMU's ESP32 is reset, and then every 7 s again before its ROM has said a word, until its power is cut.
    if (told("CPNS_EMULATOR_MACHINE") === "esp32")
      skippedFor(this, "a stall of an ESP32", "QEMU's does not start after a reset by that watchdog");
    await hang("stall", 10);
    await joinPn(chip);
    await chip.shows("home");
  });

  it("has said it once: after its power was cut there is nothing to say", async () => {
    await chip.powerOff();
    chip.powerOn();
    assert.equal(await started(chip), "home");
  });
});
