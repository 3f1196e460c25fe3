/** What is wrong with a scenario file, and in which line; `line` 0 is the file as a whole. */
export class ScenarioError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = "ScenarioError";
    this.line = line;
  }
}

/** A step that cannot be done, as the device is: the scenario has failed. */
export class StepFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StepFailure";
  }
}
