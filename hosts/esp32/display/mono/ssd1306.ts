import { height, pageCount, width } from "../../../../src/device/display/mono/frame.js";
import type { Light } from "../../../../src/device/rest.js";
import type { I2CBus } from "../../keypad/i2cKeyboard.js";

/** A device of ECMA-419's `embedded:io/i2c` that is written to. */
export interface I2CWriter {
  /** Throws when nobody acknowledges. */
  write(octets: Uint8Array): unknown;
  close(): void;
}

export type I2CWriterConstructor = new (options: I2CBus & { address: number; timeout?: number }) => I2CWriter;

export interface Ssd1306Options {
  readonly io: I2CWriterConstructor;
  readonly bus: I2CBus;
  /** 7 bits; 0x3C on most modules, 0x3D on some. */
  readonly address?: number;
}

const usualAddress = 0x3c;
/** A bus that hangs holds the device up for no longer, in milliseconds. */
const timeout = 20;
/** First octet of a transfer: commands follow, or the display's memory. */
const commands = 0x00;
const data = 0x40;

/** SSD1306 data sheet, table 9-1: off; clock; 64 rows; no offset; charge pump; horizontal addressing; rows and columns
 * as the module is mounted; pre-charge; VCOMH; follow the memory; not inverted. Its light follows. */
const begin: readonly number[] = Object.freeze([
  0xae,
  0xd5,
  0x80,
  0xa8,
  height - 1,
  0xd3,
  0,
  0x40,
  0x8d,
  0x14,
  0x20,
  0,
  0xa1,
  0xc8,
  0xda,
  0x12,
  0xd9,
  0xf1,
  0xdb,
  0x40,
  0xa4,
  0xa6,
  0x2e,
]);

/** Contrast, which is the display's brightness; off, or on. */
const lights: Readonly<Record<Light, readonly number[]>> = Object.freeze({
  full: Object.freeze([0x81, 0xcf, 0xaf]),
  dim: Object.freeze([0x81, 0x01, 0xaf]),
  dark: Object.freeze([0xae]),
});

/** The controller of a 128×64 display: takes columns of a page, and no page is sent that has not changed. */
export class Ssd1306 {
  readonly #options: Ssd1306Options;
  readonly #transfer = new Uint8Array(1 + width);
  #device: I2CWriter | undefined;
  #light: Light = "full";

  constructor(options: Ssd1306Options) {
    this.#options = options;
  }

  /** Opens the bus and switches the display on. Throws what the bus throws; then nothing is held. */
  open(): void {
    this.close();
    const { io, bus, address = usualAddress } = this.#options;
    this.#device = new io({ ...bus, address, timeout });
    try {
      this.#command(begin);
      this.light(this.#light);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    try {
      this.#device?.close();
    } catch {
      // A device that cannot be closed is gone as well.
    }
    this.#device = undefined;
  }

  /** Writes `count` columns of a page from `octets`, beginning at `column`. Throws when the display is gone. */
  write(page: number, column: number, count: number, octets: Uint8Array): void {
    this.#command([0x21, column, column + count - 1, 0x22, page, pageCount - 1]);
    this.#transfer[0] = data;
    for (let i = 0; i < count; i++) this.#transfer[1 + i] = octets[page * width + column + i] as number;
    this.#device?.write(this.#transfer.subarray(0, 1 + count));
  }

  /** Throws when the display is gone; the next `open` sets it as well. */
  light(light: Light): void {
    this.#light = light;
    this.#command(lights[light]);
  }

  #command(octets: readonly number[]): void {
    this.#transfer[0] = commands;
    for (const [index, octet] of octets.entries()) this.#transfer[1 + index] = octet;
    this.#device?.write(this.#transfer.subarray(0, 1 + octets.length));
  }
}
