import assert from "node:assert/strict";
import { Kind } from "../../../src/device/display/colour/drawList.js";
import { intersects } from "../../../src/device/display/colour/items.js";
import { palette } from "../../../src/device/display/colour/painter.js";
import type { Keypad } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import { languages } from "../../../src/ui/strings/languages.js";
import { ManualTicker } from "../../hosts/esp32/keypad/mocks.js";
import { everyScreen, type NamedScreen } from "./everyScreen.js";
import { fakeColour, type Item, itemsOf, measuring, measuringSmall } from "./fakes.js";

const keypads: readonly Keypad[] = ["matrix", "keyboard", "buttons", "touch"];

const shown = (screen: Screen, fonts = measuring): string =>
  itemsOf(screen, fonts)
    .map((item) => item.text)
    .filter((text) => text !== "")
    .join(" ");

const find = (list: readonly NamedScreen[], name: string): Screen => {
  const found = list.find((one) => one.name === name);
  if (found === undefined) assert.fail(name);
  return (found as NamedScreen).screen;
};

const luminance = (rgb: readonly number[]): number => {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const contrast = (a: keyof typeof palette, b: keyof typeof palette): number => {
  const [bright, dark] = [luminance(palette[a]), luminance(palette[b])].sort((x, y) => y - x) as [
    number,
    number,
  ];
  return (bright + 0.05) / (dark + 0.05);
};

for (const fonts of [measuring, measuringSmall]) {
  const { kind, width, height } = fonts.grid;
  describe(`the screens on ${kind} (EUK-UI-01, EUK-UI-11)`, () => {
    for (const keypad of keypads) {
      if (keypad !== "touch" || kind === "320x240") whole(keypad);
    }
  });

  function whole(keypad: Keypad): void {
    const screens = everyScreen(keypad);
    const inAll = languages.flatMap(({ code }) => everyScreen(keypad, code));

    it(`lie on the display whole, no text over another one, with ${keypad}`, () => {
      for (const { name, screen } of inAll) {
        const texts: Item[] = [];
        for (const item of itemsOf(screen, fonts)) {
          const inside = item.x >= 0 && item.y >= 0 && item.x + item.w <= width && item.y + item.h <= height;
          if (!inside) assert.fail(`${name}: ${JSON.stringify(item)}`);
          if (item.kind !== Kind.text) continue;
          // Two lines may touch; the letters themselves are lower than their line.
          const letters = { ...item, y: item.y + 3, h: item.h - 7 };
          const other = texts.find((text) => intersects(text, letters));
          if (other !== undefined) assert.fail(`${name}: ${JSON.stringify([other, item])}`);
          texts.push(letters);
        }
      }
    });

    if (keypad === "buttons") {
      it("say what ends what is typed on three buttons, wherever letters are chosen", () => {
        for (const { name, screen } of inAll) {
          const { field, hint = "", tone } = screen;
          if (field === undefined || tone === "error" || /signs/.test(name)) continue;
          assert.ok(hint !== "" && shown(screen, fonts).includes(hint), name);
        }
      });
    }

    it(`name no key that is not there, with ${keypad}`, () => {
      for (const { name, screen } of screens) {
        if (screen.softKeys.every((label) => label === "")) continue;
        assert.equal(screen.status?.keypad, keypad, name);
        const badges = itemsOf(screen, fonts).filter(
          ({ text, y }) => /^[A-D]$/.test(text) && y >= fonts.grid.bodyBottom,
        );
        assert.equal(badges.length > 0, keypad === "matrix", name);
      }
    });

    it(`say all of an error and what to do next, with ${keypad}`, () => {
      for (const { name, screen } of screens) {
        const halted = name.startsWith("halted");
        if (!halted && !name.startsWith("error")) continue;
        const text = shown(screen, fonts);
        for (const line of [...screen.lines, screen.hint ?? ""])
          assert.ok(text.includes(line), `${name}: ${text}`);
        assert.ok(halted || text.includes("Back") || text.includes("OK"), name);
      }
    });
  }
}

describe("the screens on 320×240", () => {
  it("send nothing for a screen that is there already", () => {
    const { poco, display } = fakeColour();
    const screen = find(everyScreen("matrix"), "home");
    display.show(screen);
    const before = poco.sent;
    assert.equal(before, 320 * 240);
    display.show(screen);
    assert.equal(poco.sent, before);
    assert.deepEqual(display.redraw, { areas: 0, pixels: 0 });
  });

  it("move the bar of a work that takes nobody knows how long, and leave no trace of it", () => {
    const list = everyScreen("matrix");
    const ticker = new ManualTicker();
    const { poco, display } = fakeColour(ticker);
    display.show(find(list, "progress, join"));
    const before = poco.pixels.slice();
    ticker.pass(120);
    assert.ok(display.redraw.pixels > 0 && display.redraw.pixels < 2_000, `${display.redraw.pixels} pixels`);
    const beats = (2 * (240 - 80)) / 16;
    ticker.pass(120 * (beats - 1));
    assert.ok(poco.pixels.every((pixel, index) => pixel === before[index]));
    display.show(find(list, "progress, 42 %"));
    assert.equal(ticker.running, 0);
    const whole = fakeColour();
    whole.display.show(find(list, "progress, 42 %"));
    assert.ok(poco.pixels.every((pixel, index) => pixel === whole.poco.pixels[index]));
  });

  it("mask a password with dots and show its last letter", () => {
    const list = everyScreen("matrix");
    const count = (screen: Screen): number =>
      itemsOf(screen).reduce((sum, item) => sum + (item.icon === "dot" ? item.count : 0), 0);
    assert.equal(count(find(list, "password, last letter")), 11);
    assert.ok(shown(find(list, "password, last letter")).includes(" s "));
    assert.equal(count(find(list, "password, masked")), 12);
    assert.ok(!shown(find(list, "password, masked")).includes("hors"));
    assert.ok(shown(find(list, "password, shown")).includes("correct hors"));
  });

  it("say by signs in the header whether the device has a key, and how its link is", () => {
    const list = everyScreen("matrix");
    const signs = (name: string): string =>
      itemsOf(find(list, name))
        .map((item) => (item.y < 34 ? (item.icon ?? "") : ""))
        .join("");
    assert.equal(signs("welcome"), "linkNone");
    assert.equal(signs("home"), "linkNonekey");
    assert.equal(signs("home, connected"), "linkOpenkey");
    assert.equal(signs("home, in a network"), "linkSecurekey");
    assert.equal(signs("home, away"), "linkAwaykey");
  });

  it("keep the chosen row of a long menu in sight", () => {
    for (let selected = 0; selected < 40; selected++) {
      const items = Array.from({ length: 40 }, (_, i) => `Device ${i}.`);
      const screen: Screen = {
        id: "members",
        title: "",
        tone: "normal",
        lines: [],
        softKeys: [],
        menu: { items, selected },
      };
      assert.ok(shown(screen).includes(`Device ${selected}.`));
    }
    const none: Screen = {
      id: "members",
      title: "",
      tone: "normal",
      lines: [],
      softKeys: [],
      menu: { items: [], selected: 0, none: "Nobody" },
    };
    assert.ok(shown(none).includes("Nobody"));
  });

  it("have a contrast of at least 4.5 : 1 wherever there is text", () => {
    for (const [ink, ground] of [
      ["ink", "back"],
      ["ink", "card"],
      ["ink", "dim"],
      ["ink", "line"],
      ["faint", "back"],
      ["faint", "card"],
      ["bad", "back"],
      ["accent", "back"],
      ["onBar", "bar"],
      ["onBar", "accent"],
      ["onBar", "good"],
      ["onBar", "bad"],
    ] as const) {
      const value = contrast(ink, ground);
      assert.ok(value >= 4.5, `${ink} on ${ground}: ${value.toFixed(2)}`);
    }
  });

  it("survive a display that fails, tell its state, and draw the next screen whole", () => {
    const { poco, display } = fakeColour();
    const list = everyScreen("matrix");
    display.show(find(list, "home"));
    poco.fails = "display list overflow";
    display.show(find(list, "members"));
    assert.deepEqual(display.state, { is: "lost", why: "display list overflow" });
    poco.fails = undefined;
    const before = poco.sent;
    display.show(find(list, "settings"));
    assert.equal(display.state.is, "ready");
    assert.equal(poco.sent - before, 320 * 240);
  });
});
