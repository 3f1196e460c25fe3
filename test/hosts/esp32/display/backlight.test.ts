import assert from "node:assert/strict";
import { pinBacklight } from "../../../../hosts/esp32/display/colour/backlight.js";
import { fakeColour } from "../../../device/display/fakes.js";
import { pwmPins } from "./pwmPins.js";

describe("a backlight on a pin", () => {
  it("is taken when it is dimmed first: until then the display's driver has it", () => {
    const { io, done } = pwmPins();
    const light = pinBacklight(io, 32);
    assert.deepEqual(done, []);
    for (const one of ["dim", "dark", "full"] as const) light(one);
    assert.deepEqual(done, ["32 taken", "32=80", "32=0", "32=1023"]);
  });

  it("is bright by a low pin where the board has it so", () => {
    const { io, done } = pwmPins();
    const light = pinBacklight(io, 18, true);
    for (const one of ["dim", "dark", "full"] as const) light(one);
    assert.deepEqual(done, ["18 taken", "18=943", "18=1023", "18=0"]);
  });

  it("that cannot be had leaves the display as it is", () => {
    const { io } = pwmPins();
    const { display } = fakeColour(undefined, pinBacklight(io, -1));
    display.light?.("dim");
    assert.equal(display.state.is, "ready");
    assert.equal(fakeColour().display.light, undefined, "it has none that can be changed");
  });
});
