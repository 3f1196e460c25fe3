import type { Screen } from "../../../../src/ui/screen.js";
import { width } from "./items.js";
import { bodyBottom, bodyTop, margin } from "./metrics.js";
import { drawPair } from "./pair.js";
import type { Sheet } from "./sheet.js";

export const rowHeight = 29;
const left = 6;

/** Where the rows of a menu stand; the chosen one is always among them. */
export interface MenuPlace {
  readonly top: number;
  /** First and one after the last row that are shown. */
  readonly from: number;
  readonly to: number;
}

/** Places the rows below `top`: scrolled by whole rows, and only as far as the chosen one needs. */
export function placeMenu(count: number, selected: number, top: number): MenuPlace {
  const room = Math.max(1, Math.floor((bodyBottom - 2 - top) / rowHeight));
  if (count <= room) return { top, from: 0, to: count };
  const from = Math.min(Math.max(0, selected - (room >> 1)), count - room);
  return { top, from, to: from + room };
}

/** Where the menu of a screen begins: below its lines. */
export const menuTop = (screen: Screen, lineHeight: number): number =>
  screen.lines.length === 0 ? bodyTop - 2 : bodyTop - 2 + screen.lines.length * (lineHeight - 1) + 3;

export function drawMenu(sheet: Sheet, screen: Screen, menu: NonNullable<Screen["menu"]>): void {
  const { body } = sheet.fonts.heights;
  let y = bodyTop - 4;
  for (const line of screen.lines) y = drawPair(sheet, line, y) - 1;
  const { items, selected } = menu;
  const place = placeMenu(items.length, selected, menuTop(screen, body));
  const scrolls = place.to - place.from < items.length;
  const w = width - 2 * left - (scrolls ? 10 : 0);
  if (items.length === 0) sheet.text("Nobody", margin, place.top + 4, w, "body", "faint");
  for (let i = place.from; i < place.to; i++) {
    const top = place.top + (i - place.from) * rowHeight;
    const chosen = i === selected;
    if (chosen) sheet.rect(left, top, w, rowHeight - 2, "accent", true);
    const at = top + ((rowHeight - 2 - body) >> 1);
    sheet.text(items[i] ?? "", margin, at, w - 2 * (margin - left) - 20, "body", chosen ? "onBar" : "ink");
    if (chosen) sheet.icon("next", left + w - 24, top + 3, 20, 20, "onBar");
  }
  if (scrolls) drawScroll(sheet, place, items.length);
}

function drawScroll(sheet: Sheet, { top, from, to }: MenuPlace, count: number): void {
  const h = (to - from) * rowHeight - 2;
  const x = width - left - 4;
  sheet.rect(x, top, 4, h, "dim");
  const thumb = Math.max(12, Math.round((h * (to - from)) / count));
  sheet.rect(x, top + Math.round(((h - thumb) * from) / (count - (to - from))), 4, thumb, "faint");
}
