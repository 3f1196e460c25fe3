// What every command of tools/run.mjs says about itself, and how its arguments are read: one table a command, from
// which come its --help, its line of usage and the refusal of what it does not know (exit code 2).
import { parseArgs } from "node:util";
import { fail } from "./setup.mjs";

/** `npm run` takes a script's own arguments after `--`; start and test have scripts of npm's own. */
export const callOf = (name) => (name === "start" || name === "test" ? `npm ${name}` : `npm run ${name}`);

const shown = ({ name, value }) => `--${name}${value === undefined ? "" : ` ${value}`}`;

/** One line: `npm run bench -- [--check]`. */
export function usageOf(name, { options = [], operands }) {
  const parts = [...options.map((option) => `[${shown(option)}]`), ...(operands ? [operands.usage] : [])];
  return [callOf(name), ...(parts.length > 0 ? ["--", ...parts] : [])].join(" ");
}

/** What --help prints. */
export function helpOf(name, command) {
  const { about, options = [], operands, more = [] } = command;
  const rows = [
    ...(operands ? [[operands.usage, operands.about]] : []),
    ...options.map((option) => [shown(option), option.about]),
    ["--help", "prints this and does nothing"],
  ];
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const list = rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
  const rest = more.length > 0 ? ["", ...more] : [];
  return `${[about, "", `usage: ${usageOf(name, command)}`, "", ...list, ...rest].join("\n")}\n`;
}

/** A command that was called wrongly: one line, exit code 2. */
export function misused(name, command, problem) {
  fail(`${problem}; usage: ${usageOf(name, command)}`, 2);
}

/** --help among what stands before a lone `--`. */
export function wantsHelp(args) {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--help" || arg === "-h");
}

/** { options, operands } as the command's table has them; ends the process when the arguments are not that. */
export function readArguments(name, command, args) {
  const types = (command.options ?? []).map(({ name: option, value, repeated = false }) => [
    option,
    { type: value === undefined ? "boolean" : "string", multiple: repeated },
  ]);
  try {
    const parsed = parseArgs({ args, options: Object.fromEntries(types), allowPositionals: true });
    if (parsed.positionals.length > 0 && !command.operands)
      misused(name, command, `'${parsed.positionals[0]}' is not known`);
    return { options: parsed.values, operands: parsed.positionals };
  } catch (error) {
    // Node's own words go on with advice for whoever writes the program.
    return misused(name, command, error.message.split(/[\n.]/)[0]);
  }
}
