import { type DrawList, Kind } from "../../../src/device/display/colour/drawList.js";
import {
  type Color,
  colors,
  type Font,
  fonts,
  type Icon,
  icons,
} from "../../../src/device/display/colour/items.js";
import type { Grid } from "../../../src/device/display/colour/metrics.js";
import type { Light } from "../../../src/device/rest.js";

/** What a device's display is drawn from, as it goes to a browser. */

/** An item of a draw list: its numbers, and the text of a text. */
export type SentItem = readonly [
  kind: Kind,
  color: number,
  what: number,
  x: number,
  y: number,
  w: number,
  h: number,
  more: number | string,
];

export type SentPicture =
  /** In colour: the draw list. */
  | { readonly kind: Grid["kind"]; readonly items: readonly SentItem[]; readonly light?: Light }
  /** 128×64: the octets of the controller's memory, in hexadecimal. */
  | { readonly kind: "128x64"; readonly octets: string; readonly light?: Light };

export type DisplayKind = SentPicture["kind"];

/** What a colour display shows. */
export type SentColour = SentPicture & { readonly kind: Grid["kind"] };

export function sendList(list: DrawList): SentItem[] {
  return Array.from({ length: list.length }, (_, i) => [
    list.kind(i),
    list.color(i),
    list.what(i),
    list.x(i),
    list.y(i),
    list.w(i),
    list.h(i),
    list.kind(i) === Kind.text ? list.textOf(i) : list.count(i),
  ]);
}

/** Makes the list what was sent. */
export function readList(items: readonly SentItem[], list: DrawList): void {
  list.clear();
  for (const [kind, colorAt, what, x, y, w, h, more] of items) {
    const color = colors[colorAt] as Color;
    if (kind === Kind.text) list.text(String(more), x, y, w, h, fonts[what] as Font, color);
    else if (kind === Kind.icon) list.icon(icons[what] as Icon, x, y, w, h, color, Number(more));
    else list.rect(x, y, w, h, color, kind === Kind.round);
  }
}
