import type { Area } from "./items.js";
import type { Layer } from "./keyboard.js";

/** How a display looks just now, beside its screen: what is touched, and what moves by itself. */
export interface Look {
  readonly layer: Layer;
  /** Counts up while a step takes nobody knows how long. */
  readonly beat?: number;
  /** Under the finger. */
  readonly touched?: Area | undefined;
}

export const untouched: Look = Object.freeze({ layer: "lower" });

/** Where something stands that goes to and fro over `room`, `step` at each beat. */
export function toAndFro(beat: number, room: number, step: number): number {
  const way = (beat * step) % (2 * room);
  return way <= room ? way : 2 * room - way;
}

export const isTouched = ({ touched }: Look, area: Area): boolean =>
  touched !== undefined && touched.x === area.x && touched.y === area.y && touched.w === area.w;
