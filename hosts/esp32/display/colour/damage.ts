import { type Area, type Fonts, height, type Item, pixels, type TextItem, union, width } from "./items.js";

/** Letters may reach this far beyond their own width. */
const overhang = 2;
/** Round corners take so much of each side. */
export const corner = 6;
/** Areas are joined where that costs no more than this many pixels: each area costs a command of the display. */
const joining = 400;
const most = 8;

function same(a: Item, b: Item): boolean {
  if (a.x !== b.x || a.y !== b.y || a.w !== b.w || a.h !== b.h || a.color !== b.color) return false;
  if (a.kind === "text") return b.kind === "text" && a.text === b.text && a.font === b.font;
  if (a.kind === "icon") return b.kind === "icon" && a.icon === b.icon && a.count === b.count;
  return b.kind === "rect" && (a.round ?? false) === (b.round ?? false);
}

/** What the pixels of an item may touch. */
export const outline = (item: Item): Area =>
  item.kind === "text" ? { x: item.x - overhang, y: item.y, w: item.w + 2 * overhang, h: item.h } : item;

function commonPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return i;
  return length;
}

function between(item: Item, from: number, to: number): Area {
  return { x: from, y: item.y, w: to - from, h: item.h };
}

function textChange(a: TextItem, b: TextItem, fonts: Fonts): Area {
  const kept = fonts.width(a.text.slice(0, commonPrefix(a.text, b.text)), a.font);
  return between(a, a.x + kept - overhang, a.x + Math.max(a.w, b.w) + overhang);
}

/** What of an item has to be drawn again when it becomes the other one, if they are the same but for their end. */
function change(a: Item, b: Item, fonts: Fonts): Area | undefined {
  if (a.x !== b.x || a.y !== b.y || a.h !== b.h || a.color !== b.color) return undefined;
  if (a.kind === "text") return b.kind === "text" && a.font === b.font ? textChange(a, b, fonts) : undefined;
  const least = Math.min(a.w, b.w);
  const end = Math.max(a.w, b.w);
  if (a.kind === "icon") {
    const alike = b.kind === "icon" && a.icon === b.icon && a.w * b.count === b.w * a.count;
    return alike ? between(a, a.x + least, a.x + end) : undefined;
  }
  if (b.kind !== "rect" || a.round !== b.round) return undefined;
  return between(a, a.x + Math.max(0, least - (a.round === true ? corner : 0)), a.x + end);
}

/** Cut to the display, at whole pixels. */
function clipped(area: Area): Area {
  const x = Math.max(0, Math.floor(area.x));
  const y = Math.max(0, Math.floor(area.y));
  return {
    x,
    y,
    w: Math.min(width, Math.ceil(area.x + area.w)) - x,
    h: Math.min(height, Math.ceil(area.y + area.h)) - y,
  };
}

function add(areas: Area[], area: Area): void {
  let grown = clipped(area);
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
 * The areas in which two lists of items differ: none overlap where it matters, and drawing the new list within them
 * makes the display show it whole. Nothing of a text before its first letter that differs is in them.
 */
export function damage(before: readonly Item[], after: readonly Item[], fonts: Fonts): Area[] {
  const gone: (Item | undefined)[] = [...before];
  const come: Item[] = [];
  for (const item of after) {
    const at = gone.findIndex((other) => other !== undefined && same(other, item));
    if (at >= 0) gone[at] = undefined;
    else come.push(item);
  }
  const areas: Area[] = [];
  for (const item of come) {
    let changed: Area | undefined;
    for (let i = 0; i < gone.length && changed === undefined; i++) {
      const other = gone[i];
      if (other === undefined) continue;
      changed = change(other, item, fonts);
      if (changed !== undefined) gone[i] = undefined;
    }
    add(areas, changed ?? outline(item));
  }
  for (const item of gone) if (item !== undefined) add(areas, outline(item));
  return areas;
}
