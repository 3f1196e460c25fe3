import type { Screen } from "../../../ui/screen.js";
import type { Area } from "./items.js";
import { type Cap, type CapAction, caps, type Layer, nearest } from "./keyboard.js";
import { placeMenu, rowHeightOf } from "./menu.js";
import { keyboardTop, large } from "./metrics.js";
import { softKeyAreas } from "./softKeys.js";

/** What a finger is on. */
export type Target =
  | { readonly is: "soft"; readonly index: number }
  | { readonly is: "row"; readonly index: number }
  | { readonly is: "cap"; readonly action: CapAction; readonly index: number };

/** The target and where it is drawn, to show that it is touched. */
export interface Touched {
  readonly target: Target;
  readonly area: Area;
}

interface Soft extends Area {
  readonly index: number;
}

/** What is at a point of a screen, or undefined where a touch means nothing. */
export function targetAt(
  screen: Screen,
  layer: Layer,
  measure: (text: string) => number,
  x: number,
  y: number,
): Touched | undefined {
  if (y >= large.bodyBottom) return softAt(screen, measure, x, y);
  if (screen.field !== undefined) return capAt(screen, layer, x, y);
  return screen.menu === undefined ? undefined : rowAt(screen, x, y);
}

function softAt(
  screen: Screen,
  measure: (text: string) => number,
  x: number,
  y: number,
): Touched | undefined {
  const areas: Soft[] = [];
  softKeyAreas(large, screen, measure).forEach((area, index) => {
    if (screen.softKeys[index] !== "") areas.push({ ...area, index });
  });
  const area = nearest(areas, x, y);
  return area && { target: { is: "soft", index: area.index }, area };
}

function capAt(screen: Screen, layer: Layer, x: number, y: number): Touched | undefined {
  const list = caps(layer, keyboardTop(screen), large.bodyBottom);
  const area: Cap | undefined = nearest(list, x, y);
  return area && { target: { is: "cap", action: area.action, index: list.indexOf(area) }, area };
}

function rowAt(screen: Screen, x: number, y: number): Touched | undefined {
  const { top, from, to } = placeMenu(large, screen);
  const h = rowHeightOf(large, screen);
  const index = from + Math.floor((y - top) / h);
  if (y < top || index >= to || x < 0) return undefined;
  return { target: { is: "row", index }, area: { x: 0, y: top + (index - from) * h, w: 320, h } };
}

export const sameTarget = (a: Target | undefined, b: Target | undefined): boolean =>
  a !== undefined && b !== undefined && a.is === b.is && a.index === b.index;
