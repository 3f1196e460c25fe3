import type { Log } from "../../src/base/ports.js";
import { called } from "../node/program/called.js";
import { Misuse, Refusal } from "../node/program/misuse.js";
import type { Setting, Values } from "../node/program/settings.js";
import { backup, restore } from "./commands/backups.js";
import { check } from "./commands/check.js";
import type { OperatorCommand } from "./commands/command.js";
import { none } from "./commands/command.js";
import { devices } from "./commands/devices.js";
import { audit, gateways, networks } from "./commands/lists.js";
import { rotateKey } from "./commands/rotateKey.js";
import { tokens } from "./commands/tokens.js";
import { users } from "./commands/users.js";
import { webhooks } from "./commands/webhooks.js";
import { hasKeys } from "./keys.js";
import { lockData } from "./lock.js";
import { dataFolder, openServer } from "./open.js";

const init: OperatorCommand = {
  name: "init",
  about: "makes keys and database",
  plan(rest, { data = "" }) {
    none(rest);
    return async ({ tell }) =>
      tell(`${data} is made; keep a copy of server.keys apart from the database's`, { data, done: "made" });
  },
};

/** In the order of --help. */
export const operatorCommands: readonly OperatorCommand[] = Object.freeze([
  init,
  users,
  devices,
  gateways,
  networks,
  tokens,
  webhooks,
  audit,
  backup,
  restore,
  rotateKey,
  check,
]);

/** Every command takes it. */
export const jsonOption: Setting = Object.freeze({
  name: "json",
  about: "prints JSON, an object a line, for programs",
});

const quiet: Log = Object.freeze({ event() {} });

/** Throws Misuse. */
export function operatorCommand(name: string): OperatorCommand {
  const found = operatorCommands.find((one) => one.name === name);
  if (found === undefined) throw new Misuse(`'${name}' is no command; ${called("server")} --help lists them`);
  return found;
}

/** Runs one command on the Server's data; the Server itself may be running, unless the command wants it alone. */
export async function operate(
  command: OperatorCommand,
  values: Values,
  rest: readonly string[],
  write: (text: string) => void,
): Promise<void> {
  const work = command.plan(rest, values);
  const folder = dataFolder(values);
  if (command === init && hasKeys(folder)) throw new Refusal(`${values.data} has its keys already`);
  const lock = command.alone ? lockData(folder) : undefined;
  try {
    const makesFile = command === restore && rest.length > 0;
    const open = await openServer(values, quiet, command === init, makesFile);
    const tell = (line: string, fields: Readonly<Record<string, unknown>>): void => {
      write(`${values.json === undefined ? line : JSON.stringify(fields)}\n`);
    };
    try {
      await work({ open, values, tell });
    } finally {
      await open.database.close();
    }
  } finally {
    lock?.release();
  }
}
