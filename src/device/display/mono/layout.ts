import type { Screen } from "../../../ui/screen.js";
import { ellipsed, printable, tail, wrapped } from "../text.js";
import { lineHeight, measure } from "./font.js";
import { type Frame, height, type Sign, signs, width } from "./frame.js";
import { drawSoftKeys } from "./softKeys.js";

/** Stands where a screen has no title. */
const maker = "CPNS";
const header = 9;
const top = 11;
const bottom = 55;
/** Lines of text between header and soft keys. */
export const bodyLines = Math.floor((bottom - top) / lineHeight) + 1;

/** Steps of the bar of a work that takes nobody knows how long. */
const barSteps = 16;

/**
 * Draws a screen on 128×64. Its text may need more lines than there are, or its bar move: `page` of them is drawn.
 * Returns how many there are.
 */
export function layout(frame: Frame, screen: Screen, page = 0): number {
  frame.clear();
  if (screen.id === "boot") {
    frame.text(maker, (width - measure(maker)) >> 1, 28);
    return 1;
  }
  const pages = drawBody(frame, screen, page);
  drawHeader(frame, screen, page % pages, pages);
  drawSoftKeys(frame, screen);
  return pages;
}

const links: Readonly<Record<NonNullable<Screen["status"]>["link"], Sign>> = Object.freeze({
  none: "linkNone",
  open: "linkOpen",
  secure: "linkSecure",
  away: "linkAway",
});

/** White on black turned over; at the right the page, the key, the link. */
function drawHeader(frame: Frame, screen: Screen, page: number, pages: number): void {
  frame.rect(0, 0, width, header);
  let right = width - 2;
  const sign = (name: Sign): void => {
    const columns = signs[name];
    right -= columns.length;
    frame.columns(columns, right, 1, false);
    right -= 4;
  };
  if (screen.status !== undefined) {
    sign(links[screen.status.link]);
    if (screen.status.enrolled) sign("key");
    if (screen.status.waiting > 0) {
      const count = `+${screen.status.waiting}`;
      right -= measure(count);
      frame.text(count, right, 1, false);
      right -= 4;
    }
  }
  if (pages > 1 && screen.progress === undefined) {
    const count = `${page + 1}/${pages}`;
    right -= measure(count);
    frame.text(count, right, 1, false);
    right -= 4;
  }
  let x = 2;
  if (screen.tone !== "normal")
    x = frame.columns(signs[screen.tone === "error" ? "warning" : "check"], x, 1, false) + 3;
  frame.text(ellipsed(printable(screen.title || maker), right - x, measure), x, 1, false);
}

function drawBody(frame: Frame, screen: Screen, page: number): number {
  if (screen.field !== undefined) return drawField(frame, screen, screen.field, page);
  if (screen.progress !== undefined) return drawProgress(frame, screen.progress, page);
  if (screen.menu !== undefined) return drawMenu(frame, screen, screen.menu, page);
  const lines = screen.hint === undefined ? screen.lines : [...screen.lines, screen.hint];
  return drawLines(frame, lines, page, bodyLines, top, screen.tone === "success");
}

/** A page of wrapped paragraphs. Returns how many there are. */
function drawLines(
  frame: Frame,
  paragraphs: readonly string[],
  page: number,
  most: number,
  y: number,
  centred = false,
): number {
  const lines = paragraphs.flatMap((paragraph) => wrapped(printable(paragraph), width - 2, measure));
  const pages = Math.max(1, Math.ceil(lines.length / most));
  const from = (page % pages) * most;
  for (let i = from; i < Math.min(lines.length, from + most); i++) {
    const line = lines[i] as string;
    frame.text(line, centred ? (width - measure(line)) >> 1 : 1, y + (i - from) * lineHeight);
  }
  return pages;
}

/** What is wrong or how to type, in turns with the label; below them the box. */
function drawField(frame: Frame, screen: Screen, field: NonNullable<Screen["field"]>, page: number): number {
  const mode = field.mode ?? "";
  frame.text(mode, width - 1 - measure(mode), top);
  const room = width - measure(mode) - 6;
  // With letters below there is one row for what is said.
  const said = field.groups === undefined ? [] : saidOf(screen, room);
  const rows = [...said, printable(field.label)];
  frame.text(ellipsed(rows[page % rows.length] as string, room, measure), 1, top);
  const y = top + lineHeight;
  frame.box(0, y, width, 13);
  const shown = tail(printable(field.text), width - 8, measure);
  const x = frame.text(shown, 3, y + 3);
  frame.rect(shown === "" ? 3 : x, y + 2, 1, 9);
  const rest = y + 15;
  if (field.groups !== undefined) {
    drawGroups(frame, field.groups, rest);
    return rows.length;
  }
  const hints = screen.lines.length > 0 ? screen.lines : screen.hint === undefined ? [] : [screen.hint];
  return drawLines(frame, hints, page, 2, rest);
}

const saidOf = (screen: Screen, room: number): string[] =>
  screen.lines.flatMap((line) => wrapped(printable(line), room, measure));

/** What each of three buttons takes, above the button: letters without the gaps, for which there is no room. */
function drawGroups(frame: Frame, groups: readonly string[], y: number): void {
  const column = Math.floor(width / groups.length);
  const most = Math.floor((bottom - y) / lineHeight) + 1;
  for (const [index, letters] of groups.entries()) {
    const lines = wrapped(printable(letters.split(" ").join("")), column - 2, measure);
    for (const [row, line] of lines.slice(0, most).entries()) {
      frame.text(line, index * column + ((column - measure(line)) >> 1), y + row * lineHeight);
    }
  }
}

function drawProgress(frame: Frame, progress: NonNullable<Screen["progress"]>, step: number): number {
  const { fraction } = progress;
  const label = printable(progress.label);
  const y = 26;
  frame.text(label, (width - measure(label)) >> 1, top + 2);
  frame.box(4, y, width - 8, 9);
  const room = width - 12;
  if (fraction === undefined) {
    const way = step % barSteps;
    const half = barSteps / 2;
    frame.rect(6 + Math.round(((room - 36) * (way <= half ? way : barSteps - way)) / half), y + 2, 36, 5);
    return barSteps;
  }
  const part = Math.min(1, Math.max(0, fraction));
  frame.rect(6, y + 2, Math.round(room * part), 5);
  const percent = `${Math.round(100 * part)} %`;
  frame.text(percent, (width - measure(percent)) >> 1, y + 12);
  return 1;
}

/** Lines, in pages where they leave no room for two rows of the menu; the chosen row is among them, turned over. */
function drawMenu(frame: Frame, screen: Screen, menu: NonNullable<Screen["menu"]>, page: number): number {
  const { items, selected } = menu;
  const { lines } = screen;
  const rows = bodyLines - Math.min(lines.length, bodyLines - Math.min(2, items.length));
  const above = bodyLines - rows;
  const pages = above === 0 ? 1 : Math.ceil(lines.length / above);
  let y = top;
  for (const line of lines.slice((page % pages) * above).slice(0, above)) {
    frame.text(ellipsed(printable(line), width - 2, measure), 1, y);
    y += lineHeight;
  }
  y = top + above * lineHeight;
  if (items.length === 0) frame.text(printable(menu.none ?? ""), 2, y);
  const from = Math.min(Math.max(0, selected - (rows >> 1)), Math.max(0, items.length - rows));
  const bar = items.length > rows ? 4 : 0;
  for (let i = from; i < Math.min(items.length, from + rows); i++) {
    frame.text(ellipsed(printable(items[i] ?? ""), width - 4 - bar, measure), 2, y);
    if (i === selected) frame.invert(0, y - 1, width - bar, lineHeight);
    y += lineHeight;
  }
  if (bar === 0) return pages;
  const whole = rows * lineHeight;
  const thumb = Math.max(4, Math.round((whole * rows) / items.length));
  const at = top + above * lineHeight - 1 + Math.round(((whole - thumb) * from) / (items.length - rows));
  frame.rect(width - 2, Math.min(at, height - 10 - thumb), 2, thumb);
  return pages;
}
