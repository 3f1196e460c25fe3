import { spawn } from "node:child_process";
import { here, moduleArguments } from "./build.js";

export interface TestResult {
  readonly passed: boolean;
  readonly title: string;
  readonly error?: string;
}

export interface FileResult {
  readonly file: string;
  readonly results: readonly TestResult[];
  readonly seconds: number;
}

/** No test file may take longer than this. */
const limit = 120_000;

function parse(file: string, output: string, exit: string | undefined): readonly TestResult[] {
  const results: TestResult[] = [];
  let ended = false;
  for (const line of output.split("\n").filter((each) => each !== "")) {
    try {
      const parsed = JSON.parse(line) as TestResult & { readonly ended?: boolean };
      if (parsed.ended === true) ended = true;
      else results.push(parsed);
    } catch {
      results.push({ passed: false, title: `${file} prints`, error: line });
    }
  }
  if (exit !== undefined || !ended) {
    const last = results[results.length - 1]?.title ?? "its start";
    const error = exit ?? "a promise was never settled";
    results.push({ passed: false, title: `${file} runs to its end (broke off after: ${last})`, error });
  } else if (results.length === 0) {
    results.push({ passed: false, title: `${file} has tests` });
  }
  return results;
}

/** Runs one compiled test file on XS. What breaks off, for any reason, is a failed test. */
export function runFile(xs: string, file: string, name = file): Promise<FileResult> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const entries = [`${here}mocha.js`, file, `${here}run.js`];
    const child = spawn(xs, [...moduleArguments(), ...entries], { stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const exit = code === 0 ? undefined : `${errors.trim()}\nexit ${code ?? signal}`;
      resolve({ file, results: parse(name, output, exit), seconds: (performance.now() - started) / 1000 });
    });
  });
}
