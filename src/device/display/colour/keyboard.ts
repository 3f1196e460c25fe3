import { frozen } from "../../../base/frozen.js";
import type { Area, Icon } from "./items.js";

/** Which characters the keyboard on the display shows; "upper" is for one letter, "capitals" until it is left. */
export type Layer = "lower" | "upper" | "capitals" | "digits" | "symbols";

/** What a touch of a key does. */
export type CapAction =
  | { readonly does: "type"; readonly code: number }
  | { readonly does: "delete" }
  | { readonly does: "layer"; readonly layer: Layer };

export interface Cap extends Area {
  readonly label: string;
  readonly icon?: Icon;
  readonly action: CapAction;
  /** Not a character: drawn darker. */
  readonly control: boolean;
  /** Its meaning holds: the capitals' key. */
  readonly on?: boolean;
}

const capitals = Object.freeze(["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"] as const);
const rows: Readonly<Record<Layer, readonly [string, string, string]>> = frozen({
  lower: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
  upper: capitals,
  capitals,
  digits: ["1234567890", '-/:;()&@"', ".,?!'_+"],
  symbols: ["[]{}#%^*+=", '\\|~<>`$&"', ".,?!'_-"],
});
/** The key left of the third row, and the one left of the space bar. */
const turns: Readonly<Record<Layer, readonly [Layer, Layer]>> = frozen({
  lower: ["upper", "digits"],
  upper: ["capitals", "digits"],
  capitals: ["lower", "digits"],
  digits: ["symbols", "lower"],
  symbols: ["digits", "lower"],
});
const layerLabels: Readonly<Record<Layer, string>> = Object.freeze({
  lower: "abc",
  upper: "ABC",
  capitals: "ABC",
  digits: "123",
  symbols: "#+=",
});
const columns = 32;
const side = 48;
const gap = 1;

const character = (label: string, x: number, y: number, w: number, h: number): Cap => ({
  x: x + gap,
  y: y + gap,
  w: w - 2 * gap,
  h: h - 2 * gap,
  label,
  action: { does: "type", code: label.charCodeAt(0) },
  control: false,
});

function control(label: string, icon: Icon | undefined, action: CapAction, area: Area): Cap {
  const { x, y, w, h } = area;
  const cap = { x: x + gap, y: y + gap, w: w - 2 * gap, h: h - 2 * gap, label, action, control: true };
  return icon === undefined ? cap : { ...cap, icon };
}

/**
 * The keys of a layer between `top` and `bottom`: four rows over the whole width. Three rows of letters, the third
 * between Shift and Delete; then the other layer's key, three signs that User IDs have, and the space bar.
 */
export function caps(layer: Layer, top: number, bottom: number): Cap[] {
  const h = Math.floor((bottom - top) / 4);
  const out: Cap[] = [];
  const row = (letters: string, x: number, y: number): void => {
    for (let i = 0; i < letters.length; i++)
      out.push(character(letters.charAt(i), x + i * columns, y, columns, h));
  };
  const letterRows = rows[layer];
  row(letterRows[0], 0, top);
  row(letterRows[1], (320 - letterRows[1].length * columns) >> 1, top + h);
  row(letterRows[2], side, top + 2 * h);
  const left = turns[layer][0];
  const bottomLeft = turns[layer][1];
  const letters = layer !== "digits" && layer !== "symbols";
  const shift = layer === "lower" ? "shift" : "shifted";
  const y = top + 2 * h;
  const turn = { does: "layer", layer: left } as const;
  const label = letters ? "" : layerLabels[left];
  const cap = control(label, letters ? shift : undefined, turn, { x: 0, y, w: side, h });
  out.push(layer === "capitals" ? { ...cap, on: true } : cap);
  out.push(control("", "backspace", { does: "delete" }, { x: 320 - side, y, w: side, h }));
  const last = top + 3 * h;
  const other = { does: "layer", layer: bottomLeft } as const;
  out.push(control(layerLabels[bottomLeft], undefined, other, { x: 0, y: last, w: side, h }));
  out.push(character("@", side, last, columns, h));
  out.push({ ...character(" ", side + columns, last, 128, h), icon: "space" });
  out.push(character(".", 208, last, columns, h), character("-", 240, last, columns, h));
  out.push(character("_", 272, last, side, h));
  return out;
}

/** The area that a touch means: the nearest one, as fingers are wider than gaps. */
export function nearest<A extends Area>(list: readonly A[], x: number, y: number): A | undefined {
  const reach = 6;
  let best: A | undefined;
  let least = reach * reach + 1;
  list.forEach((area) => {
    const dx = Math.max(area.x - x, 0, x - (area.x + area.w - 1));
    const dy = Math.max(area.y - y, 0, y - (area.y + area.h - 1));
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      best = area;
      least = distance;
    }
  });
  return best;
}
