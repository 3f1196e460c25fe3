import { randomBytes } from "node:crypto";
import type { Device } from "../factory/device.js";
import { readImportFile } from "../factory/importFile.js";
import { refusalOf } from "../factory/refusals.js";
import { called } from "../node/program/called.js";
import { toldToEnd } from "../node/program/ending.js";
import { type LiveDevice, LiveNetwork } from "./panel/live.js";
import { openBrowser } from "./panel/open.js";
import { type Panel, startPanel } from "./panel/server.js";
import { WallClock } from "./world/clock.js";

/** `npm start`: a few devices, one gateway, one Server, and the panel in the browser. */

const demo = Object.freeze({ userID: "demo", password: "sesame42" });

/** Some of a family's devices; those without keypad are enrolled at the gateway (SEC-05, SEC-04). */
const withKeypad: readonly LiveDevice[] = [
  { id: "kitchen", name: "Kitchen", board: "matrix", secure: false, reachable: true },
  { id: "hall", name: "Hall", board: "nodemcu", secure: false, reachable: true, application: "remote" },
];
const bare = { board: "bare", reachable: true } as const;
const sensor = { ...bare, id: "sensor", name: "Sensor", secure: false, application: "thermometer" } as const;
const lamp = { ...bare, id: "lamp", name: "Lamp", secure: true, application: "lamp" } as const;

/** Sensor and lamp are the first two devices that a factory has made, or made up. */
function family(made: readonly Device[]): readonly LiveDevice[] {
  const [
    first = { entityID: randomBytes(16), temporaryKey: randomBytes(32) },
    second = { entityID: randomBytes(16) },
  ] = made;
  return [...withKeypad, { ...sensor, ...first }, { ...lamp, ...second }];
}

const usageLine = `${called("start")} [--port 7080] [--mtu 185] [--devices FILE] [--no-open]`;

const help = `A few devices, one gateway and one Server in wall time, with the panel in the browser.

usage: ${usageLine}

  --port N        where the panel listens; 7080 unless told
  --mtu N         ATT_MTU of the radio, 23 to 517
  --devices FILE  the factory's import file; its first two devices are sensor and lamp
  --no-open       opens no browser
  --help          prints this and does nothing`;

interface Arguments {
  readonly port: number;
  readonly open: boolean;
  readonly mtu: number;
  /** The Server's import file. */
  readonly file: string | undefined;
}

/** Ends with one line: what is wrong, and what is possible. */
function usage(problem: string): never {
  process.stderr.write(`cpns: ${problem}; usage: ${usageLine}\n`);
  process.exit(2);
}

function number(name: string, value: string | undefined, least: number, most: number): number {
  const parsed = Number(value);
  if (value === undefined || !Number.isInteger(parsed) || parsed < least || parsed > most) {
    usage(`${name} takes a whole number from ${least} to ${most}`);
  }
  return parsed;
}

function parse(args: readonly string[]): Arguments {
  let port = 7080;
  let mtu = 185;
  let open = true;
  let file: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === "--port") port = number(arg, args[++i], 1, 65_535);
    else if (arg === "--mtu") mtu = number(arg, args[++i], 23, 517);
    else if (arg === "--devices") file = args[++i] ?? usage("--devices takes a file");
    else if (arg === "--no-open") open = false;
    else usage(`'${arg}' is not known`);
  }
  return { port, mtu, open, file };
}

/** What the Server is to import, or the end with one line. */
function importedDevices(file: string): readonly Device[] {
  try {
    return readImportFile(file);
  } catch (error) {
    process.stderr.write(`cpns: ${file}: ${refusalOf(error)}\n`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  if (process.argv.includes("--help") || process.argv.includes("-h")) {
    process.stdout.write(`${help}\n`);
    return;
  }
  const { port, mtu, open, file } = parse(process.argv.slice(2));
  const imports = file === undefined ? [] : importedDevices(file);
  const clock = new WallClock();
  const network = new LiveNetwork({
    clock,
    seed: randomBytes(8).toString("hex"),
    mtu,
    users: [demo],
    devices: family(imports),
    ...(file !== undefined && { imports }),
  });
  let panel: Panel | undefined;
  const stop = (): void => {
    process.stdout.write("\ncpns: stopped\n");
    clock.stop();
    panel?.close();
  };
  toldToEnd().then(stop);
  panel = await startPanel(network, { port, say: (line) => process.stdout.write(`${line}\n`) });
  await network.start();
  process.stdout.write(
    `cpns: the panel is at ${panel.url}\n` +
      `cpns: try User ID ${demo.userID}, password ${demo.password}; Ctrl-C ends it\n`,
  );
  if (file !== undefined) {
    process.stdout.write(
      `cpns: the Server has ${imports.length} devices of ${file}; the first two are sensor and lamp\n`,
    );
  }
  if (open) openBrowser(panel.url);
}

main().catch((error: unknown) => {
  process.stderr.write(`cpns: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
