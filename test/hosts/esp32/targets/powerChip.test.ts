import assert from "node:assert/strict";
import {
  core2Outputs,
  coreS3Outputs,
  powerBacklight,
  setRegisters,
} from "../../../../hosts/esp32/targets/shared/powerChip.js";
import { Chip } from "./chip.js";

/** Register and bit of what supplies the light, the register of its volts, and the chip's own supplies beside it. */
const boards = [
  { name: "Core2 with AXP192", kind: 0x03, on: 0x12, bit: 0x02, volts: 0x27, others: 0x45 },
  { name: "Core2 with AXP2101", kind: 0x4a, on: 0x90, bit: 0x10, volts: 0x96, others: 0x2a },
  { name: "CoreS3", kind: 0x4a, on: 0x90, bit: 0x80, volts: 0x99, others: 0x3f, s3: true },
] as const;

describe("the light behind a board's power chip", () => {
  for (const board of boards) {
    it(`gets less for a dimmed display and nothing for a dark one, and all else stays: ${board.name}`, () => {
      const { kind, on, bit, volts, others } = board;
      const chip = new Chip({ 3: kind, [on]: others | bit, [volts]: 0xff });
      const light = powerBacklight(chip, "s3" in board ? coreS3Outputs() : core2Outputs(chip));
      light("full");
      const full = chip.registers[volts] as number;
      light("dim");
      assert.ok((chip.registers[volts] as number) < full);
      assert.equal(chip.registers[on], others | bit);
      light("dark");
      assert.equal(chip.registers[on], others);
      light("full");
      assert.deepEqual(chip.at(on, volts), [others | bit, full]);
      const touched = new Set(chip.done.map((one) => Number.parseInt(one, 16)));
      assert.deepEqual([...touched].sort(), [on, volts].sort());
    });
  }
});

describe("the motor behind a Core2's power chip", () => {
  for (const [kind, on, bit] of [
    [0x03, 0x12, 0x08],
    [0x4a, 0x90, 0x80],
  ] as const) {
    it(`is supplied while it is to be felt, and all else stays: chip ${kind}`, () => {
      const others = 0xff & ~bit;
      const chip = new Chip({ 3: kind, [on]: others });
      const { motor } = core2Outputs(chip);
      setRegisters(chip, motor?.on ?? []);
      assert.equal(chip.registers[on], 0xff);
      setRegisters(chip, motor?.off ?? []);
      assert.equal(chip.registers[on], others);
      assert.equal(chip.done.length, 2);
    });
  }

  it("does not exist on a CoreS3", () => {
    assert.equal(coreS3Outputs().motor, undefined);
  });
});

describe("the battery behind a board's power chip", () => {
  it("is as full as its volts say, at AXP192", () => {
    const level = (millivolts: number): number | undefined => {
      const steps = Math.round(millivolts / 1.1);
      const chip = new Chip({ 1: 0x20, 3: 0x03, 120: steps >> 4, 121: 0xf0 | (steps & 0x0f) });
      return core2Outputs(chip).battery(chip);
    };
    assert.deepEqual([2_900, 3_300, 3_725, 4_150, 4_250].map(level), [0, 0, 50, 100, 100]);
  });

  it("is as full as the gauge of AXP2101 says, which begins at more than it can be", () => {
    for (const [gauge, percent] of [
      [0, 0],
      [64, 64],
      [0xff, 100],
    ] as const) {
      const chip = new Chip({ 0: 0x08, 3: 0x4a, 164: gauge });
      assert.equal(core2Outputs(chip).battery(chip), percent);
      assert.equal(coreS3Outputs().battery(chip), percent);
    }
  });

  it("is nothing where none is in", () => {
    for (const kind of [0x03, 0x4a]) {
      const chip = new Chip({ 3: kind, 120: 0xff, 164: 50 });
      assert.equal(core2Outputs(chip).battery(chip), undefined);
    }
  });
});
