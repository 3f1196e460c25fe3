import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { checksum } from "../../../../hosts/factory/nvsFormat.js";
import { EmulatorBench } from "./bench.js";
import type { EmulatedChip } from "./emulatedChip.js";
import { joinPn, started } from "./visits.js";

/** Of hosts/esp32/board/partitions.csv. */
const otadata = 0x10000;
const sector = 0x1000;
const [first, second, size] = [0x20000, 0x210000, 0x1f0000];
/** ESP-IDF's esp_ota_img_states_t. */
const State = Object.freeze({ fresh: 0, onTrial: 1, valid: 2, aborted: 4 });

/** The note which of two images starts, as esp_ota_set_boot_partition writes it: number, label, state, checksum. */
function writeNote(flash: Buffer, which: 0 | 1, state: number): void {
  const note = flash.subarray(otadata + which * sector, otadata + which * sector + 32);
  note.fill(0xff);
  note.writeUInt32LE(which + 1, 0);
  note.writeUInt32LE(state, 24);
  note.writeUInt32LE(checksum(note.subarray(0, 4)), 28);
}

describe("a chip that was switched to the firmware in its other place", () => {
  const bench = new EmulatorBench();
  let chip: EmulatedChip;
  let enrolled: Buffer;

  before(async () => {
    enrolled = await bench.enrolled();
    chip = bench.chip;
  });

  after(() => bench.close());

  /** What the boot loader and the firmware have noted of the second place. */
  const state = (): number => readFileSync(chip.flash).readUInt32LE(otadata + sector + 24);

  async function restart(): Promise<void> {
    await chip.powerOff();
    chip.powerOn();
    assert.equal(await started(chip), "home");
  }

  /** The same firmware in both places, and the second one next; `damage` is done to it. */
  async function switchOver(damage: (image: Buffer) => void = () => {}): Promise<void> {
    await chip.powerOff();
    const flash = Buffer.from(enrolled);
    flash.copy(flash, second, first, first + size);
    damage(flash.subarray(second, second + size));
    writeNote(flash, 0, State.valid);
    writeNote(flash, 1, State.fresh);
    writeFileSync(chip.flash, flash);
    await restart();
  }

  it("starts it on trial, confirms it once it is in a network, and stays with it", async () => {
    await switchOver();
    assert.equal(state(), State.onTrial);
    await joinPn(chip);
    await chip.until(() => state() === State.valid, "its confirmation");
    await restart();
    await restart();
    assert.equal(state(), State.valid);
  });

  it("goes back to the one before when its power is cut before that, with its keys", async () => {
    await switchOver();
    assert.equal(state(), State.onTrial);
    await restart();
    assert.equal(state(), State.aborted);
    await joinPn(chip);
    await restart();
    assert.equal(state(), State.aborted);
  });

  it("does not start what is damaged", async () => {
    await switchOver((image) => {
      image[0x8000] = (image[0x8000] as number) ^ 1;
    });
    // What ran would confirm itself.
    await joinPn(chip);
    await restart();
    assert.equal(state(), State.aborted);
  });

  it("has not started anew by itself in all that", () => {
    assert.equal(chip.restarts, 0);
  });
});
