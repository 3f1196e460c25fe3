import assert from "node:assert/strict";
import { switchOn } from "../../../../hosts/esp32/targets/m5stack_core2/power.js";
import { Chip } from "./chip.js";

/** One that has been switched on; register 3 says which it is. */
const core2 = (kind: number, at: Readonly<Record<number, number>>): Chip => {
  const chip = new Chip({ 3: kind, ...at });
  switchOn(chip, (ms) => chip.wait(ms));
  return chip;
};

describe("the power of an M5Stack Core2", () => {
  it("is switched on at boards with AXP192: the chip 3.35 V, the display's light 2.8 V and its logic 3.3 V", () => {
    const chip = core2(0x03, { 18: 0x11, 38: 0x80, 39: 0xff, 40: 0xcf, 52: 0x45 });
    assert.deepEqual(chip.at(0x26, 0x27, 0x28), [0x80 | 106, 0x80 | 84, 0xf2]);
    assert.equal(chip.registers[0x34], 0x45, "how the battery is charged stays");
    assert.equal(chip.registers[0x12], 0x11 | 0x46);
    assert.deepEqual(chip.done.slice(-4), ["96=0", "wait 20", "96=2", "wait 200"]);
  });

  it("is switched on at boards with AXP2101, whatever its outputs were set to before", () => {
    const chip = core2(0x4a, { 128: 0x21, 130: 0xff, 144: 0x81, 147: 0x1f, 149: 0x1f, 150: 0x1f });
    assert.deepEqual(chip.at(0x82, 0x93, 0x95, 0x96, 0x97), [0xf2, 28, 28, 23, 28]);
    assert.deepEqual(chip.done.slice(-4), ["90=b9", "wait 20", "90=bb", "wait 200"]);
  });

  it("never takes the chip's own supply away, at any step", () => {
    for (const [kind, register] of [
      [0x03, 0x12],
      [0x4a, 0x80],
    ] as const) {
      const chip = core2(kind, { [register]: 0x01 });
      const writes = chip.done.filter((one) => one.startsWith(`${register.toString(16)}=`));
      assert.ok(writes.length > 0);
      for (const one of writes) assert.equal(Number.parseInt(one.split("=")[1] as string, 16) & 1, 1);
    }
  });
});
