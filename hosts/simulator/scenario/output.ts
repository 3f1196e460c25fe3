import type { ScenarioEvent } from "./events.js";

/** Numbers without a fraction of their own, right-aligned: `   12.340 s`. */
const time = (t: number): string => `${(t / 1000).toFixed(3)} s`.padStart(13);

const s = (count: number): string => (count === 1 ? "" : "s");

/** A step that could not be done, or one that was done and came to something else. */
const failure = ({ step, ended, reason }: ScenarioEvent & { readonly kind: "step" }): string =>
  ended === undefined ? `could not ${step}: ${reason}` : `${step}: ${reason}`;

/** A story that expects nothing may still have gone well: its steps say how they are to end. */
const summary = ({ ok, held, failed }: ScenarioEvent & { readonly kind: "end" }): string => {
  if (ok && held === 0) return "every step was done; nothing was expected besides";
  return `${held} expectation${s(held)} held${ok ? "" : `, ${failed} failed`}`;
};

/** A run as a person reads it: what was done, what held, and at the end what did not. */
export function readable(file: string, write: (line: string) => void): (event: ScenarioEvent) => void {
  const failures: string[] = [];
  const line = (
    event: ScenarioEvent & { readonly ok: boolean },
    device: string | undefined,
    text: string,
  ): void => {
    write(`${event.ok ? "✓" : "✗"} ${time(event.t)}  ${device === undefined ? "" : `${device}: `}${text}`);
  };
  return (event) => {
    if (event.kind === "step") {
      line(event, event.device, event.ended === undefined ? event.step : `${event.step}: ${event.ended}`);
      if (!event.ok) failures.push(`${file}:${event.line}: ${failure(event)}`);
    } else if (event.kind === "expectation") {
      line(event, event.device, `expect ${event.expected}`);
      if (!event.ok) failures.push(`${file}:${event.line}: expected ${event.expected}, found ${event.found}`);
    } else if (event.kind === "end") {
      for (const failure of failures) write(failure);
      write(summary(event));
    }
  };
}

/** A run as JSON lines. */
export function jsonLines(write: (line: string) => void): (event: ScenarioEvent) => void {
  return (event) => write(JSON.stringify(event));
}
