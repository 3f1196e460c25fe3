import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { misread } from "./misread.js";
import { Misuse } from "./misuse.js";

/** One setting of a program. Flags go over the environment, the environment over the file, the file over `otherwise`. */
export interface Setting {
  /** Its flag without dashes, and its name in the file: "data". */
  readonly name: string;
  /** What stands for the value in --help; without one it is a switch. */
  readonly value?: string;
  readonly about: string;
  readonly otherwise?: string;
  /** Masked wherever settings are printed, and not taken from the command line, which others can read. */
  readonly secret?: boolean;
}

export type Values = Readonly<Record<string, string | undefined>>;

export interface SettingsSource {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The environment's name of a setting: CPNS_DATA. */
const variable = (name: string): string => `CPNS_${name.replaceAll("-", "_").toUpperCase()}`;

const switchedOn = "yes";

/** The effective settings, and what stands beside them on the command line. Throws Misuse in one line. */
export function readSettings(
  settings: readonly Setting[],
  { args, environment }: SettingsSource,
): { readonly values: Values; readonly operands: readonly string[]; readonly help: boolean } {
  const { flags, operands, help } = readFlags(settings, args);
  const path = flags.config ?? environment.CPNS_CONFIG;
  const file = help || path === undefined ? {} : readFile(settings, path);
  const values: Record<string, string | undefined> = {};
  for (const { name, otherwise } of settings) {
    values[name] = flags[name] ?? (environment[variable(name)] || undefined) ?? file[name] ?? otherwise;
  }
  return { values, operands, help };
}

function readFlags(settings: readonly Setting[], args: readonly string[]) {
  const known = settings.filter(({ secret }) => secret !== true);
  const types = known.map(({ name, value }) => [
    name,
    { type: value === undefined ? "boolean" : "string" } as const,
  ]);
  const options = {
    ...Object.fromEntries(types),
    config: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      tokens: true,
    });
    const names = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const twice = names.find((name, at) => names.indexOf(name) < at);
    if (twice !== undefined) throw new Misuse(`--${twice} stands twice`);
    const flags: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(values)) {
      flags[name] = typeof value === "string" ? value : switchedOn;
    }
    return { flags, operands: positionals, help: flags.help !== undefined };
  } catch (error) {
    if (error instanceof Misuse) throw error;
    const secret = settings.find(
      (one) => one.secret && args.some((arg) => arg.split("=")[0] === `--${one.name}`),
    );
    // Whoever lists the machine's processes reads their command lines.
    if (secret)
      throw new Misuse(`--${secret.name} is secret: give it by ${variable(secret.name)} or in --config FILE`);
    throw new Misuse(misread(error));
  }
}

function readFile(settings: readonly Setting[], path: string): Values {
  let found: unknown;
  try {
    found = parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message.split("\n")[0];
    throw new Misuse(`--config ${path}: ${why}`);
  }
  if (found === null || found === undefined) return {};
  if (typeof found !== "object" || Array.isArray(found))
    throw new Misuse(`--config ${path}: it is no list of names and values`);
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(found)) {
    const setting = settings.find((one) => one.name === name);
    if (setting === undefined) throw new Misuse(`--config ${path}: '${name}' is not known`);
    if (value === false || value === null) continue;
    if (!["string", "number", "boolean"].includes(typeof value))
      throw new Misuse(`--config ${path}: '${name}' takes one value`);
    values[name] = value === true ? switchedOn : String(value);
  }
  return values;
}

/** `name: value`, a line each, as --config takes them; what is secret is masked. */
export function printedSettings(settings: readonly Setting[], values: Values): string {
  return settings
    .filter(({ name }) => values[name] !== undefined)
    .map(({ name, secret }) => `${name}: ${secret ? "(secret)" : values[name]}\n`)
    .join("");
}

/** The lines of --help. */
export function describedSettings(settings: readonly Setting[]): string {
  const rows = settings.map(({ name, value, about, otherwise, secret }) => {
    const left = secret ? `  ${variable(name)}` : `  --${name}${value === undefined ? "" : ` ${value}`}`;
    return [left, otherwise === undefined ? about : `${about} (default: ${otherwise})`] as const;
  });
  rows.push([
    "  --config FILE",
    "a YAML file with these names; the environment (CPNS_DATA, …) goes over it, flags over both",
  ]);
  rows.push(["  --help", "prints this and does nothing"]);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `${left.padEnd(width)}${right}\n`).join("");
}

/** A whole number from `least` to `most`. Throws Misuse. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < least || value > most) {
    throw new Misuse(`${name} takes a whole number from ${least} to ${most}`);
  }
  return value;
}

/** HOST:PORT or PORT; an IPv6 address may stand in brackets, as in a URL. Throws Misuse. */
export function placeOf(name: string, text: string): { readonly host?: string; readonly port: number } {
  const [, bracketed, plain, port] =
    /^(?:(?:\[([\da-f]*:[\da-f:.]*)\]|([^[\]:]+)):)?(\d+)$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (port === undefined) throw new Misuse(`${name} takes PORT or HOST:PORT`);
  return { ...(host !== undefined && { host }), port: wholeNumber(name, port, 0, 65_535) };
}
