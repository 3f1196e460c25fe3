import { type DrawList, Kind, overhang } from "./drawList.js";
import { type Area, type Font, type Fonts, fonts as fontNames, pixels, union } from "./items.js";
import type { Grid } from "./metrics.js";

/** Round corners take so much of each side. */
export const corner = 6;
/** Areas are joined where that costs no more than this many pixels: each area costs a command of the display. */
const joining = 400;
const most = 8;

function commonPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return i;
  return length;
}

/** What has to be drawn again where an item has become one that is alike: what follows their common beginning. */
function change(before: DrawList, old: number, after: DrawList, index: number, fonts: Fonts): Area {
  const least = Math.min(before.w(old), after.w(index));
  let kept = least;
  let end = Math.max(before.w(old), after.w(index));
  const kind = after.kind(index);
  if (kind === Kind.text) {
    const text = after.textOf(index);
    const same = text.slice(0, commonPrefix(text, before.textOf(old)));
    kept = fonts.width(same, fontNames[after.what(index)] as Font) - overhang;
    end += overhang;
  } else if (kind === Kind.round) kept = Math.max(0, least - corner);
  else if (kind === Kind.icon && before.w(old) * after.count(index) !== after.w(index) * before.count(old))
    kept = 0;
  return { x: after.x(index) + kept, y: after.y(index), w: end - kept, h: after.h(index) };
}

/** Cut to the display, at whole pixels. */
function clipped(area: Area, grid: Grid): Area {
  const x = Math.max(0, Math.floor(area.x));
  const y = Math.max(0, Math.floor(area.y));
  return {
    x,
    y,
    w: Math.min(grid.width, Math.ceil(area.x + area.w)) - x,
    h: Math.min(grid.height, Math.ceil(area.y + area.h)) - y,
  };
}

function add(areas: Area[], area: Area, grid: Grid): void {
  let grown = clipped(area, grid);
  if (grown.w <= 0 || grown.h <= 0) return;
  for (let i = 0; i < areas.length; ) {
    const other = areas[i] as Area;
    const both = union(grown, other);
    if (areas.length >= most || pixels(both) <= pixels(grown) + pixels(other) + joining) {
      grown = both;
      areas.splice(i, 1);
      // What has grown may now meet one that was passed.
      i = 0;
    } else i++;
  }
  areas.push(grown);
}

/**
 * Index of an item of `before` that is not paired yet and is the same as, or alike to, one of `after`; or −1. Screens
 * that follow each other have most items in the same order, so the search goes on behind the last one that was found.
 */
function partner(
  before: DrawList,
  paired: Uint8Array,
  from: number,
  after: DrawList,
  index: number,
  same: boolean,
): number {
  const { length } = before;
  for (let n = 0, i = from; n < length; n++, i++) {
    if (i >= length) i = 0;
    if (paired[i] !== 0) continue;
    if (same ? before.same(i, after, index) : before.alike(i, after, index)) return i;
  }
  return -1;
}

/**
 * The areas in which two lists differ: drawing the new list within them makes the display show it whole. Nothing of a
 * text before its first letter that differs is in them.
 */
export function damage(before: DrawList, after: DrawList, fonts: Fonts): Area[] {
  const paired = new Uint8Array(before.length);
  const come = new Uint8Array(after.length);
  let next = 0;
  for (let i = 0; i < after.length; i++) {
    const at = partner(before, paired, next, after, i, true);
    if (at < 0) come[i] = 1;
    else {
      paired[at] = 1;
      next = at + 1;
    }
  }
  const areas: Area[] = [];
  for (let i = 0; i < after.length; i++) {
    if (come[i] === 0) continue;
    const at = partner(before, paired, 0, after, i, false);
    if (at >= 0) paired[at] = 1;
    add(areas, at >= 0 ? change(before, at, after, i, fonts) : after.outline(i), fonts.grid);
  }
  for (let i = 0; i < before.length; i++) if (paired[i] === 0) add(areas, before.outline(i), fonts.grid);
  return areas;
}
