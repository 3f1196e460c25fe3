import assert from "node:assert/strict";
import { columnsOf, firstColumnOf, glyphColumns, measure } from "../../../src/device/display/mono/font.js";
import { Frame, height, width } from "../../../src/device/display/mono/frame.js";
import { NoDisplay } from "../../../src/device/display/none.js";
import { SeededRandom } from "../../support/seededRandom.js";

describe("the letters of the 128×64 display", () => {
  it("are all different, none wider than five columns, none empty but the space", () => {
    const seen = new Set<string>();
    for (let code = 0x20; code <= 0x7e; code++) {
      const columns = [...glyphColumns.subarray(firstColumnOf(code), firstColumnOf(code) + columnsOf(code))];
      assert.ok(columns.length >= 1 && columns.length <= 5);
      assert.equal(
        columns.every((column) => column === 0),
        code === 0x20,
      );
      seen.add(columns.join());
    }
    assert.equal(seen.size, 95);
    assert.equal(columnsOf(0xe9), columnsOf(0x3f));
    assert.equal(measure("ab"), 9);
    assert.equal(measure(""), 0);
  });
});

describe("the frame of the 128×64 display", () => {
  it("sets, clears and turns over pixels as if each were set by itself, and cuts off what lies outside", () => {
    const random = new SeededRandom(7);
    const draws = new Uint8Array(6);
    const frame = new Frame();
    const pixels = new Uint8Array(width * height);
    for (let i = 0; i < 300; i++) {
      random.fill(draws);
      const [a, b, c, d, e, f] = draws as unknown as [number, number, number, number, number, number];
      const [x, y, w, h] = [(a % 160) - 16, (b % 90) - 13, c % 100, d % 70];
      const turn = (e & 1) === 1;
      if (turn) frame.invert(x, y, w, h);
      else frame.rect(x, y, w, h, (f & 1) === 1);
      for (let row = Math.max(0, y); row < Math.min(height, y + h); row++) {
        for (let column = Math.max(0, x); column < Math.min(width, x + w); column++) {
          const at = row * width + column;
          pixels[at] = turn ? 1 - (pixels[at] as number) : f & 1;
        }
      }
    }
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const bit = ((frame.octets[(row >> 3) * width + column] as number) >> (row & 7)) & 1;
        if (bit !== pixels[row * width + column]) assert.fail(`${column}, ${row}`);
      }
    }
  });

  it("writes letters at any height, and none outside", () => {
    for (let y = -9; y < 70; y++) {
      const frame = new Frame();
      frame.text("Ag", 3, y);
      let lit = 0;
      for (const octet of frame.octets) for (let bit = octet; bit > 0; bit &= bit - 1) lit++;
      const whole = new Frame();
      whole.text("Ag", 3, 20);
      let all = 0;
      for (const octet of whole.octets) for (let bit = octet; bit > 0; bit &= bit - 1) all++;
      if (y >= 0 && y <= 56) assert.equal(lit, all, `${y}`);
      else assert.ok(lit < all, `${y}`);
    }
    const frame = new Frame();
    frame.text("W".repeat(60), -20, 0);
    assert.equal(frame.octets.length, 1024);
  });
});

describe("a board without a display", () => {
  it("says so, and takes every screen", () => {
    const none = new NoDisplay();
    none.show({ id: "note", title: "Title", tone: "normal", lines: [], softKeys: [] });
    assert.equal(none.kind, "none");
    assert.equal(none.state.is, "absent");
  });
});
