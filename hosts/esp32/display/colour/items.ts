/** What is drawn on 320×240, as data: compared with what was drawn before, so that only changes reach the display. */

export type Font = "title" | "body" | "field";

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

export type Icon =
  | "key"
  | "linkNone"
  | "linkOpen"
  | "linkSecure"
  | "linkAway"
  | "check"
  | "warning"
  | "next"
  | "up"
  | "down"
  | "enter"
  | "escape"
  | "backspace"
  | "tab"
  | "shift"
  | "shifted"
  | "dot"
  | "space";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface RectItem extends Area {
  readonly kind: "rect";
  readonly color: Color;
  /** Corners are round by 6 pixels. */
  readonly round?: boolean;
}

/** `x`, `y` is its left upper corner, `w` its measured width, `h` the height of its font. */
export interface TextItem extends Area {
  readonly kind: "text";
  readonly text: string;
  readonly font: Font;
  readonly color: Color;
}

/** `count` of them side by side, each `w / count` wide: the masked letters of a password. */
export interface IconItem extends Area {
  readonly kind: "icon";
  readonly icon: Icon;
  readonly count: number;
  readonly color: Color;
}

export type Item = RectItem | TextItem | IconItem;

export const width = 320;
export const height = 240;

/** Widths of texts and heights of fonts, in pixels. */
export interface Fonts {
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
