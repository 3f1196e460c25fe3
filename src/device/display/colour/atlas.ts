import { frozen } from "../../../base/frozen.js";
import type { Area, Icon } from "./items.js";

/** Where each sign stands in `icons.png`, which `tools/device/icons.mjs` draws by this table. */
const small = (column: number, row: number): Area => ({ x: 20 * column, y: 20 * row, w: 20, h: 20 });

export const atlas: Readonly<Record<Icon | "disc", Area>> = frozen({
  key: small(0, 0),
  linkNone: small(1, 0),
  linkOpen: small(2, 0),
  linkSecure: small(3, 0),
  linkAway: small(4, 0),
  next: small(0, 1),
  up: small(1, 1),
  down: small(2, 1),
  enter: small(3, 1),
  escape: small(4, 1),
  backspace: small(0, 2),
  tab: small(1, 2),
  shift: small(2, 2),
  shifted: small(3, 2),
  space: small(4, 2),
  check: { x: 0, y: 60, w: 40, h: 40 },
  warning: { x: 40, y: 60, w: 28, h: 28 },
  /** Round corners are its quarters. */
  disc: { x: 68, y: 60, w: 12, h: 12 },
  dot: { x: 80, y: 60, w: 12, h: 12 },
});

export const atlasWidth = 100;
export const atlasHeight = 100;
