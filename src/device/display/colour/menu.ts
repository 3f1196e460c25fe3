import type { Screen } from "../../../ui/screen.js";
import type { Grid } from "./metrics.js";
import { drawPair } from "./pair.js";
import type { Sheet } from "./sheet.js";

/** Height of a row; below lines of text there is less room for each. */
export const rowHeightOf = (grid: Grid, screen: Screen): number =>
  screen.lines.length === 0 ? grid.row : grid.lowRow;

/** Where the rows of a menu stand; the chosen one is always among them. */
export interface MenuPlace {
  readonly top: number;
  /** First and one after the last row that are shown. */
  readonly from: number;
  readonly to: number;
  /** Lines that have given way. */
  readonly skip: number;
}

/** Places the rows below the lines: scrolled by whole rows, the chosen one as near to the middle as may be. */
export function placeMenu(grid: Grid, screen: Screen): MenuPlace {
  const { items, selected } = screen.menu ?? { items: [], selected: 0 };
  const count = items.length;
  const rowHeight = rowHeightOf(grid, screen);
  const skip = grid.compact ? Math.min(screen.lines.length, selected) : 0;
  const lines = screen.lines.length - skip;
  const top = lines === 0 ? grid.bodyTop - grid.tight : grid.lines + lines * grid.pitch + (grid.edge >> 1);
  const room = Math.max(1, Math.floor((grid.bodyBottom - grid.tight - top) / rowHeight));
  if (count <= room) return { top, from: 0, to: count, skip };
  const from = Math.min(Math.max(0, selected - (room >> 1)), count - room);
  return { top, from, to: from + room, skip };
}

export function drawMenu(sheet: Sheet, screen: Screen, menu: NonNullable<Screen["menu"]>): void {
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  const { items, selected } = menu;
  const rowHeight = rowHeightOf(grid, screen);
  const place = placeMenu(grid, screen);
  screen.lines.slice(place.skip).forEach((line, index) => {
    drawPair(sheet, line, grid.lines + index * grid.pitch);
  });
  const scrolls = place.to - place.from < items.length;
  const w = grid.width - 2 * grid.edge - (scrolls ? 10 : 0);
  if (items.length === 0) sheet.text(menu.none ?? "", grid.margin, place.top + 4, w, "body", "faint");
  for (let i = place.from; i < place.to; i++) {
    const top = place.top + (i - place.from) * rowHeight;
    const chosen = i === selected;
    if (chosen) sheet.rect(grid.edge, top, w, rowHeight - 2, "accent", true);
    const at = top + ((rowHeight - 2 - body) >> 1);
    sheet.text(
      items[i] ?? "",
      grid.margin,
      at,
      w - 2 * (grid.margin - grid.edge) - 20,
      "body",
      chosen ? "onBar" : "ink",
    );
    if (chosen) sheet.icon("next", grid.edge + w - 24, top + ((rowHeight - 22) >> 1), 20, 20, "onBar");
  }
  if (scrolls) drawScroll(sheet, place, items.length, rowHeight);
}

function drawScroll(sheet: Sheet, { top, from, to }: MenuPlace, count: number, rowHeight: number): void {
  const h = (to - from) * rowHeight - 2;
  const x = sheet.grid.width - sheet.grid.edge - 4;
  sheet.rect(x, top, 4, h, "dim");
  const thumb = Math.max(12, Math.round((h * (to - from)) / count));
  sheet.rect(x, top + Math.round(((h - thumb) * from) / (count - (to - from))), 4, thumb, "faint");
}
