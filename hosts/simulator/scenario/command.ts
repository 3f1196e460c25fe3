import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { called } from "../../node/program/called.js";
import { misread } from "../../node/program/misread.js";
import { ScenarioError } from "./errors.js";
import {
  backhaulLine,
  captureMode,
  fragmentLine,
  keylogHeader,
  keylogLine,
  keylogMode,
  type LineFile,
  openLines,
  operatorLine,
} from "./logs.js";
import { jsonLines, readable } from "./output.js";
import { play } from "./run.js";
import { readScenario, type Scenario } from "./scenario.js";

const usage = `${called("sim")} FILE [--json] [--seed S] [--keylog FILE] [--capture FILE]`;

export const ExitCode = Object.freeze({ held: 0, failed: 1, unusable: 2 });

/** Where a command writes: lines without their end. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
}

interface Options {
  readonly file: string;
  readonly json: boolean;
  readonly seed: string | undefined;
  readonly keylog: string | undefined;
  readonly capture: string | undefined;
}

/** Says in one line what keeps the scenario from being played. */
class Unusable extends Error {}

const misused = (problem: string): Unusable => new Unusable(`${problem}; usage: ${usage}`);

function readOptions(args: readonly string[]): Options {
  const parsed = attemptParse(args);
  const { json = false, seed, keylog, capture } = parsed.values;
  const [file, ...more] = parsed.positionals;
  if (file === undefined) throw misused("no scenario file");
  if (more.length > 0) throw misused("more than one scenario file");
  const files = [file, keylog, capture].filter((one) => one !== undefined).map((one) => resolve(one));
  if (new Set(files).size < files.length) throw misused("one file cannot be two");
  return { file, json, seed, keylog, capture };
}

function attemptParse(args: readonly string[]) {
  try {
    const text = { type: "string" } as const;
    const options = { json: { type: "boolean" }, seed: text, keylog: text, capture: text } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw misused(misread(error));
  }
}

/** Names the file in what is wrong with it. */
function about<Value>(file: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new Unusable(`${file}${error.line > 0 ? `:${error.line}` : ""}: ${error.message}`);
  }
}

async function run(options: Options, scenario: Scenario, terminal: Terminal): Promise<number> {
  const files: LineFile[] = [];
  const open = (file: string, mode: number): LineFile => {
    const lines = about(file, () => openLines(file, mode));
    files.push(lines);
    return lines;
  };
  try {
    const keylog = options.keylog === undefined ? undefined : open(options.keylog, keylogMode);
    const capture = options.capture === undefined ? undefined : open(options.capture, captureMode);
    keylog?.line(keylogHeader);
    const write = (line: string): void => terminal.out(line);
    const outcome = await play(scenario, {
      event: options.json ? jsonLines(write) : readable(options.file, write),
      messages: options.json,
      ...(keylog && { key: (line) => keylog.line(keylogLine(line)) }),
      fragment: (at, fragment) => capture?.line(fragmentLine(at, fragment)),
      backhaul: (at, message) => capture?.line(backhaulLine(at, message)),
      operator: (at, message) => capture?.line(operatorLine(at, message)),
    });
    return outcome.failed === 0 ? ExitCode.held : ExitCode.failed;
  } finally {
    for (const file of files) file.close();
  }
}

/** `npm run sim`: reads the scenario, plays it and says how it went. Returns the exit code. */
export async function command(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const options = readOptions(args);
    const read = about(options.file, () => readScenario(options.file));
    const header = options.seed === undefined ? read.header : { ...read.header, seed: options.seed };
    return await run(options, { ...read, header }, terminal);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    terminal.error(error.message);
    return ExitCode.unusable;
  }
}
