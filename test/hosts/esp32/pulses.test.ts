import assert from "node:assert/strict";
import { lamp, tone } from "../../../hosts/esp32/pulses.js";
import { pwmPins } from "./display/pwmPins.js";

describe("what a board signals by", () => {
  it("is a tone of 2 kHz on a pin, which is taken for the first one and low between them", () => {
    const { io, done } = pwmPins();
    const sound = tone(io, 25);
    assert.deepEqual(done, []);
    for (const on of [true, false, true, false]) sound(on);
    assert.deepEqual(done, ["25 taken at 2000 Hz", "25=64", "25=0", "25=64", "25=0"]);
  });

  it("is a light on a pin that is high", () => {
    const done: string[] = [];
    const io = class {
      static readonly Output = 8;
      constructor({ pin, mode }: { pin: number; mode: number }) {
        done.push(`${pin} in mode ${mode}`);
      }
      write(value: number): void {
        done.push(`=${value}`);
      }
    };
    const light = lamp(io, 2);
    light(true);
    light(false);
    assert.deepEqual(done, ["2 in mode 8", "=1", "=0"]);
  });
});
