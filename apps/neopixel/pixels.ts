import type { Light } from "../lamp/lamp.js";

/** LEDs in a row, as the SDK's driver of NeoPixels has them. */
export interface Pixels {
  makeRGB(red: number, green: number, blue: number): number;
  fill(color: number): void;
  update(): void;
  close(): void;
}

/** White by all of them, or dark. */
export const lightOf = (pixels: Pixels): Light => ({
  set(on) {
    pixels.fill(on ? pixels.makeRGB(255, 255, 255) : 0);
    pixels.update();
  },
  close: () => pixels.close(),
});
