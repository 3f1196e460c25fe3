import { called } from "../node/program/called.js";
import { lineOf } from "../node/program/main.js";
import { watchOutput } from "../node/program/output.js";
import { serveDevices } from "./external/command.js";
import { command } from "./scenario/command.js";
import { joinFromTerminal } from "./terminal/command.js";

watchOutput("cpns sim");

const help = `Plays a scenario in virtual time, or stands in for gateway and Server of a firmware that joins from outside.

usage: ${called("sim")} FILE [--json] [--seed S] [--keylog FILE] [--capture FILE]
       ${called("sim")} --listen PORT [--user ID:PASSWORD] [--mtu 185]
       ${called("sim")} --join PATH|PORT [--data FOLDER] [--name NAME] [--app APP]
               [--update-key HEX]

  FILE                what happens, and what is expected of it (docs/SCENARIOS.md)
  --json              one event a line, for programs
  --seed S            other random numbers than the file's
  --keylog FILE       writes every secret of the run; this and the next exist in the simulator only
  --capture FILE      writes every octet on the wire
  --listen PORT       waits for firmware at this TCP port, in wall time, until Ctrl-C
  --user ID:PASSWORD  a user that is registered, more than once for more; demo:sesame42 unless told
  --mtu N             ATT_MTU of the radio, 23 to 517
  --join PATH|PORT    one device on this terminal, in the air of a gateway that was started with
                      --radio virtual:PATH or virtual:PORT, until Ctrl-C
  --data FOLDER       where the device keeps its flash; forgotten at the end unless told
  --name NAME         what the device is called
  --app APP           what it is for: thermometer, lamp, remote, doorbell, or one of your own
  --update-key HEX    whose firmware it takes from its gateway, as \`firmware:sign public\` prints it; the
                      simulator's own, which everybody knows, unless told
  --help              prints this and does nothing

It ends with 0 when every expectation holds, 1 when one does not, 2 when it could not be played.`;

const args = process.argv.slice(2);
// A scenario is played; a real firmware that joins from outside lives as long as its person wants.
const terminal = {
  out: (line: string) => void process.stdout.write(`${line}\n`),
  error: (line: string) => void process.stderr.write(`${line}\n`),
};

async function run(): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) return terminal.out(help);
  if (args.includes("--join")) {
    const wide = process.stdout.isTTY === true && { columns: () => process.stdout.columns };
    process.exit(await joinFromTerminal(args, { ...terminal, ...wide, keys: process.stdin }));
  }
  if (args.includes("--listen")) process.exit(await serveDevices(args, terminal));
  process.exitCode = await command(args, terminal);
}

try {
  await run();
} catch (error) {
  terminal.error(lineOf(error));
  process.exit(2);
}
