import type { Screen, ScreenStatus } from "../../../ui/screen.js";
import { printable, wrapped } from "../text.js";
import type { DrawList } from "./drawList.js";
import { drawField } from "./fields.js";
import type { Color, Fonts, Icon } from "./items.js";
import { type Look, toAndFro, untouched } from "./look.js";
import { drawMenu } from "./menu.js";
import { drawPair } from "./pair.js";
import { inColourFonts } from "./repertoire.js";
import { Sheet } from "./sheet.js";
import { drawSoftKeys } from "./softKeys.js";

/** Stands where a screen has no title. */
const maker = "CPNS";

/** A screen on a colour display as items of a list; `look` is what is not of the screen. */
export function layout(list: DrawList, screen: Screen, fonts: Fonts, look: Look = untouched): void {
  const sheet = new Sheet(list, fonts);
  sheet.rect(0, 0, sheet.grid.width, sheet.grid.height, "back");
  drawHeader(sheet, screen);
  const { field, progress } = screen;
  if (field !== undefined) drawField(sheet, screen, field, look);
  else if (progress !== undefined) drawProgress(sheet, progress, look.beat ?? 0);
  else if (screen.id === "boot") drawBoot(sheet);
  else if (screen.tone === "success") drawSuccess(sheet, screen);
  else if (screen.menu !== undefined) drawMenu(sheet, screen, screen.menu);
  else if (screen.tone === "error") drawError(sheet, screen);
  else drawText(sheet, screen);
  if (field === undefined && screen.hint !== undefined)
    drawHint(sheet, screen.hint, screen.softKeys.length > 0);
  drawSoftKeys(sheet, screen, look);
}

/** Above the soft keys; a field has its hint below itself. */
function drawHint(sheet: Sheet, hint: string, keys: boolean): void {
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  const bottom = grid.compact && !keys ? grid.height : grid.bodyBottom;
  const lines = Math.min(
    2,
    wrapped(printable(hint, inColourFonts), grid.inner, sheet.measure("body")).length,
  );
  sheet.lines(hint, grid.margin, bottom - grid.above - lines * body, grid.inner, "faint", lines, "center");
}

const links: Readonly<Record<ScreenStatus["link"], Icon>> = Object.freeze({
  none: "linkNone",
  open: "linkOpen",
  secure: "linkSecure",
  away: "linkAway",
});

/** The title, and at the right how the device stands: its key, its link. */
function drawHeader(sheet: Sheet, screen: Screen): void {
  const tone: Color = screen.tone === "error" ? "bad" : screen.tone === "success" ? "good" : "bar";
  const { grid } = sheet;
  sheet.rect(0, 0, grid.width, grid.headerHeight, tone);
  const { status } = screen;
  const top = (grid.headerHeight - 20) >> 1;
  let right = grid.width - grid.margin;
  if (status !== undefined) {
    right -= 20;
    sheet.icon(links[status.link], right, top, 20, 20, "onBar");
    if (status.enrolled) {
      right -= 26;
      sheet.icon("key", right, top, 20, 20, "onBar");
    }
    // What has come and waits: how much.
    if (status.waiting > 0) {
      right -= 34;
      sheet.rect(right, top, 28, 20, "accent", true);
      sheet.text(`+${status.waiting}`, right, top, 28, "body", "onBar", "center");
    }
  }
  const mode = grid.compact ? screen.field?.mode : undefined;
  if (mode !== undefined)
    right -= 6 + sheet.text(mode, grid.margin, top + 2, right - grid.margin - 6, "body", "onBar", "right");
  const y = (grid.headerHeight - sheet.fonts.heights.title) >> 1;
  // With the keyboard on the display there is no room for the field's label below.
  const label = grid.compact || status?.keypad === "touch" ? screen.field?.label : undefined;
  sheet.text(label ?? (screen.title || maker), grid.margin, y, right - grid.margin - 8, "title", "onBar");
}

function drawBoot(sheet: Sheet): void {
  const { grid } = sheet;
  const middle = grid.height >> 1;
  sheet.rect(0, 0, grid.width, grid.height, "bar");
  sheet.icon("linkSecure", (grid.width - 20) >> 1, middle - 34, 20, 20, "onBar");
  sheet.text(maker, 0, middle - 6, grid.width, "title", "onBar", "center");
}

/** Paragraphs: a question or a note in the middle, what somebody sent on a card. */
function drawText(sheet: Sheet, screen: Screen): void {
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  let y = grid.bodyTop + grid.above;
  if (screen.id === "message") {
    const h = grid.bodyBottom - grid.pad - y;
    const most = Math.floor((h - 2 * grid.pad) / body);
    sheet.rect(grid.margin, y, grid.inner, h, "line", true);
    sheet.rect(grid.margin + 1, y + 1, grid.inner - 2, h - 2, "card", true);
    sheet.lines(screen.lines.join(" "), grid.margin + 12, y + grid.pad, grid.inner - 24, "ink", most);
    return;
  }
  if (screen.id === "diagnostics") {
    y = screen.lines.reduce((at, line) => drawPair(sheet, line, at), y);
    return;
  }
  const asks = screen.id === "invited" || screen.id === "note";
  if (asks) y = grid.bodyTop + grid.asks;
  screen.lines.forEach((line) => {
    const most = Math.floor((grid.bodyBottom - y) / body);
    y = sheet.lines(line, grid.margin, y, grid.inner, "ink", most, asks ? "center" : "left") + grid.gap;
  });
}

function drawSuccess(sheet: Sheet, screen: Screen): void {
  const { grid } = sheet;
  sheet.icon("check", (grid.width - 40) >> 1, grid.bodyTop + grid.check, 40, 40, "good");
  let y = grid.bodyTop + grid.success;
  screen.lines.forEach((line) => {
    y = sheet.lines(line, grid.margin, y, grid.inner, "ink", 3, "center") + grid.gap - 2;
  });
}

/** What happened beside a sign of warning; below, what to do next. */
function drawError(sheet: Sheet, screen: Screen): void {
  const { body } = sheet.fonts.heights;
  const { grid } = sheet;
  const x = grid.margin + grid.warning;
  const room = grid.width - grid.margin - x;
  let y = grid.bodyTop + grid.pad;
  screen.lines.forEach((line, index) => {
    if (index === 0 && grid.warning > 0) sheet.icon("warning", grid.margin, y - 2, 28, 28, "bad");
    else if (index === 1) {
      y += grid.pad;
      sheet.rect(x, y - grid.pad + 1, room, 1, "line");
      if (grid.warning > 0) sheet.icon("next", grid.margin + 4, y + 1, 20, 20, "accent");
    }
    y = sheet.lines(line, x, y, room, "ink", Math.floor((grid.bodyBottom - y) / body)) + grid.gap;
  });
}

function drawProgress(sheet: Sheet, progress: NonNullable<Screen["progress"]>, beat: number): void {
  const { grid } = sheet;
  const x = 40;
  const w = grid.width - 2 * x;
  sheet.text(progress.label, grid.margin, grid.bar - grid.barLabel, grid.inner, "body", "faint", "center");
  sheet.rect(x, grid.bar, w, 12, "dim", true);
  const { fraction } = progress;
  if (fraction === undefined) {
    sheet.rect(x + toAndFro(beat, w - 80, 16), grid.bar, 80, 12, "accent", true);
    return;
  }
  const part = Math.min(1, Math.max(0, fraction));
  sheet.rect(x, grid.bar, Math.max(12, Math.round(w * part)), 12, "accent", true);
  sheet.text(`${Math.round(100 * part)} %`, x, grid.bar + 20, w, "body", "ink", "center");
}
