import type { Point, TouchSense } from "../../../src/device/display/colour/touchKeypad.js";
import type { Turn } from "./touchSenses.js";

/** A touch driver in ECMA-419's manner: no answer at all, no finger, or fingers. */
export interface SensorTouch {
  sample(): readonly Point[] | undefined;
  close?(): void;
}

/** Drivers that answer only when something has changed say nothing while a finger rests. */
export function sensorTouch(sensor: SensorTouch, turn: Turn): TouchSense {
  let last: Point | undefined;
  return {
    sample() {
      const points = sensor.sample();
      if (points !== undefined) last = points[0] && turn(points[0]);
      return last;
    },
    close: () => sensor.close?.(),
  };
}
