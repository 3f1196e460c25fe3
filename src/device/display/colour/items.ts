import type { Grid } from "./metrics.js";

/** What is drawn in colour: the words that layouts and painters share. */

/** Titles, and what is typed; everything else. Each font more is 14 kilobytes of flash. */
export type Font = "title" | "body";
export const fonts: readonly Font[] = Object.freeze(["title", "body"]);

export type Color =
  | "back"
  | "card"
  | "ink"
  | "faint"
  | "bar"
  | "accent"
  | "good"
  | "bad"
  | "onBar"
  | "dim"
  | "line";
export const colors: readonly Color[] = Object.freeze([
  "back",
  "card",
  "ink",
  "faint",
  "bar",
  "accent",
  "good",
  "bad",
  "onBar",
  "dim",
  "line",
]);

export type Icon =
  | "key"
  | "linkNone"
  | "linkOpen"
  | "linkSecure"
  | "linkAway"
  | "next"
  | "up"
  | "down"
  | "enter"
  | "escape"
  | "backspace"
  | "tab"
  | "shift"
  | "shifted"
  | "space"
  | "check"
  | "warning"
  | "dot";
export const icons: readonly Icon[] = Object.freeze([
  "key",
  "linkNone",
  "linkOpen",
  "linkSecure",
  "linkAway",
  "next",
  "up",
  "down",
  "enter",
  "escape",
  "backspace",
  "tab",
  "shift",
  "shifted",
  "space",
  "check",
  "warning",
  "dot",
]);

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Widths of texts and heights of fonts, in pixels, and the grid that they are for. */
export interface Fonts {
  readonly grid: Grid;
  width(text: string, font: Font): number;
  readonly heights: Readonly<Record<Font, number>>;
}

export const intersects = (a: Area, b: Area): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export function union(a: Area, b: Area): Area {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

export const pixels = ({ w, h }: Area): number => w * h;
