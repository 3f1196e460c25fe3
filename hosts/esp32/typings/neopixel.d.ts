/** The SDK's driver of NeoPixels, as far as the sample application uses it. */
declare module "neopixel" {
  export default class NeoPixel {
    /** `order`: of red, green, blue and white in an LED, as "GRB" or "RGBW". Throws when the pin cannot be had. */
    constructor(options: { readonly pin: number; readonly length: number; readonly order: string });
    /** 0 to 255, of every LED. */
    brightness: number;
    makeRGB(red: number, green: number, blue: number): number;
    fill(color: number): void;
    /** Sends what was filled. */
    update(): void;
    /** Darkens them. */
    close(): void;
  }
}
