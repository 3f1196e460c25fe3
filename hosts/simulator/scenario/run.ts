import { StepFailure } from "./errors.js";
import type { Expectation } from "./expectations.js";
import type { Header } from "./header.js";
import type { Scenario, Step } from "./scenario.js";
import type { Action } from "./steps.js";
import { type Audience, Stage } from "./world.js";

export interface Outcome {
  /** Expectations that held, and that did not; a step that could not be done counts as one. */
  readonly held: number;
  readonly failed: number;
}

class Run {
  held = 0;
  failed = 0;
  readonly #stage: Stage;
  readonly #audience: Audience;
  readonly #header: Header;

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

  async #act(step: Step, { title, act }: Action): Promise<boolean> {
    const station = this.#stage.stations[step.station];
    const reason = await attempt(async () => station && (await act(this.#stage, station)));
    this.#audience.event({
      t: this.#stage.at,
      kind: "step",
      line: step.line,
      device: this.#device(step),
      step: title,
      ok: reason === undefined,
      ...(reason !== undefined && { reason }),
    });
    if (reason !== undefined) this.failed++;
    return reason === undefined;
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

  end(): Outcome {
    const { held, failed } = this;
    this.#audience.event({ t: this.#stage.at, kind: "end", ok: failed === 0, held, failed });
    return { held, failed };
  }
}

/** Why it could not be done. */
async function attempt(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof StepFailure) return error.message;
    throw error;
  }
}

/** Plays a scenario on virtual time: the same scenario tells the same events. */
export async function play(scenario: Scenario, audience: Audience): Promise<Outcome> {
  const run = new Run(scenario.header, audience);
  await run.steps(scenario.steps);
  return run.end();
}
