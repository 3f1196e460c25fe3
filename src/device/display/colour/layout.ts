import type { Screen, ScreenStatus } from "../../../ui/screen.js";
import { printable, wrapped } from "../text.js";
import type { DrawList } from "./drawList.js";
import { drawField } from "./fields.js";
import { type Color, type Fonts, height, type Icon, width } from "./items.js";
import { type Look, toAndFro, untouched } from "./look.js";
import { drawMenu } from "./menu.js";
import { bodyBottom, bodyTop, headerHeight, inner, margin } from "./metrics.js";
import { drawPair } from "./pair.js";
import { inColourFonts } from "./repertoire.js";
import { Sheet } from "./sheet.js";
import { drawSoftKeys } from "./softKeys.js";

/** Stands where a screen has no title. */
const maker = "CPNS";

/** A screen on 320×240 as items of a list; `look` is what is not of the screen. */
export function layout(list: DrawList, screen: Screen, fonts: Fonts, look: Look = untouched): void {
  const sheet = new Sheet(list, fonts);
  sheet.rect(0, 0, width, height, "back");
  drawHeader(sheet, screen);
  const { field, progress } = screen;
  if (field !== undefined) drawField(sheet, screen, field, look);
  else if (progress !== undefined) drawProgress(sheet, progress, look.beat ?? 0);
  else if (screen.id === "boot") drawBoot(sheet);
  else if (screen.tone === "success") drawSuccess(sheet, screen);
  else if (screen.menu !== undefined) drawMenu(sheet, screen, screen.menu);
  else if (screen.tone === "error") drawError(sheet, screen);
  else drawText(sheet, screen);
  if (field === undefined && screen.hint !== undefined) drawHint(sheet, screen.hint);
  drawSoftKeys(sheet, screen, look);
}

/** Above the soft keys; a field has its hint below itself. */
function drawHint(sheet: Sheet, hint: string): void {
  const { body } = sheet.fonts.heights;
  const lines = Math.min(2, wrapped(printable(hint, inColourFonts), inner, sheet.measure("body")).length);
  sheet.lines(hint, margin, bodyBottom - 4 - lines * body, inner, "faint", lines, "center");
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
  sheet.rect(0, 0, width, headerHeight, tone);
  const { status } = screen;
  let right = width - margin;
  if (status !== undefined) {
    right -= 20;
    sheet.icon(links[status.link], right, 7, 20, 20, "onBar");
    if (status.enrolled) {
      right -= 26;
      sheet.icon("key", right, 7, 20, 20, "onBar");
    }
    // What has come and waits: how much.
    if (status.waiting > 0) {
      right -= 34;
      sheet.rect(right, 7, 28, 20, "accent", true);
      sheet.text(`+${status.waiting}`, right, 7, 28, "body", "onBar", "center");
    }
  }
  const y = (headerHeight - sheet.fonts.heights.title) >> 1;
  // With the keyboard on the display there is no room for the field's label below.
  const label = status?.keypad === "touch" ? screen.field?.label : undefined;
  sheet.text(label ?? (screen.title || maker), margin, y, right - margin - 8, "title", "onBar");
}

function drawBoot(sheet: Sheet): void {
  sheet.rect(0, 0, width, height, "bar");
  sheet.icon("linkSecure", (width - 20) >> 1, 86, 20, 20, "onBar");
  sheet.text(maker, 0, 114, width, "title", "onBar", "center");
}

/** Paragraphs: a question or a note in the middle, what somebody sent on a card. */
function drawText(sheet: Sheet, screen: Screen): void {
  const { body } = sheet.fonts.heights;
  let y = bodyTop + 4;
  if (screen.id === "message") {
    sheet.rect(margin, y, inner, bodyBottom - 8 - y, "line", true);
    sheet.rect(margin + 1, y + 1, inner - 2, bodyBottom - 10 - y, "card", true);
    sheet.lines(screen.lines.join(" "), margin + 12, y + 8, inner - 24, "ink", 6);
    return;
  }
  if (screen.id === "diagnostics") {
    y = screen.lines.reduce((at, line) => drawPair(sheet, line, at), y);
    return;
  }
  const asks = screen.id === "invited" || screen.id === "note";
  if (asks) y = bodyTop + 46;
  screen.lines.forEach((line) => {
    const most = Math.floor((bodyBottom - y) / body);
    y = sheet.lines(line, margin, y, inner, "ink", most, asks ? "center" : "left") + 6;
  });
}

function drawSuccess(sheet: Sheet, screen: Screen): void {
  sheet.icon("check", (width - 40) >> 1, bodyTop + 12, 40, 40, "good");
  let y = bodyTop + 68;
  screen.lines.forEach((line) => {
    y = sheet.lines(line, margin, y, inner, "ink", 3, "center") + 4;
  });
}

/** What happened beside a sign of warning; below, what to do next. */
function drawError(sheet: Sheet, screen: Screen): void {
  const { body } = sheet.fonts.heights;
  const x = margin + 38;
  const room = width - margin - x;
  let y = bodyTop + 8;
  screen.lines.forEach((line, index) => {
    if (index === 0) sheet.icon("warning", margin, y - 2, 28, 28, "bad");
    else if (index === 1) {
      y += 8;
      sheet.rect(x, y - 7, room, 1, "line");
      sheet.icon("next", margin + 4, y + 1, 20, 20, "accent");
    }
    y = sheet.lines(line, x, y, room, "ink", Math.floor((bodyBottom - y) / body)) + 6;
  });
}

function drawProgress(sheet: Sheet, progress: NonNullable<Screen["progress"]>, beat: number): void {
  const x = 40;
  const w = width - 2 * x;
  const y = 122;
  sheet.text(progress.label, margin, y - 36, inner, "body", "faint", "center");
  sheet.rect(x, y, w, 12, "dim", true);
  const { fraction } = progress;
  if (fraction === undefined) {
    sheet.rect(x + toAndFro(beat, w - 80, 16), y, 80, 12, "accent", true);
    return;
  }
  const part = Math.min(1, Math.max(0, fraction));
  sheet.rect(x, y, Math.max(12, Math.round(w * part)), 12, "accent", true);
  sheet.text(`${Math.round(100 * part)} %`, x, y + 20, w, "body", "ink", "center");
}
