import { axp192Battery, type PowerOutputs } from "../shared/powerChip.js";

/** M5StickC Plus, AXP192. LDO2, the display's light: 3.0 V, 2.5 V, none. */
export const stickOutputs = Object.freeze<PowerOutputs>({
  battery: axp192Battery,
  light: Object.freeze({
    full: Object.freeze([0x28, 0x0f, 0xc0, 0x12, 0xff, 0x04]),
    dim: Object.freeze([0x28, 0x0f, 0x70, 0x12, 0xff, 0x04]),
    dark: Object.freeze([0x12, 0xfb, 0x00]),
  }),
});
