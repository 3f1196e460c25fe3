import type { Log, LogValue } from "../../../src/base/ports.js";

/** Lines of one event within ten seconds; how many more there were is told at their end. */
export const mostLines = 20;
const period = 10_000;

/** A log in which nobody at the broker can write without end: each command that is refused has a line. */
export function sparing(log: Log): Log {
  const counts = new Map<string, number>();
  const begin = (name: string): void => {
    setTimeout(() => {
      const unsaid = (counts.get(name) ?? 0) - mostLines;
      counts.delete(name);
      if (unsaid > 0) log.event("mqtt.unsaid", { event: name, count: unsaid });
    }, period).unref();
  };
  return {
    event(name: string, fields?: Readonly<Record<string, LogValue>>): void {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      if (count === 1) begin(name);
      if (count <= mostLines) log.event(name, fields);
    },
  };
}
