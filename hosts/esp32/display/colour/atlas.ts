import type { Area, Icon } from "./items.js";

/** Where each sign stands in `icons.png`, which `tools/device/icons.mjs` draws by this table. */
const small = (column: number, row: number): Area => ({ x: 20 * column, y: 20 * row, w: 20, h: 20 });

export const atlas: Readonly<Record<Icon | "disc", Area>> = Object.freeze({
  key: small(0, 0),
  linkNone: small(1, 0),
  linkOpen: small(2, 0),
  linkSecure: small(3, 0),
  linkAway: small(4, 0),
  next: small(5, 0),
  up: small(6, 0),
  down: small(7, 0),
  enter: small(0, 1),
  escape: small(1, 1),
  backspace: small(2, 1),
  tab: small(3, 1),
  shift: small(4, 1),
  shifted: small(5, 1),
  space: small(6, 1),
  /** Round corners are its quarters. */
  disc: { x: 140, y: 20, w: 12, h: 12 },
  check: { x: 0, y: 40, w: 48, h: 48 },
  warning: { x: 48, y: 40, w: 28, h: 28 },
  dot: { x: 76, y: 40, w: 12, h: 12 },
});

export const atlasWidth = 160;
export const atlasHeight = 88;
