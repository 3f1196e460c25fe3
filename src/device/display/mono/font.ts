/**
 * The letters of the 128×64 display, U+0020 to U+007E: one to five columns of eight pixels, the lowest bit on top.
 * Capitals fill seven rows, the eighth is for what hangs below the line.
 */
const glyphs =
  "000000 5f 030003 147f147f14 242a7f2a12 6313086463 3649495630 03 " +
  "3e41 413e 2a1c3e1c2a 08083e0808 8060 080808 40 6010080403 " +
  "3e5149453e 427f40 4261514946 2241494936 1814127f10 2745454539 3c4a494930 0161190503 " +
  "3649494936 064949291e 28 8068 08142241 14141414 41221408 0201510906 " +
  "3e415d554e 7e0909097e 7f49494936 3e41414122 7f4141413e 7f49494941 7f09090901 3e4149497a " +
  "7f0808087f 417f41 2040413f 7f08142241 7f404040 7f020c027f 7f0204087f 3e4141413e " +
  "7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 7f2018207f " +
  "6314081463 0304780403 6151494543 7f41 0304081060 417f 0402010204 8080808080 " +
  "0102 20545478 7f444438 38444444 3844447f 38545458 7e0505 98a4a47c " +
  "7f040478 7d 807d 7f102844 3f40 7c047c0478 7c040478 38444438 " +
  "fc242418 182424fc 7c0804 48545424 3f4444 3c40407c 1c2040201c 3c4038403c " +
  "6c10106c 9ca0a07c 6454544c 083641 7f 413608 0804081008 ";

const first = 0x20;
const count = 95;
const mostColumns = 5;
/** A letter's columns, then how many they are. */
const stride = mostColumns + 1;

function decode(): Uint8Array {
  const table = new Uint8Array(count * stride);
  for (const [index, glyph] of glyphs.trim().split(" ").entries()) {
    const columns = glyph.length / 2;
    for (let i = 0; i < columns; i++)
      table[index * stride + i] = Number.parseInt(glyph.slice(2 * i, 2 * i + 2), 16);
    table[index * stride + mostColumns] = columns;
  }
  return table;
}

/** Made once, while the firmware is linked; nobody writes to it. Columns of eight pixels, the lowest bit on top. */
export const glyphColumns = decode();

export const lineHeight = 9;
/** Between two letters. */
export const spacing = 1;

/** Columns of a letter; of "?" for one that the font does not have. */
export const columnsOf = (code: number): number => glyphColumns[firstColumnOf(code) + mostColumns] as number;

/** Where its columns begin in `glyphColumns`. */
export const firstColumnOf = (code: number): number =>
  (code >= first && code < first + count ? code - first : 0x3f - first) * stride;

/** Width of a text in pixels, without the space after its last letter. */
export function measure(text: string): number {
  const { length } = text;
  let width = length * spacing;
  for (let i = 0; i < length; i++)
    width += glyphColumns[firstColumnOf(text.charCodeAt(i)) + mostColumns] as number;
  return length === 0 ? 0 : width - spacing;
}
