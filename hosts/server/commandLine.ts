import { called } from "../node/program/called.js";
import {
  describedSettings,
  printedSettings,
  readSettings,
  type Setting,
  type SettingsSource,
} from "../node/program/settings.js";
import { none, type OperatorCommand } from "./commands/command.js";
import { jsonOption, operate, operatorCommand, operatorCommands } from "./operator.js";
import { serverSettings } from "./settings.js";
import { start } from "./start.js";

const usage = ({ name, operands = "" }: OperatorCommand): string => `${name} ${operands}`.trimEnd();

function help(): string {
  const rows = [
    ...operatorCommands.map((one) => [usage(one), one.about] as const),
    ["config", "prints the settings in effect"] as const,
  ];
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  const call = called("server");
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
  return `The CPNS Server: HTTPS for PN gateways, pages for people, commands for its operator.

usage: ${call} [start] [settings]        runs it; the first start makes keys, certificate and database
       ${call} COMMAND [settings]        COMMAND --help says more; --json prints for programs

${lines.join("\n")}

`;
}

function helpOf(command: OperatorCommand): string {
  const more = (command.more ?? []).map((line) => `${line}\n`).join("");
  return `${called("server")} ${usage(command)}: ${command.about}.\n${more === "" ? "" : `\n${more}`}\n`;
}

const everySetting: readonly Setting[] = [
  ...serverSettings,
  jsonOption,
  ...operatorCommands.flatMap(({ options = [] }) => options),
];

/** The command's own settings: others must not take them. */
function settingsOf(name: string | undefined): readonly Setting[] {
  const command = operatorCommands.find((one) => one.name === name);
  if (command === undefined) return serverSettings;
  return [...serverSettings, jsonOption, ...(command.options ?? [])];
}

/** `cpns server` with its arguments: one of its commands to the end. What it prints goes to `write`. */
export async function serverCommand(source: SettingsSource, write: (text: string) => void): Promise<void> {
  const [name] = readSettings(everySetting, source).operands;
  const settings = settingsOf(name);
  const { values, operands, help: wanted } = readSettings(settings, source);
  const [command = "start", ...rest] = operands;
  if (wanted) {
    const own = operatorCommands.find((one) => one.name === command);
    return write((own ? helpOf(own) : help()) + describedSettings(settings));
  }
  if (command === "config" || command === "start") {
    none(rest);
    return command === "start" ? start(values) : write(printedSettings(serverSettings, values));
  }
  await operate(operatorCommand(command), values, rest, write);
}
