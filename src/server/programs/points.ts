import type { Milliseconds } from "../../base/units.js";
import { maximumPoints, pointLength } from "../../database/rows/programs.js";
import type { Value } from "../../protocols/topics/message.js";

/** A value of a topic's history: a number, 1 or 0 of a switch, 1 of an event. */
export interface Point {
  /** Seconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** What of a value stands in a history; undefined for texts and octets, of which there is none. */
export function pointValue(kind: string, value: Value): number | undefined {
  if (kind === "number" && typeof value === "number") return value;
  if (kind === "switch" && typeof value === "boolean") return value ? 1 : 0;
  return kind === "event" ? 1 : undefined;
}

/** Seconds since 1970 (4, big endian) ‖ value (8, IEEE 754) of each. */
export function packed(points: readonly Point[]): Uint8Array {
  const octets = new Uint8Array(points.length * pointLength);
  const view = new DataView(octets.buffer);
  for (const [i, { at, value }] of points.entries()) {
    view.setUint32(i * pointLength, at);
    view.setFloat64(i * pointLength + 4, value);
  }
  return octets;
}

export function unpacked(octets: Uint8Array): Point[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return Array.from({ length: Math.floor(octets.length / pointLength) }, (_, i) => ({
    at: view.getUint32(i * pointLength),
    value: view.getFloat64(i * pointLength + 4),
  }));
}

/**
 * The history with one more point: of each 288th part of its time the last value stands for all, so that there are no more
 * than 288 however much is said. What is older than its time, or later than now by a clock that was set back, goes.
 */
export function withPoint(points: readonly Point[], point: Point, history: Milliseconds): Point[] {
  const time = history / 1000;
  const part = Math.max(1, Math.ceil(time / maximumPoints));
  const kept = points.filter(({ at }) => at <= point.at && at > point.at - time);
  const last = kept.at(-1);
  if (last !== undefined && Math.floor(last.at / part) === Math.floor(point.at / part)) kept.pop();
  return [...kept, point].slice(-maximumPoints);
}
