import { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import type { Done, Outcome } from "../base/outcome.js";
import type { Clock, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { peekMessage } from "../codec/message.js";
import type { Derivation } from "../crypto/suite.js";
import type { RecordLayer } from "../link/record.js";
import { type Procedure, ProcedureError, type Step } from "../procedure/procedure.js";

/** For one answer, the Server's part included. */
export const answerTimeout = Milliseconds(10_000);

/** How a derivation is sliced, so that display and keypad stay alive. */
export interface DerivationPace {
  readonly iterations: number;
  readonly pause: Milliseconds;
}

export interface RunnerOptions {
  readonly clock: Clock;
  readonly pace: DerivationPace;
  send(octets: Uint8Array): void;
  protect(layer: RecordLayer): void;
  progress(name: string, fraction: number | undefined): void;
}

interface Run {
  step(answer: Uint8Array): void;
  fail(error: CpnsError): void;
  readonly exchange: number | undefined;
}

/** Runs one procedure at a time over a connection: one request in flight, every wait bounded. */
export class Runner {
  readonly #options: RunnerOptions;
  #run: Run | undefined;
  #timer: Timer | undefined;
  #derivation: Derivation | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#run !== undefined;
  }

  /** Calls `done` once, with the outcome or the error that ended the run; the procedure is disposed of before. */
  run<T>(procedure: Procedure<T>, done: Done<T>): void {
    if (this.#run !== undefined) throw new ProcedureError("runner.busy");
    const end = (outcome: Outcome<T>): void => {
      this.#clear();
      procedure.dispose();
      done(outcome);
    };
    const attempt = (next: () => Step<T>): void => {
      this.#timer?.cancel();
      let step: Step<T>;
      try {
        step = next();
        this.#follow(procedure.name, step, attempt, procedure, run);
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        end({ error });
        return;
      }
      if (step.kind === "done") end({ value: step.outcome });
    };
    const run = {
      exchange: undefined as number | undefined,
      step: (answer: Uint8Array) => attempt(() => procedure.receive(answer)),
      fail: (error: CpnsError) => end({ error }),
    };
    this.#run = run;
    this.#options.progress(procedure.name, undefined);
    attempt(() => procedure.start());
  }

  #follow<T>(
    name: string,
    step: Step<T>,
    attempt: (next: () => Step<T>) => void,
    procedure: Procedure<T>,
    run: { exchange: number | undefined },
  ): void {
    if (step.kind === "request") {
      if (step.protect !== undefined) this.#options.protect(step.protect);
      run.exchange = peekMessage(step.octets)?.exchange;
      this.#options.send(step.octets);
      this.#timer = this.#options.clock.after(step.patience ?? answerTimeout, () => {
        this.#run?.fail(new ProcedureError("timeout"));
      });
    } else if (step.kind === "derive") {
      run.exchange = undefined;
      this.#derivation = step.derivation;
      this.#slice(name, step.derivation, (key) => attempt(() => procedure.derived(key)));
    }
  }

  #slice(name: string, derivation: Derivation, derived: (key: Uint8Array) => void): void {
    const { clock, pace, progress } = this.#options;
    progress(name, derivation.done / derivation.iterations);
    this.#timer = clock.after(pace.pause, () => {
      const key = derivation.step(pace.iterations);
      if (key === undefined) {
        this.#slice(name, derivation, derived);
        return;
      }
      this.#derivation = undefined;
      progress(name, 1);
      derived(key);
      wipe(key);
    });
  }

  /**
   * An answer from the peer. One to another request is dropped: it may be late for one that has timed out, and must not
   * end the one that is waited for. What is no message at all is a protocol error.
   */
  answer(octets: Uint8Array): void {
    const run = this.#run;
    const exchange = peekMessage(octets)?.exchange;
    if (exchange === undefined) run?.fail(new ProcedureError("protocol.unexpected", "no message"));
    else if (run?.exchange === exchange) run.step(octets);
  }

  /** Ends the run, if any, with this error. */
  fail(error: CpnsError): void {
    this.#run?.fail(error);
  }

  #clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#derivation?.cancel();
    this.#derivation = undefined;
    this.#run = undefined;
  }
}
