import type { Sheet } from "./sheet.js";

/** "Name: value" in two columns, else the line as it is. Returns the next `y`. */
export function drawPair(sheet: Sheet, line: string, y: number): number {
  const at = line.indexOf(": ");
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  if (at < 0) return sheet.lines(line, grid.margin, y, grid.inner, "ink", 1);
  const label = sheet.text(line.slice(0, at), grid.margin, y, grid.inner >> 1, "body", "faint");
  sheet.text(
    line.slice(at + 2),
    grid.margin + label + 10,
    y,
    grid.inner - label - 10,
    "body",
    "ink",
    "right",
  );
  return y + body;
}
