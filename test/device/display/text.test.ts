import assert from "node:assert/strict";
import { inColourFonts } from "../../../src/device/display/colour/repertoire.js";
import { ellipsed, printable, tail, wrapped } from "../../../src/device/display/text.js";
import { widths } from "../../../src/device/display/widths.js";
import { SeededRandom } from "../../support/seededRandom.js";
import { measuring } from "./fakes.js";

const measure = (text: string): number => measuring.width(text, "body");

describe("texts on the device's displays", () => {
  it("lose their marks where the font has none, and show what it does not have as one question mark each", () => {
    assert.equal(printable("Küche Süd, Straße, Ærø"), "Kuche Sud, Strase, Aro");
    assert.equal(printable("“Tür” – 5 × 2…"), '"Tur" - 5 x 2...');
    assert.equal(printable("温度計 \u{1f321}!"), "??? ?!");
    assert.equal(printable("a\u0000b\u001b[31m\u202e\ud800c"), "a?b?[31m??c");
    assert.equal(printable(""), "");
  });

  it("keep their marks where the font has them, and no sign that would turn them around", () => {
    assert.equal(printable("Küche Süd, Straße, Ærø", inColourFonts), "Küche Süd, Straße, Ærø");
    assert.equal(printable("“Où ça?” – 5 × 2 €…", inColourFonts), "“Où ça?” – 5 × 2 €…");
    assert.equal(printable("\u00ad\u202e\u2066x\u009b31mő", inColourFonts), "???x?31m?");
  });

  it("are cut with dots, and never wider than their room", () => {
    assert.equal(ellipsed("short", 200, measure), "short");
    assert.equal(ellipsed("The greenhouse behind the house", 100, measure), "The greenh...");
    assert.equal(tail("correct horse battery", 100, measure), "...rse battery");
  });

  it("are wrapped at spaces, and within a word that has none", () => {
    assert.deepEqual(wrapped("Enrol it with your User ID", 100, measure), ["Enrol it with", "your User ID"]);
    assert.deepEqual(wrapped("", 100, measure), []);
    for (const line of wrapped("x".repeat(200), 100, measure)) assert.ok(measure(line) <= 100);
    assert.equal(wrapped("x".repeat(200), 100, measure).join(""), "x".repeat(200));
  });

  it("stay in their room, whatever they are and however small it is", () => {
    const random = new SeededRandom(7);
    const octets = new Uint8Array(40);
    for (let i = 0; i < 2_000; i++) {
      random.fill(octets);
      const text = printable(String.fromCharCode(...octets.subarray(0, (octets[0] as number) % 40)));
      const room = 30 + (octets[1] as number);
      assert.ok(measure(ellipsed(text, room, measure)) <= room);
      assert.ok(measure(tail(text, room, measure)) <= room);
      for (const line of wrapped(text, room, measure)) assert.ok(measure(line) <= room);
    }
  });

  it("of soft keys take room from neighbours that have some to spare", () => {
    assert.deepEqual(widths([0, 0, 40, 120], 320), [80, 80, 40, 120]);
    assert.deepEqual(widths([10, 10, 10, 10], 320), [80, 80, 80, 80]);
    const tight = widths([100, 100, 100, 100], 320);
    assert.equal(
      tight.reduce((sum, w) => sum + w, 0),
      320,
    );
  });
});
