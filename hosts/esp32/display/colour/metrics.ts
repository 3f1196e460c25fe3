import { height, width } from "./items.js";

/** The grid of a screen on 320×240, in pixels: header, body, soft keys. */
export const headerHeight = 34;
export const footerHeight = 34;
export const margin = 12;
export const inner = width - 2 * margin;
export const bodyTop = headerHeight + 8;
export const bodyBottom = height - footerHeight;
