import type { Area } from "./items.js";
import type { Layer } from "./keyboard.js";

/** How a display that is touched looks just now, beside its screen. */
export interface Look {
  readonly layer: Layer;
  /** Under the finger. */
  readonly touched?: Area | undefined;
}

export const untouched: Look = Object.freeze({ layer: "lower" });

export const isTouched = ({ touched }: Look, area: Area): boolean =>
  touched !== undefined && touched.x === area.x && touched.y === area.y && touched.w === area.w;
