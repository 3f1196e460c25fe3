import type { Screen } from "./screen.js";
import { wrap } from "./wrap.js";

/** What a renderer draws, in order: the panel's canvas and the device's display draw the same list. */
export type DrawItem =
  | {
      readonly kind: "rect";
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
      readonly color: Color;
      readonly radius?: number;
    }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly font: Font;
      readonly color: Color;
      readonly align: "left" | "center" | "right";
    };

/** `y` of a text is its middle. */
export type Font = "title" | "body" | "small" | "field";
export type Color = "back" | "ink" | "faint" | "bar" | "accent" | "good" | "bad" | "field" | "onBar" | "dim";

export const width = 320;
export const height = 240;
const headerHeight = 34;
const footerHeight = 34;
const margin = 14;
/** Characters of the body font in a line, and of the field font in the field. */
export const bodyColumns = 36;
const fieldColumns = 25;
const lineHeight = 21;
const menuHeight = 27;

const text = (
  x: number,
  y: number,
  value: string,
  font: Font,
  color: Color,
  align: "left" | "center" | "right" = "left",
): DrawItem => ({ kind: "text", x, y, text: value, font, color, align });

const rect = (x: number, y: number, w: number, h: number, color: Color, radius = 0): DrawItem =>
  radius === 0 ? { kind: "rect", x, y, w, h, color } : { kind: "rect", x, y, w, h, color, radius };

/** A screen as a list of rectangles and texts on 320×240. */
export function render(screen: Screen): DrawItem[] {
  const tone: Color = screen.tone === "error" ? "bad" : screen.tone === "success" ? "good" : "bar";
  const items = [
    rect(0, 0, width, height, "back"),
    rect(0, 0, width, headerHeight, tone),
    text(margin, headerHeight / 2, screen.title, "title", "onBar"),
  ];
  let y = headerHeight + 16;
  if (screen.id === "boot") items.push(text(width / 2, height / 2, "CPNS", "title", "accent", "center"));
  if (screen.tone === "success") y = drawMark(items, y);
  y = drawLines(items, screen, y);
  if (screen.field !== undefined) y = drawField(items, screen.field, y);
  if (screen.progress !== undefined) drawProgress(items, screen.progress);
  if (screen.menu !== undefined) drawMenu(items, screen.menu, y);
  if (screen.hint !== undefined) {
    const lines = wrap(screen.hint, 44);
    for (const [index, line] of lines.entries()) {
      const at = height - footerHeight - 14 - 16 * (lines.length - 1 - index);
      items.push(text(width / 2, at, line, "small", "faint", "center"));
    }
  }
  drawSoftKeys(items, screen.softKeys);
  return items;
}

function drawMark(items: DrawItem[], y: number): number {
  items.push(
    rect(width / 2 - 22, y, 44, 44, "good", 22),
    text(width / 2, y + 23, "\u2713", "title", "onBar", "center"),
  );
  return y + 66;
}

function drawLines(items: DrawItem[], screen: Screen, y: number): number {
  const centered = screen.tone === "success";
  let at = y;
  for (const [index, paragraph] of screen.lines.entries()) {
    const color: Color = screen.tone === "error" && index === 0 && screen.field === undefined ? "bad" : "ink";
    for (const line of wrap(paragraph, bodyColumns)) {
      items.push(text(centered ? width / 2 : margin, at, line, "body", color, centered ? "center" : "left"));
      at += lineHeight;
    }
    at += screen.menu === undefined ? 7 : 0;
  }
  return screen.lines.length > 0 ? at - 4 : at;
}

function drawField(items: DrawItem[], field: NonNullable<Screen["field"]>, y: number): number {
  items.push(text(margin, y + 2, field.label, "small", "faint"));
  if (field.mode !== undefined)
    items.push(text(width - margin, y + 2, field.mode, "small", "accent", "right"));
  const top = y + 14;
  items.push(rect(margin, top, width - 2 * margin, 38, "accent", 6));
  items.push(rect(margin + 2, top + 2, width - 2 * margin - 4, 34, "field", 5));
  // The end of a long text is what the person is typing.
  const shown = field.text.length > fieldColumns ? `\u2026${field.text.slice(1 - fieldColumns)}` : field.text;
  items.push(text(margin + 10, top + 19, `${shown}|`, "field", "ink"));
  if (field.picker !== undefined) {
    const middle = field.picker.length >> 1;
    for (let i = 0; i < field.picker.length; i++) {
      const x = width / 2 + (i - middle) * 19;
      if (i === middle) items.push(rect(x - 11, top + 50, 22, 26, "accent", 4));
      const letter = field.picker.charAt(i) === " " ? "\u2423" : field.picker.charAt(i);
      items.push(text(x, top + 63, letter, "field", i === middle ? "onBar" : "faint", "center"));
    }
  }
  return top + 52;
}

function drawProgress(items: DrawItem[], progress: NonNullable<Screen["progress"]>): void {
  const y = 126;
  items.push(text(width / 2, 96, progress.label, "body", "faint", "center"));
  items.push(rect(40, y, 240, 12, "dim", 6));
  const fraction = progress.fraction ?? 0;
  if (progress.fraction !== undefined) {
    items.push(rect(40, y, Math.max(12, Math.round(240 * fraction)), 12, "accent", 6));
    items.push(text(width / 2, y + 30, `${Math.round(100 * fraction)} %`, "small", "faint", "center"));
  } else {
    items.push(rect(120, y, 80, 12, "accent", 6));
  }
}

function drawMenu(items: DrawItem[], menu: NonNullable<Screen["menu"]>, y: number): void {
  for (const [index, label] of menu.items.entries()) {
    const top = y - 8 + index * menuHeight;
    const chosen = index === menu.selected;
    if (chosen) items.push(rect(margin - 6, top, width - 2 * margin + 12, menuHeight - 2, "accent", 5));
    items.push(text(margin + 4, top + 13, label, "body", chosen ? "onBar" : "ink"));
  }
}

function drawSoftKeys(items: DrawItem[], labels: readonly string[]): void {
  if (labels.every((label) => label === "")) return;
  const cell = width / labels.length;
  const top = height - footerHeight;
  items.push(rect(0, top, width, footerHeight, "dim"));
  const names = labels.length === 4 ? ["A", "B", "C", "D"] : ["", "", ""];
  for (const [index, label] of labels.entries()) {
    if (label === "") continue;
    const middle = cell * (index + 0.5);
    const name = names[index] ?? "";
    items.push(text(middle, top + 17, name === "" ? label : `${name} ${label}`, "small", "ink", "center"));
  }
}
