import assert from "node:assert/strict";
import { everyScreen, type NamedScreen } from "./everyScreen.js";
import { fakeColour } from "./fakes.js";

describe("the screens on 320×240, one after another", () => {
  it("leave no pixel of a letter behind, nor cut one off, from any screen to any other (a sample)", () => {
    const list = everyScreen("buttons");
    for (let i = 0; i < list.length; i += 5) {
      for (let j = 3; j < list.length; j += 9) {
        const [from, to] = [list[i] as NamedScreen, list[j] as NamedScreen];
        const [both, one] = [fakeColour(), fakeColour()];
        both.display.show(from.screen);
        both.display.show(to.screen);
        one.display.show(to.screen);
        const at = both.poco.pixels.findIndex((pixel, index) => pixel !== one.poco.pixels[index]);
        if (at >= 0) assert.fail(`${from.name}, then ${to.name}: ${at % 320}, ${Math.floor(at / 320)}`);
      }
    }
  });
});
