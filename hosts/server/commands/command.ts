import { checkUserID } from "../../../src/crypto/password.js";
import type { ReadTables } from "../../../src/database/store.js";
import type { Entry } from "../../../src/database/table.js";
import { Misuse } from "../../node/program/misuse.js";
import type { Setting, Values } from "../../node/program/settings.js";
import type { OpenServer } from "../open.js";

/** What a command works on and says its result by. */
export interface Call {
  readonly open: OpenServer;
  readonly values: Values;
  /** One line for people, or the same as a JSON object for programs (--json). */
  tell(line: string, fields: Readonly<Record<string, unknown>>): void;
}

export type Work = (call: Call) => Promise<void>;

/** One of the operator's commands. */
export interface OperatorCommand {
  readonly name: string;
  /** What may stand after its name, in --help. */
  readonly operands?: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** What else its own --help says. */
  readonly more?: readonly string[];
  /** Its own settings, beside those of the Server. */
  readonly options?: readonly Setting[];
  /** No Server may run on the data folder meanwhile. */
  readonly alone?: true;
  /**
   * What there is to do, by what stands after the command alone: the folder and its files come after that. Throws Misuse,
   * and CredentialError for a User ID that is none.
   */
  plan(rest: readonly string[], values: Values): Work;
}

export const asText = (octets: Uint8Array): string => String.fromCharCode(...octets);
export const asDay = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** Throws Misuse for what is not asked for. */
export function none(rest: readonly string[]): void {
  if (rest.length > 0) throw new Misuse(`'${rest[0]}' is not known`);
}

/** The one operand. Throws Misuse. */
export function only(what: string, rest: readonly string[]): string {
  const [value, more] = rest;
  if (value === undefined || more !== undefined) throw new Misuse(`${what} is expected`);
  return value;
}

/** A User ID that somebody typed. Throws CredentialError for what is none. */
export function userIDOf(text: string): Uint8Array {
  // A letter that no keypad has becomes one that the check refuses.
  const octets = Uint8Array.from(text, (letter) => Math.min(letter.charCodeAt(0), 0xff));
  checkUserID(octets);
  return octets;
}

const pageLength = 200;

/** Every row of a table, a page at a time. */
export async function each<Value>(
  { store }: OpenServer,
  table: (tables: ReadTables) => { page(after: string, limit: number): Promise<readonly Entry<Value>[]> },
  row: (key: string, value: Value) => void,
): Promise<void> {
  for (let after = ""; ; ) {
    const rows = await store.read((tables) => table(tables).page(after, pageLength));
    for (const { key, value } of rows) row(key, value);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageLength) return;
    after = last.key;
  }
}
