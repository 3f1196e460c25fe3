import config from "mc/config";
import NeoPixel from "neopixel";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import { type Light, lamp } from "../../lamp/lamp.js";
import { lightOf } from "../pixels.js";

/** The lamp of `apps/lamp` by NeoPixels: `lampPin`, `lampPixels`, `lampOrder` and `lampBrightness` of the manifest. */
const open = (): Light => {
  const pixels = new NeoPixel({
    pin: Number(config.lampPin),
    length: Number(config.lampPixels),
    order: String(config.lampOrder),
  });
  pixels.brightness = Number(config.lampBrightness);
  return lightOf(pixels);
};

export default (): ApplicationRuntime => new ApplicationRuntime(lamp(open));
