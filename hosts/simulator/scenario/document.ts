import { readFileSync, statSync } from "node:fs";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { Milliseconds } from "../../../src/base/units.js";
import { ScenarioError } from "./errors.js";

export const maximumFile = 1024 * 1024;

/** The text of a scenario file. Throws ScenarioError when there is no such file, or it is too big or no text. */
export function readText(file: string): string {
  let octets: Uint8Array;
  try {
    const { size } = statSync(file);
    if (size > maximumFile) throw new ScenarioError(0, `the file has ${size} octets; at most ${maximumFile}`);
    octets = readFileSync(file);
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw new ScenarioError(
      0,
      `the file cannot be read: ${reasons[(error as { code?: string }).code ?? ""] ?? error}`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    throw new ScenarioError(0, "the file is not UTF-8 text");
  }
}

const reasons: Readonly<Record<string, string>> = Object.freeze({
  ENOENT: "there is none",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
});

/** A value of the file with its line and what it is called in messages. */
export class Item {
  readonly node: unknown;
  readonly line: number;
  /** Of the key that it stands behind, which may be lines above it. */
  readonly keyLine: number;
  readonly what: string;
  readonly #lines: LineCounter;

  constructor(node: unknown, line: number, what: string, lines: LineCounter) {
    this.node = node;
    this.what = what;
    this.#lines = lines;
    this.line = lineOf(node, lines) ?? line;
    this.keyLine = isMap(node) || isSeq(node) ? line : this.line;
    if (isAlias(node)) this.fail("an alias is not taken here");
  }

  fail(message: string): never {
    throw new ScenarioError(this.line, message);
  }

  #expected(kind: string): never {
    this.fail(`${this.what} is not ${kind}`);
  }

  /** A member that is not there, in this line. */
  none(what: string): Item {
    return new Item(null, this.line, what, this.#lines);
  }

  get empty(): boolean {
    return this.node === null || this.node === undefined || (isScalar(this.node) && this.node.value === null);
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  get isList(): boolean {
    return isSeq(this.node);
  }

  /** Its members by key. Keys are plain text and stand once. */
  members(): Map<string, Item> {
    if (!isMap(this.node)) this.#expected("a mapping of keys");
    const members = new Map<string, Item>();
    for (const { key, value } of this.node.items) {
      if (!isScalar(key) || typeof key.value === "object")
        this.fail(`a key of ${this.what} is not plain text`);
      const name = String(key.value);
      const line = lineOf(key, this.#lines) ?? this.line;
      members.set(name, new Item(value, line, `'${name}'`, this.#lines));
    }
    return members;
  }

  /** Members whose keys are all known. */
  fields(known: readonly string[]): Map<string, Item> {
    const members = this.members();
    for (const [name, item] of members) {
      if (!known.includes(name)) unknown(item, `key '${name}' of ${this.what}`, known);
    }
    return members;
  }

  list(most: number): Item[] {
    if (!isSeq(this.node)) this.#expected("a list");
    if (this.node.items.length > most) this.fail(`${this.what} has more than ${most} entries`);
    return this.node.items.map((node) => new Item(node, this.line, `an entry of ${this.what}`, this.#lines));
  }

  /** Text as it is written: `007` stays 007. */
  text(most = 200): string {
    if (!isScalar(this.node) || this.empty) this.#expected("text");
    const { value, source } = this.node;
    const text = typeof value === "string" ? value : (source ?? String(value));
    if (text.length > most) this.fail(`${this.what} has more than ${most} characters`);
    return text;
  }

  /** Characters that keypads have. */
  printable(most: number): string {
    const text = this.text(most);
    if (!/^[ -~]+$/.test(text)) this.#expected("printable ASCII text");
    return text;
  }

  /** A name for people, octets of UTF-8 at most. */
  label(most: number): string {
    const text = this.text(most);
    if (text.trim() === "" || Buffer.byteLength(text) > most) this.#expected(`1 to ${most} octets of text`);
    return text;
  }

  integer(least: number, most: number): number {
    const value = isScalar(this.node) ? this.node.value : undefined;
    const inside = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    if (!inside) this.#expected(`a whole number, ${least} to ${most}`);
    return value;
  }

  boolean(): boolean {
    const value = isScalar(this.node) ? this.node.value : undefined;
    if (typeof value !== "boolean") this.#expected("true or false");
    return value;
  }

  choice<Value extends string>(values: readonly Value[]): Value {
    const text = isScalar(this.node) && !this.empty ? this.text() : "";
    const found = values.find((value) => value === text);
    if (found === undefined) this.#expected(`one of ${oneOf(values)}`);
    return found;
  }

  duration(): Milliseconds {
    const text = isScalar(this.node) && !this.empty ? this.text() : "";
    const [, count, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|min|h|d)$/.exec(text) ?? [];
    const time = Math.round(Number(count) * (units[unit ?? ""] ?? Number.NaN));
    if (!(time <= longest)) this.#expected("a duration such as 500ms, 2s, 5min, 1h, or 365d at most");
    return Milliseconds(time);
  }
}

const units: Readonly<Record<string, number>> = Object.freeze({
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
});
const longest = 365 * 86_400_000;

/** What is listed; of a thousand devices nobody reads the rest. */
const longestList = 50;

const oneOf = (known: readonly string[]): string =>
  known.length > longestList
    ? `${known.slice(0, longestList).join(", ")} and ${known.length - longestList} more`
    : known.join(", ");

export function unknown(item: Item, what: string, known: readonly string[]): never {
  throw new ScenarioError(item.keyLine, `${what} is not known; expected one of ${oneOf(known)}`);
}

function lineOf(node: unknown, lines: LineCounter): number | undefined {
  const at = (node as { range?: readonly number[] | null } | null)?.range?.[0];
  return at === undefined ? undefined : lines.linePos(at).line;
}

/** A scenario needs six. */
const deepest = 60;

/** The parser's time grows with the square of the depth: what is deeper than any scenario does not reach it. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > deepest) return true;
  }
  return new RegExp(`([-?:][ \\t]+){${deepest}}`).test(text);
}

/** The root of a YAML text. Throws ScenarioError for its first error of syntax. */
export function parse(text: string): Item {
  if (tooDeep(text)) throw new ScenarioError(0, "it is nested too deeply");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const several = problem.code === "MULTIPLE_DOCS";
    const message = several ? "it has more than one document" : (problem.message.split("\n")[0] ?? "");
    throw new ScenarioError(lines.linePos(problem.pos[0]).line, `not YAML: ${message}`);
  }
  const root = new Item(document.contents, 1, "the scenario", lines);
  if (root.empty) throw new ScenarioError(0, "the file is empty");
  return root;
}
