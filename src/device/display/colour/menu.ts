import type { Screen } from "../../../ui/screen.js";
import { width } from "./items.js";
import { bodyBottom, bodyTop, margin } from "./metrics.js";
import { drawPair } from "./pair.js";
import type { Sheet } from "./sheet.js";

/** Height of a row; below lines of text there is less room for each. */
export const rowHeightOf = (screen: Screen): number => (screen.lines.length === 0 ? 29 : 23);
/** The first line of text, and from one to the next. */
const linesTop = bodyTop - 5;
const linePitch = 19;
const left = 6;

/** Where the rows of a menu stand; the chosen one is always among them. */
export interface MenuPlace {
  readonly top: number;
  /** First and one after the last row that are shown. */
  readonly from: number;
  readonly to: number;
}

/** Places the rows below the lines: scrolled by whole rows, the chosen one as near to the middle as may be. */
export function placeMenu(screen: Screen): MenuPlace {
  const { items, selected } = screen.menu ?? { items: [], selected: 0 };
  const count = items.length;
  const rowHeight = rowHeightOf(screen);
  const lines = screen.lines.length;
  const top = lines === 0 ? bodyTop - 2 : linesTop + lines * linePitch + 3;
  const room = Math.max(1, Math.floor((bodyBottom - 2 - top) / rowHeight));
  if (count <= room) return { top, from: 0, to: count };
  const from = Math.min(Math.max(0, selected - (room >> 1)), count - room);
  return { top, from, to: from + room };
}

export function drawMenu(sheet: Sheet, screen: Screen, menu: NonNullable<Screen["menu"]>): void {
  const { body } = sheet.fonts.heights;
  screen.lines.forEach((line, index) => {
    drawPair(sheet, line, linesTop + index * linePitch);
  });
  const { items, selected } = menu;
  const rowHeight = rowHeightOf(screen);
  const place = placeMenu(screen);
  const scrolls = place.to - place.from < items.length;
  const w = width - 2 * left - (scrolls ? 10 : 0);
  if (items.length === 0) sheet.text(menu.none ?? "", margin, place.top + 4, w, "body", "faint");
  for (let i = place.from; i < place.to; i++) {
    const top = place.top + (i - place.from) * rowHeight;
    const chosen = i === selected;
    if (chosen) sheet.rect(left, top, w, rowHeight - 2, "accent", true);
    const at = top + ((rowHeight - 2 - body) >> 1);
    sheet.text(items[i] ?? "", margin, at, w - 2 * (margin - left) - 20, "body", chosen ? "onBar" : "ink");
    if (chosen) sheet.icon("next", left + w - 24, top + ((rowHeight - 22) >> 1), 20, 20, "onBar");
  }
  if (scrolls) drawScroll(sheet, place, items.length, rowHeight);
}

function drawScroll(sheet: Sheet, { top, from, to }: MenuPlace, count: number, rowHeight: number): void {
  const h = (to - from) * rowHeight - 2;
  const x = width - left - 4;
  sheet.rect(x, top, 4, h, "dim");
  const thumb = Math.max(12, Math.round((h * (to - from)) / count));
  sheet.rect(x, top + Math.round(((h - thumb) * from) / (count - (to - from))), 4, thumb, "faint");
}
