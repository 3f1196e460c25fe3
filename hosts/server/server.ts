import { runMain } from "../node/program/main.js";
import { Misuse } from "../node/program/misuse.js";
import { describedSettings, printedSettings, readSettings } from "../node/program/settings.js";
import { operate, operatorCommands } from "./operator.js";
import { serverSettings } from "./settings.js";
import { start } from "./start.js";

const help = `The CPNS Server: HTTPS for PN gateways, pages for people, commands for its operator.

usage: cpns server [start] [settings]        runs it; the first start makes keys, certificate and database
       cpns server COMMAND [settings]

${operatorCommands}
  config                      prints the settings as they are in effect

`;

await runMain("cpns server", async () => {
  const source = { args: process.argv.slice(2), environment: process.env };
  const { values, operands, help: wanted } = readSettings(serverSettings, source);
  if (wanted) return void process.stdout.write(help + describedSettings(serverSettings));
  const [command = "start", ...rest] = operands;
  if (command === "config") return void process.stdout.write(printedSettings(serverSettings, values));
  if (command === "start") {
    if (rest.length > 0) throw new Misuse(`'${rest[0]}' is not known`);
    return start(values);
  }
  await operate(values, command, rest);
});
