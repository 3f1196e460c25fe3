import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sentAssets } from "../../../../hosts/simulator/display/assets.js";
import { drawnOn } from "../../../../hosts/simulator/display/drawn.js";
import { ColourPicture } from "../../../../hosts/simulator/display/picture.js";
import type { DisplayKind, SentPicture } from "../../../../hosts/simulator/display/sent.js";
import { everyScreen } from "../../../device/display/everyScreen.js";

/** Where the gallery, drawn by the SDK's Poco in its simulator, has its pixels. */
const folder = process.env.CPNS_DEVICE_GALLERY ?? "";

interface Drawn {
  readonly keypad: Parameters<typeof everyScreen>[0];
  readonly name: string;
  readonly file: string;
}

const gallery = JSON.parse(readFileSync(join(folder, "gallery.json"), "utf8")) as { screens: Drawn[] };
const still = { every: () => ({ cancel() {} }) };

/** What the panel gets of a screen that comes after all the others of its keypad. */
function sent<Kind extends DisplayKind>(kind: Kind, keypad: Drawn["keypad"]) {
  const pictures: SentPicture[] = [];
  const take = (picture: SentPicture): void => void pictures.push(picture);
  const display = drawnOn(kind, take, still);
  for (const { screen } of everyScreen(keypad)) display.show(screen);
  return pictures as (SentPicture & { kind: Kind })[];
}

const keypads = new Set(gallery.screens.map(({ keypad }) => keypad));

describe("the panel's picture of a device, and the SDK's of the same screen", () => {
  for (const keypad of keypads) {
    const drawn = gallery.screens.filter((one) => one.keypad === keypad);

    for (const [kind, ending, width] of [
      ["320x240", "colour", 320],
      ["240x135", "wide", 240],
    ] as const) {
      if (keypad === "touch" && kind === "240x135") continue;
      it(`is the same pixel for pixel on ${kind}, with ${keypad}`, () => same(kind, ending, width));
    }

    function same(kind: "320x240" | "240x135", ending: string, width: number): void {
      const picture = new ColourPicture(sentAssets());
      const panel = sent(kind, keypad);
      assert.equal(panel.length, drawn.length);
      for (const [index, { name, file }] of drawn.entries()) {
        const octets = readFileSync(join(folder, `${file}.${ending}`));
        const board = new Uint16Array(octets.buffer, octets.byteOffset, octets.length / 2);
        const mine = picture.pixels(panel[index] as (typeof panel)[number]);
        const at = mine.findIndex((pixel, i) => pixel !== board[i]);
        assert.equal(
          at,
          -1,
          `${name}: pixel ${at % width}, ${Math.floor(at / width)} is ${mine[at]}, not ${board[at]}`,
        );
      }
    }

    it(`is the same octet for octet on 128×64, with ${keypad}`, () => {
      const panel = sent("128x64", keypad);
      for (const [index, { name, file }] of drawn.entries()) {
        const board = readFileSync(join(folder, `${file}.mono`)).toString("hex");
        assert.equal(panel[index]?.octets, board, name);
      }
    });
  }
});
