import assert from "node:assert/strict";
import { large } from "../../../src/device/display/colour/metrics.js";
import { small } from "../../../src/device/display/colour/smallMetrics.js";
import type { Keypad } from "../../../src/ui/keys.js";
import { everyScreen, type NamedScreen } from "./everyScreen.js";
import { fakeColour } from "./fakes.js";

const keypads: readonly Keypad[] = ["matrix", "keyboard", "buttons", "touch"];

for (const grid of [large, small])
  describe(`the screens on ${grid.kind}, one after another`, () => {
    const open = () => fakeColour(undefined, undefined, grid);
    const kinds = keypads.filter((keypad) => keypad !== "touch" || grid === large);

    it("draw only what differs, and the same as if all were drawn", () => {
      for (const keypad of kinds) {
        const { poco, display } = open();
        for (const { name, screen } of everyScreen(keypad)) {
          const whole = open();
          whole.display.show(screen);
          display.show(screen);
          if (display.state.is !== "ready") assert.fail(`${keypad}, ${name}: ${display.state.why}`);
          const at = poco.pixels.findIndex((pixel, index) => pixel !== whole.poco.pixels[index]);
          if (at >= 0)
            assert.fail(
              `${keypad}, ${name}: pixel ${at % grid.width}, ${Math.floor(at / grid.width)} is stale`,
            );
        }
      }
    });

    it("leave no pixel of a letter behind, nor cut one off, from any screen to any other (a sample)", () => {
      const list = everyScreen("buttons");
      for (let i = 0; i < list.length; i += 5) {
        for (let j = 3; j < list.length; j += 9) {
          const [from, to] = [list[i] as NamedScreen, list[j] as NamedScreen];
          const [both, one] = [open(), open()];
          both.display.show(from.screen);
          both.display.show(to.screen);
          one.display.show(to.screen);
          const at = both.poco.pixels.findIndex((pixel, index) => pixel !== one.poco.pixels[index]);
          if (at >= 0)
            assert.fail(`${from.name}, then ${to.name}: ${at % grid.width}, ${Math.floor(at / grid.width)}`);
        }
      }
    });
  });
