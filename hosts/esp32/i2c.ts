import Sdk from "embedded:io/i2c";
import type { I2CWriterConstructor } from "./display/mono/ssd1306.js";
import type { I2CConstructor } from "./keypad/i2cKeyboard.js";

/** ECMA-419's I2C, with the `close` that the SDK's typings leave out. */
export const I2C = Sdk as unknown as I2CConstructor & I2CWriterConstructor;
