import Digital from "embedded:io/digital";
import { NoDisplay } from "../../../../src/device/display/none.js";
import { start, ticks } from "../../esp32.js";
import { digitalButton } from "../../keypad/buttons.js";
import { OneButton } from "../../keypad/oneButton.js";

/**
 * A board without display and keypad, as the ESP32 Thing and most devkits are by themselves: a gateway enrols it. Its one
 * button, GPIO 0, which the board pulls up, erases everything when it is held for ten seconds while the device runs; held
 * at the moment of the start it would make the chip wait for a program.
 */
start({
  board: "esp32/esp32_thing",
  display: new NoDisplay(),
  keypad: new OneButton(digitalButton(Digital, 0), ticks()),
});
