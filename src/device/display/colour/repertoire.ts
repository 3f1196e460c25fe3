/** What the colour fonts have beyond ASCII and Latin-1: the rest of western European languages, and signs of texts. */
const more = "ŒœŠšŸŽž–—‘’‚“”„•…‹›€";

/** True for a character beyond ASCII that the colour fonts have; `tools/device/font.mjs` draws those. */
export const inColourFonts = (code: number): boolean =>
  code >= 0xa0 && code <= 0xff ? code !== 0xad : more.includes(String.fromCodePoint(code));
