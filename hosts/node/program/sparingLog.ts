import type { Log, LogValue } from "../../../src/base/ports.js";

const period = 10_000;

export interface Sparing {
  /** Lines of one event within ten seconds. */
  readonly most: number;
  /** The event that tells at their end how many more there were. */
  readonly unsaid: string;
  /** The only events that are counted; all unless told. */
  readonly only?: readonly string[];
}

/** A log in which nobody from outside can write without end. */
export function sparingLog(log: Log, { most, unsaid, only }: Sparing): Log {
  const counts = new Map<string, number>();
  const begin = (name: string): void => {
    setTimeout(() => {
      const more = (counts.get(name) ?? 0) - most;
      counts.delete(name);
      if (more > 0) log.event(unsaid, { of: name, count: more });
    }, period).unref();
  };
  return {
    event(name: string, fields?: Readonly<Record<string, LogValue>>): void {
      if (only?.includes(name) === false) return log.event(name, fields);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      if (count === 1) begin(name);
      if (count <= most) log.event(name, fields);
    },
  };
}

/** What whoever reaches the door can have logged before he has proven anything, thousands of times a second. */
const ofDoor = Object.freeze([
  "http.refused",
  "http.tls",
  "http.unavailable",
  "page.refused",
  "api.refused",
  "api.unavailable",
]);

/** The log of a program with a door. */
export const doorLog = (log: Log): Log => sparingLog(log, { most: 100, unsaid: "http.unsaid", only: ofDoor });
