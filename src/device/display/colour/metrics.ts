import type { Screen } from "../../../ui/screen.js";

/** Where things stand on a colour display, in pixels: header, body, soft keys, and what is between them. */
export interface Grid {
  readonly kind: "320x240" | "240x135";
  /** Files of `assets`. */
  readonly titleFont: string;
  readonly bodyFont: string;
  readonly width: number;
  readonly height: number;
  readonly headerHeight: number;
  readonly footerHeight: number;
  readonly margin: number;
  readonly inner: number;
  readonly bodyTop: number;
  readonly bodyBottom: number;
  /** From the body's upper edge to what begins a screen. */
  readonly above: number;
  /** Between paragraphs, and around what stands on a card. */
  readonly gap: number;
  readonly pad: number;
  /** From the body's upper edge to a question or a note, to the sign of success and to the text below that. */
  readonly asks: number;
  readonly check: number;
  readonly success: number;
  /** Width of the sign of a warning with what is right of it; 0 for none, as the header is red. */
  readonly warning: number;
  /** The bar of progress, and how far its label stands above it. */
  readonly bar: number;
  readonly barLabel: number;
  readonly box: number;
  readonly cursor: number;
  /** Above and below a field. */
  readonly tight: number;
  readonly below: number;
  /** There is no room below the header to name what is typed, and by which letters; and lines above a menu give way to it. */
  readonly compact: boolean;
  /** A row of a menu, and of one below lines of text; the first of these and from one to the next. */
  readonly row: number;
  readonly lowRow: number;
  readonly lines: number;
  readonly pitch: number;
  /** From the display's edge to a menu. */
  readonly edge: number;
  /** Between the sign of a soft key and its label, and around both. */
  readonly badgeGap: number;
  readonly badgePad: number;
}

/** 320×240: what a finger touches is drawn on it alone. */
export const large: Grid = Object.freeze({
  kind: "320x240",
  titleFont: "OpenSans-Semibold-18",
  bodyFont: "OpenSans-Regular-16",
  width: 320,
  height: 240,
  headerHeight: 34,
  footerHeight: 34,
  margin: 12,
  inner: 296,
  bodyTop: 42,
  bodyBottom: 206,
  above: 4,
  gap: 6,
  pad: 8,
  asks: 46,
  check: 12,
  success: 68,
  warning: 38,
  bar: 122,
  barLabel: 36,
  box: 38,
  cursor: 7,
  tight: 2,
  below: 8,
  compact: false,
  row: 29,
  lowRow: 23,
  lines: 37,
  pitch: 19,
  edge: 6,
  badgeGap: 5,
  badgePad: 4,
});

/** A line above the field, where a screen with a keyboard on the display says what is wrong. */
const problemHeight = 21;

/** Where the keyboard on the display begins: below the field, and below what is wrong with it. */
export const keyboardTop = (screen: Screen): number =>
  large.headerHeight + 40 + (screen.lines.length > 0 ? problemHeight : 0);
