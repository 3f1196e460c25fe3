import type { Screen } from "../../../ui/screen.js";
import { printable, tail } from "../text.js";
import { caps } from "./keyboard.js";
import { isTouched, type Look } from "./look.js";
import { keyboardTop } from "./metrics.js";
import { inColourFonts } from "./repertoire.js";
import type { Sheet } from "./sheet.js";

type Field = NonNullable<Screen["field"]>;

/** A masked letter's dot, and the cursor behind the last one. */
const dot = 12;
const cursor = 2;

/** A screen with something to type: what is wrong with it, the field, the letters of three buttons or the keyboard, a hint. */
export function drawField(sheet: Sheet, screen: Screen, field: Field, look: Look): void {
  if (screen.status?.keypad === "touch") {
    drawWithKeyboard(sheet, screen, field, look);
    return;
  }
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  let y = grid.bodyTop - grid.tight;
  const problem = screen.tone === "error";
  screen.lines.forEach((line) => {
    y = sheet.lines(line, grid.margin, y, grid.inner, problem ? "bad" : "faint", 2) + grid.tight;
  });
  if (!grid.compact) {
    const mode =
      field.mode === undefined
        ? 0
        : sheet.text(field.mode, grid.margin, y, grid.inner, "body", "accent", "right");
    sheet.text(field.label, grid.margin, y, grid.inner - mode - 8, "body", "faint");
    y += body + 1;
  }
  drawBox(sheet, field, y, grid.box, grid.cursor);
  y += grid.box + grid.below;
  // What to do by holding one of three buttons takes two rows, where what is typed by them leaves those.
  if (field.groups !== undefined) {
    const bottom = drawGroups(sheet, field.groups, y);
    y = grid.bodyBottom - 2 * body;
    if (bottom > y) return;
  }
  if (screen.hint === undefined) return;
  const most = Math.floor((grid.bodyBottom - y) / body);
  sheet.lines(screen.hint, grid.margin, y, grid.inner, "faint", most, "center");
}

function drawWithKeyboard(sheet: Sheet, screen: Screen, field: Field, look: Look): void {
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  const top = keyboardTop(screen);
  const line = screen.lines[0];
  const color = screen.tone === "error" ? "bad" : "faint";
  if (line !== undefined) sheet.text(line, grid.margin, grid.headerHeight + 1, grid.inner, "body", color);
  sheet.rect(0, top - 1, grid.width, grid.bodyBottom - top + 1, "dim");
  drawBox(sheet, field, top - 37, 34, grid.cursor);
  caps(look.layer, top, grid.bodyBottom).forEach((cap) => {
    const { x, y, w, h } = cap;
    const touched = isTouched(look, cap) || cap.on === true;
    const ink = touched ? "onBar" : "ink";
    sheet.rect(x, y, w, h, touched ? "accent" : cap.control ? "line" : "card", true);
    if (cap.icon !== undefined) sheet.icon(cap.icon, x + ((w - 20) >> 1), y + ((h - 20) >> 1), 20, 20, ink);
    else sheet.text(cap.label, x, y + ((h - body) >> 1), w, "body", ink, "center");
  });
}

/** The box with its text: dots for masked letters, the cursor at the end. */
function drawBox(sheet: Sheet, field: Field, y: number, h: number, edge: number): void {
  const { grid } = sheet;
  sheet.rect(grid.margin, y, grid.inner, h, "accent", true);
  sheet.rect(grid.margin + 2, y + 2, grid.inner - 4, h - 4, "card", true);
  const { title: line } = sheet.fonts.heights;
  const room = grid.inner - 24 - cursor;
  const text = printable(field.text, inColourFonts);
  let masked = 0;
  while (field.masked && text.charAt(masked) === "*") masked++;
  const rest = text.slice(masked);
  const most = Math.floor((room - sheet.fonts.width(rest, "title")) / dot);
  const dots = Math.min(masked, Math.max(0, most));
  let x = grid.margin + 10;
  sheet.icon("dot", x, y + ((h - dot) >> 1), dot, dot, "ink", dots);
  x += dots * dot;
  const shown = tail(rest, room - dots * dot, sheet.measure("title"));
  const top = y + ((h - line) >> 1);
  x += sheet.text(shown, x, top, room + 1, "title", "ink");
  sheet.rect(x + 1, y + edge, cursor, h - 2 * edge, "accent");
}

/** What each of three buttons takes, above the button. Returns where that ends. */
function drawGroups(sheet: Sheet, groups: readonly string[], y: number): number {
  const { grid } = sheet;
  let bottom = y;
  const column = grid.width / groups.length;
  const most = Math.floor((grid.bodyBottom - y) / sheet.fonts.heights.body);
  groups.forEach((letters, index) => {
    const x = Math.round(index * column) + 4;
    const end = sheet.lines(letters, x, y, Math.floor(column) - 8, "ink", most, "center");
    bottom = Math.max(bottom, end);
  });
  return bottom;
}
