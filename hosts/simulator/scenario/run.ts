import { Milliseconds } from "../../../src/base/units.js";
import type { Acted, Action } from "./action.js";
import { StepFailure } from "./errors.js";
import type { Expectation } from "./expectations.js";
import type { Header } from "./header.js";
import type { Scenario, Step } from "./scenario.js";
import { type Audience, Stage } from "./world.js";

export interface Outcome {
  /** Expectations that held, and that did not; a step that could not be done counts as one. */
  readonly held: number;
  readonly failed: number;
}

/** Longer than an invitation lasts. */
const longestEnd = Milliseconds(60_000);

class Run {
  held = 0;
  failed = 0;
  readonly #stage: Stage;
  readonly #audience: Audience;
  readonly #header: Header;
  /** What was laid for later, and asks at the end whether it has come. */
  readonly #laid: {
    readonly step: Step;
    readonly title: string;
    readonly missing: () => How | undefined;
    readonly ended?: () => string | undefined;
  }[] = [];

  constructor(header: Header, audience: Audience) {
    this.#header = header;
    this.#audience = audience;
    this.#stage = new Stage(header, audience);
  }

  /** What cannot be done ends the scenario; an expectation that fails does not. */
  async steps(steps: readonly Step[]): Promise<void> {
    await this.#stage.start(this.#header);
    for (const step of steps) {
      if ("expectations" in step) {
        for (const one of step.expectations) this.#look(step, one);
      } else if (!(await this.#act(step, step.action))) {
        return;
      }
    }
  }

  #device(step: Step): string | undefined {
    const { devices } = this.#header;
    return devices.length > 1 ? devices[step.station]?.id : undefined;
  }

  /** False when it could not be done. */
  async #act(step: Step, { title, act, ends: usual = [] }: Action): Promise<boolean> {
    const station = this.#stage.stations[step.station];
    const { ends } = step;
    const expected = ends === undefined ? usual : [ends];
    const result = await attempt(async () => station && (await act(this.#stage, station)));
    if ("failure" in result) {
      this.#tell(step, title, { reason: result.failure });
      return false;
    }
    const { ended, unmet, later, held = 0 } = result.acted ?? {};
    this.held += held;
    if (unmet !== undefined) this.#laid.push({ step, title, missing: () => never(unmet()) });
    if (later !== undefined)
      this.#laid.push({ step, title, missing: () => lateEnd(later(), expected), ended: later });
    this.#tell(step, title, { ...(ended !== undefined && { ended }), ...unexpected(ended, expected) });
    return true;
  }

  #tell(step: Step, title: string, how: { readonly ended?: string; readonly reason?: string }): void {
    const ok = how.reason === undefined;
    if (!ok) this.failed++;
    const device = this.#device(step);
    this.#audience.event({
      t: this.#stage.at,
      kind: "step",
      line: step.line,
      device,
      step: title,
      ok,
      ...how,
    });
  }

  #look(step: Step, { line, expected, find }: Expectation): void {
    const station = this.#stage.stations[step.station];
    if (station === undefined) return;
    const { holds, found } = find(this.#stage, station);
    if (holds) this.held++;
    else this.failed++;
    const device = this.#device(step);
    this.#audience.event({
      t: this.#stage.at,
      kind: "expectation",
      line,
      device,
      expected,
      found,
      ok: holds,
    });
  }

  /** Who has begun something gets the time to say how it ended; then everything is told that is not as it was meant. */
  async end(): Promise<Outcome> {
    const open = (): boolean => this.#laid.some(({ ended }) => ended !== undefined && ended() === undefined);
    await this.#stage.clock.runWhile(open, longestEnd);
    for (const { step, title, missing } of this.#laid) {
      const how = missing();
      if (how !== undefined) this.#tell(step, title, how);
    }
    const { held, failed } = this;
    this.#audience.event({ t: this.#stage.at, kind: "end", ok: failed === 0, held, failed });
    return { held, failed };
  }
}

/** What is told of a step: how it ended, and why that is not what was meant. */
interface How {
  readonly ended?: string;
  readonly reason: string;
}

const never = (why: string | undefined): How | undefined =>
  why === undefined ? undefined : { reason: `it never came: ${why}` };

const unexpected = (ended: string | undefined, expected: readonly string[]): How | undefined =>
  ended === undefined || expected.includes(ended)
    ? undefined
    : { ended, reason: `it ended as ${ended}, not ${expected.join(" or ")}` };

const lateEnd = (ended: string | undefined, expected: readonly string[]): How | undefined =>
  ended === undefined ? never("nobody said how it ended") : unexpected(ended, expected);

/** What came of it, or why it could not be done. */
async function attempt(
  work: () => Promise<Acted>,
): Promise<{ readonly acted: Acted } | { readonly failure: string }> {
  try {
    return { acted: await work() };
  } catch (error) {
    if (error instanceof StepFailure) return { failure: error.message };
    throw error;
  }
}

/** Plays a scenario on virtual time: the same scenario tells the same events. */
export async function play(scenario: Scenario, audience: Audience): Promise<Outcome> {
  const run = new Run(scenario.header, audience);
  await run.steps(scenario.steps);
  return await run.end();
}
