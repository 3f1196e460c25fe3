import assert from "node:assert/strict";
import { stickOutputs } from "../../../../hosts/esp32/targets/m5stick_cplus/outputs.js";
import { switchOn } from "../../../../hosts/esp32/targets/m5stick_cplus/power.js";
import { powerKey } from "../../../../hosts/esp32/targets/m5stick_cplus/powerKey.js";
import { powerBacklight } from "../../../../hosts/esp32/targets/shared/powerChip.js";
import { Chip } from "./chip.js";

describe("the power of an M5StickC Plus", () => {
  it("is switched on: the display's light and logic 3.0 V, the chip's own supply kept", () => {
    const chip = new Chip({ 18: 0x01, 40: 0xff });
    switchOn(chip, (ms) => chip.wait(ms));
    assert.deepEqual(chip.at(0x28, 0x33, 0x36), [0xcc, 0xc0, 0x5c]);
    assert.equal(chip.registers[0x12], 0x4d);
    assert.deepEqual(chip.done.slice(-2), ["12=4d", "wait 100"]);
  });

  it("dims and darkens the display's light, and leaves its logic alone", () => {
    const chip = new Chip({ 18: 0x4d, 40: 0xcc });
    const light = powerBacklight(chip, stickOutputs);
    light("dim");
    assert.deepEqual(chip.at(0x28, 0x12), [0x7c, 0x4d]);
    light("dark");
    assert.deepEqual(chip.at(0x28, 0x12), [0x7c, 0x49]);
    light("full");
    assert.deepEqual(chip.at(0x28, 0x12), [0xcc, 0x4d]);
  });

  it("tells how full its battery is, and that there is none", () => {
    assert.equal(stickOutputs.battery(new Chip({})), undefined);
    assert.equal(stickOutputs.battery(new Chip({ 1: 0x20, 120: 0xeb, 121: 0x0d })), 100);
  });
});

describe("the power key of an M5StickC Plus", () => {
  /** How long it was pressed, in looks, of so many. */
  const pressed = (chip: Chip, looks: number): number => {
    const button = powerKey(chip)();
    let count = 0;
    for (let i = 0; i < looks; i++) if (button.pressed()) count++;
    return count;
  };

  it("is pressed for a moment when the chip has seen a short press, and is told once", () => {
    const chip = new Chip({ 70: 0x02 });
    const { done } = chip;
    // The chip clears what is written as 1.
    chip.writeUint8 = (register, value) => {
      done.push(`${register.toString(16)}=${value.toString(16)}`);
      chip.registers[register] = (chip.registers[register] as number) & ~value;
    };
    const button = powerKey(chip)();
    const looks = Array.from({ length: 300 }, () => button.pressed());
    const count = looks.filter((one) => one).length;
    assert.ok(count >= 5 && count <= 20, `${count} looks`);
    assert.deepEqual(done, ["46=2"]);
  });

  it("is pressed for long enough to be a long press when the chip has seen one", () => {
    const count = pressed(new Chip({ 70: 0x01 }), 80);
    assert.ok(count > 65, `${count} looks`);
  });

  it("is not pressed by what else the chip says there, and is looked at now and then", () => {
    const chip = new Chip({ 70: 0xfc });
    let reads = 0;
    const read = chip.readUint8.bind(chip);
    chip.readUint8 = (register) => {
      reads++;
      return read(register);
    };
    assert.equal(pressed(chip, 100), 0);
    assert.equal(reads, 20);
    assert.deepEqual(chip.done, []);
  });
});
