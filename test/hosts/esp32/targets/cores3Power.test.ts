import assert from "node:assert/strict";
import { switchOn } from "../../../../hosts/esp32/targets/m5stack_cores3/power.js";
import { Chip } from "./chip.js";

describe("the power of an M5Stack CoreS3", () => {
  it("is switched on before the display comes out of its reset, whatever was set before", () => {
    const done: string[] = [];
    const power = new Chip({ 144: 0x40, 147: 0xff, 148: 0x1f }, done, "power ");
    const expander = new Chip({ 3: 0xff }, done, "pins ");
    switchOn(power, expander, (ms) => void done.push(`wait ${ms}`));
    assert.deepEqual(power.at(0x90, 0x92, 0x93, 0x94, 0x95), [0xff, 13, 0xfc, 28, 28]);
    assert.deepEqual(expander.at(0x02, 0x03, 0x04, 0x05), [0x07, 0xa3, 0x18, 0x0c]);
    assert.deepEqual(done.slice(-3), ["wait 20", "pins 3=a3", "wait 200"]);
    const held = done.indexOf("pins 3=83");
    assert.ok(held > done.lastIndexOf("power 30=f"), "the supplies come first");
  });

  it("never takes the chip's own supply away", () => {
    const power = new Chip({ 144: 0x40 });
    switchOn(power, new Chip({}), () => {});
    assert.equal(
      power.done.some((one) => one.startsWith("80=")),
      false,
    );
    assert.equal((power.registers[0x90] ?? 0) & 0x40, 0x40);
  });
});
