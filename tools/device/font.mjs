// `node tools/device/font.mjs REGULAR.ttf SEMIBOLD.ttf`: draws the fonts of the device's colour display from Open Sans
// with Chromium, as .fnt and .png (BMFont 3, which the SDK packs for a board and the simulator's panel reads).
// After a build: for a new version of the font or more characters (repertoire.ts). What it writes is committed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { fail, root } from "../setup.mjs";
import { png } from "./png.mjs";

const folder = join(root, "src/device/display/colour/assets");
const chromiums = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Height of a line and from its top to the base line: of Open Sans, as the SDK's own bitmaps of it have them; on 240×135
 * lines stand closer, as near as letters with marks above and below allow. `face`: of the files that it is called with.
 */
const fonts = [
  { name: "OpenSans-Regular-16", face: 0, size: 16, lineHeight: 21, base: 17 },
  { name: "OpenSans-Semibold-18", face: 1, size: 18, lineHeight: 24, base: 19 },
  { name: "OpenSans-Regular-12", face: 0, size: 12, lineHeight: 15, base: 12 },
  { name: "OpenSans-Semibold-14", face: 1, size: 14, lineHeight: 18, base: 14 },
];

const { inColourFonts } = await import(join(root, "build/src/device/display/colour/repertoire.js"));
const codes = Array.from({ length: 0x10000 }, (_, code) => code).filter(
  (code) => (code >= 0x20 && code <= 0x7e) || (code > 0x7e && inColourFonts(code)),
);

/** In the browser: each glyph's advance, and where its letter is on a canvas with the base line at `base`. */
async function drawGlyphs({ data, size, lineHeight, base, list }) {
  const face = new FontFace("device", `url(data:font/ttf;base64,${data})`);
  document.fonts.add(await face.load());
  const left = 8;
  const canvas = document.createElement("canvas");
  canvas.width = 3 * size;
  canvas.height = lineHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.font = `${size}px device`;
  return list.map((code) => {
    const letter = String.fromCodePoint(code);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillText(letter, left, base);
    const { data: pixels, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    let [x0, y0, x1, y1] = [width, height, 0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // What four bits do not show is not there.
        if (pixels[4 * (y * width + x) + 3] < 16) continue;
        [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
      }
    }
    // Of a glyph that is one pixel wide the SDK 8.2.3 packs each two rows the wrong way round.
    const w = x1 > x0 ? Math.max(2, x1 - x0) : 0;
    const h = Math.max(0, y1 - y0);
    const alpha = [];
    for (let i = 0; i < w * h; i++)
      alpha.push(pixels[4 * ((y0 + Math.floor(i / w)) * width + x0 + (i % w)) + 3]);
    const advance = Math.round(context.measureText(letter).width);
    return { code, w, h, dx: w === 0 ? 0 : x0 - left, dy: w === 0 ? 0 : y0, advance, alpha };
  });
}

const sheetWidth = 256;

/** Puts the glyphs into rows, each at an even column: two pixels share an octet on the device. */
function place(glyphs) {
  let [x, y, row] = [0, 0, 0];
  for (const glyph of glyphs) {
    const room = (glyph.w + 1) & ~1;
    if (x + room > sheetWidth) [x, y, row] = [0, y + row, 0];
    Object.assign(glyph, { x, y });
    x += room;
    row = Math.max(row, glyph.h);
  }
  return y + row;
}

function picture(glyphs, height) {
  const pixels = Buffer.alloc(4 * sheetWidth * height);
  for (const { x, y, w, alpha } of glyphs) {
    for (const [i, value] of alpha.entries()) {
      pixels[4 * ((y + Math.floor(i / w)) * sheetWidth + x + (i % w)) + 3] = value;
    }
  }
  return png(sheetWidth, height, "rgba", pixels);
}

function block(type, body) {
  const head = Buffer.alloc(5);
  head[0] = type;
  head.writeUInt32LE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** The binary form of BMFont: http://www.angelcode.com/products/bmfont/doc/file_format.html */
function fnt({ name, size, lineHeight, base }, glyphs, height) {
  const info = Buffer.concat([Buffer.alloc(14), Buffer.from("Open Sans\0", "latin1")]);
  info.writeInt16LE(size, 0);
  const common = Buffer.alloc(15);
  for (const [at, value] of [lineHeight, base, sheetWidth, height, 1].entries())
    common.writeUInt16LE(value, 2 * at);
  const chars = Buffer.alloc(20 * glyphs.length);
  for (const [at, { code, x, y, w, h, dx, dy, advance }] of glyphs.entries()) {
    chars.writeUInt32LE(code, 20 * at);
    for (const [i, value] of [x, y, w, h, dx, dy, advance].entries())
      chars.writeInt16LE(value, 20 * at + 4 + 2 * i);
    chars[20 * at + 19] = 15;
  }
  const pages = Buffer.from(`${name}.png\0`, "latin1");
  return Buffer.concat([
    Buffer.from("BMF\x03"),
    block(1, info),
    block(2, common),
    block(3, pages),
    block(4, chars),
  ]);
}

const files = process.argv.slice(2);
if (files.length !== 2) fail("usage: node tools/device/font.mjs REGULAR.ttf SEMIBOLD.ttf");
const executablePath = chromiums.find(existsSync) ?? fail("there is no Chromium to draw with");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ deviceScaleFactor: 1 });
  for (const font of fonts) {
    const data = readFileSync(files[font.face]).toString("base64");
    const glyphs = await page.evaluate(drawGlyphs, { ...font, data, list: codes });
    const height = place(glyphs);
    writeFileSync(join(folder, `${font.name}.png`), picture(glyphs, height));
    writeFileSync(join(folder, `${font.name}.fnt`), fnt(font, glyphs, height));
    process.stdout.write(`${font.name}: ${glyphs.length} characters\n`);
  }
} finally {
  await browser.close();
}
