import type { Screen } from "../../../ui/screen.js";
import { height, width } from "./items.js";

/** The grid of a screen on 320×240, in pixels: header, body, soft keys. */
export const headerHeight = 34;
export const footerHeight = 34;
export const margin = 12;
export const inner = width - 2 * margin;
export const bodyTop = headerHeight + 8;
export const bodyBottom = height - footerHeight;

/** A line above the field, where a screen with a keyboard on the display says what is wrong. */
const problemHeight = 21;

/** Where the keyboard on the display begins: below the field, and below what is wrong with it. */
export const keyboardTop = (screen: Screen): number =>
  headerHeight + 40 + (screen.lines.length > 0 ? problemHeight : 0);
