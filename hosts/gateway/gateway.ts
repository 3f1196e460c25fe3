import { wipe } from "../../src/base/octets.js";
import { maximumInFlight } from "../../src/gateway/serverLink.js";
import { readPin, ServerConnection, serverURL, type Trust } from "../node/https/serverConnection.js";
import { NodeClock } from "../node/nodeClock.js";
import { lockFolder } from "../node/program/folderLock.js";
import { JsonLog } from "../node/program/jsonLog.js";
import { runMain } from "../node/program/main.js";
import { Misuse } from "../node/program/misuse.js";
import { prompt } from "../node/program/prompt.js";
import {
  describedSettings,
  printedSettings,
  readSettings,
  type Setting,
  type Values,
} from "../node/program/settings.js";
import { FolderKeyValue } from "../node/storage/folderKeyValue.js";
import type { ProgramView } from "./control.js";
import { askGateway, serveControl } from "./control.js";
import { gatewayIDOf, serverAddressOf, serverIDOf } from "./identity.js";
import { accessOf, bridgeOf } from "./mqtt/open.js";
import { GatewayProgram } from "./program.js";
import { openRadio, readRadio } from "./radio/radios.js";
import { gatewaySettings } from "./settings.js";
import { gatewayWords } from "./words.js";

const help = `The PN gateway: devices over Bluetooth on one side, their CPNS Server over HTTPS on the other.

usage: cpns gateway [start] [settings]        runs it
       cpns gateway COMMAND [settings]        asks the one that runs on the state folder

  status                    what it is, and who is there; --json for programs
  enrol                     gets its own key: asks for its owner's User ID and password
  register                  registers a User ID; --change gives it a new password
  connect                   to the Server now, and says what came of it
  enrol-device ID           a device without keypad: asks for its owner's User ID and password
  invite [ID…]              devices into a network: those, or all that are there
  end PN                    ends a network for everybody
  remove PN ID              takes a device out of a network
  send PN ID TEXT           a message of the gateway to a member
  config                    prints the settings as they are in effect

`;

/** Of requests, with the poll and a handshake beside them. */
const inFlight = maximumInFlight + 4;
/** Between two tries to reach a Server that has never been reached. */
const retryTime = 5_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function start(values: Values): Promise<void> {
  const radioChoice = readRadio(values.radio ?? "");
  accessOf(values);
  const log = new JsonLog((line) => process.stderr.write(line));
  const folder = values.state ?? "";
  const store = new FolderKeyValue(folder);
  let program: GatewayProgram | undefined;
  const control = await lockFolder(folder, (socket) => {
    serveControl(socket, async (request) => {
      if (program === undefined) return { error: "the Server has not been reached yet" };
      return program.answer(request);
    });
  });
  const server = connectionTo(values, store);
  const ending = new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  const serverID = await reached(server, store, ending);
  if (serverID !== undefined) {
    const clock = new NodeClock((error) => log.event("gateway.fault", { error: String(error) }));
    const radio = await openRadio(radioChoice, { clock, log });
    const gatewayID = gatewayIDOf(store);
    const forwardSecrecy = values["forward-secrecy"] !== undefined;
    const radioTrouble = (line: string | undefined): void => {
      if (line === undefined) say("cpns gateway: the radio can be used");
      else process.stderr.write(`cpns gateway: ${line}\n`);
    };
    const ports = { clock, log, store, radio, radioTrouble, server };
    const running = new GatewayProgram({
      ...ports,
      gatewayID,
      serverID,
      forwardSecrecy,
      notify: (notice) => bridge?.take(notice),
    });
    const bridge = bridgeOf(values, running, { log, gatewayID });
    program = running;
    program.start();
    bridge?.start();
    say(`cpns gateway: running; cpns gateway status --state ${folder} shows what it sees`);
    await firstEnrolment(program);
    await ending;
    await bridge?.stop();
  }
  program?.stop();
  server.close();
  await new Promise((resolve) => control.close(resolve));
  say("cpns gateway: stopped");
  process.exit(process.exitCode ?? 0);
}

function connectionTo(values: Values, store: FolderKeyValue): ServerConnection {
  const { server, pin } = serverAddressOf(store, { server: values.server, pin: values.pin });
  if (pin !== undefined && values.ca !== undefined) throw new Misuse("one of --pin and --ca");
  const trust: Trust =
    pin !== undefined
      ? readPin(pin)
      : values.ca !== undefined
        ? { by: "ca", file: values.ca }
        : { by: "roots" };
  let told = "";
  const refused = (line: string): void => {
    if (line !== told) process.stderr.write(`cpns gateway: ${line}\n`);
    told = line;
  };
  return new ServerConnection({ server: serverURL(server), trust, inFlight, refused });
}

/** The Server's Entity ID, asked until it tells it; undefined when the program is ended before. */
async function reached(
  server: ServerConnection,
  store: FolderKeyValue,
  ending: Promise<void>,
): Promise<Uint8Array | undefined> {
  for (let first = true; ; first = false) {
    const found = await serverIDOf(store, server);
    if (found !== undefined) return found;
    if (first) say("cpns gateway: the Server is not reached yet; trying again");
    const over = await Promise.race([ending.then(() => true), wait(retryTime)]);
    if (over) return undefined;
  }
}

const wait = (time: number): Promise<false> =>
  new Promise((resolve) => setTimeout(() => resolve(false), time));

/** C-37: at the first start a person gives the gateway its own User ID and password. */
async function firstEnrolment(program: GatewayProgram): Promise<void> {
  if (program.enrolled) return;
  if (!process.stdin.isTTY) {
    say("cpns gateway: it has no key yet; give it its owner's User ID and password by: cpns gateway enrol");
    return;
  }
  while (!program.enrolled) {
    const { userID, password } = await credentials();
    const outcome = await program.command({ kind: "enrol", userID, password });
    if (!("error" in outcome)) break;
    process.stderr.write(`cpns gateway: ${gatewayWords(outcome.error)}\n`);
  }
  say("cpns gateway: it has its key, and joins devices to their Server");
}

const terminal = { input: process.stdin, output: process.stdout };

async function credentials(): Promise<{ readonly userID: Uint8Array; readonly password: Uint8Array }> {
  const userID = await prompt("User ID: ", false, terminal);
  const password = await prompt("Password: ", true, terminal);
  return { userID, password };
}

const textOf = (octets: Uint8Array): string => {
  const text = String.fromCharCode(...octets);
  wipe(octets);
  return text;
};

async function typed(): Promise<{ readonly userID: string; readonly password: string }> {
  const { userID, password } = await credentials();
  return { userID: textOf(userID), password: textOf(password) };
}

/** `status --json`. */
const jsonOption: Setting = { name: "json", about: "for status: prints a JSON object, for programs" };

async function ask(
  { state: folder = "", json }: Values,
  name: string,
  rest: readonly string[],
): Promise<void> {
  const command = async (fields: Readonly<Record<string, unknown>>): Promise<unknown> =>
    askGateway(folder, { ask: "command", command: fields });
  const one = (what: string): string => {
    if (rest.length !== 1 || rest[0] === undefined) throw new Misuse(`${name} takes ${what}`);
    return rest[0];
  };
  switch (name) {
    case "status": {
      const view = (await askGateway(folder, { ask: "view" })) as ProgramView;
      return json === undefined ? shown(view) : say(JSON.stringify(view));
    }
    case "enrol":
      await command({ kind: "enrol", ...(await typed()) });
      return say("the gateway has its key");
    case "register": {
      const change = process.argv.includes("--change");
      const userID = textOf(await prompt("User ID: ", false, terminal));
      const oldPassword = change ? textOf(await prompt("Password now: ", true, terminal)) : undefined;
      const password = textOf(await prompt("New password: ", true, terminal));
      const done = await command({ kind: "register", userID, password, ...(change && { oldPassword }) });
      return say(
        done === "changed" ? "the password is changed" : "sent: the User ID is yours if it was free",
      );
    }
    case "connect":
      await command({ kind: "connect" });
      return say("the Server and the gateway have proven themselves to each other");
    case "enrol-device": {
      const device = one("the device's ID");
      await command({ kind: "enrolDevice", device, ...(await typed()) });
      return say("the device is enrolled");
    }
    case "invite": {
      const pn = (await command({ kind: "createPN", who: rest.length > 0 ? rest : "all" })) as {
        readonly id: string;
        readonly members: readonly unknown[];
      };
      return say(`network ${pn.id} with ${pn.members.length} devices`);
    }
    case "end":
      await command({ kind: "dissolvePN", pn: one("the network's ID") });
      return say("the network has ended");
    case "remove": {
      const [pn, member, more] = rest;
      if (pn === undefined || member === undefined || more !== undefined) {
        throw new Misuse("remove takes the network's and the device's ID");
      }
      await command({ kind: "removeMember", pn, member });
      return say("the device is out of the network");
    }
    case "send": {
      const [pn, to, ...words] = rest;
      if (pn === undefined || to === undefined || words.length === 0) {
        throw new Misuse("send takes the network's ID, the device's ID and a text");
      }
      await command({ kind: "send", pn, to, text: words.join(" ") });
      return say("the device has it");
    }
    default:
      throw new Misuse(`'${name}' is no command; cpns gateway --help lists them`);
  }
}

function shown(view: ProgramView): void {
  const { entityID, keys, userID, server, radio, devices, pns, heard, serverAway } = view;
  say(`gateway   ${entityID}`);
  say(
    `key       ${keys === "empty" ? "none yet: cpns gateway enrol" : `${keys}, of ${userID ?? "its owner"}`}`,
  );
  const session = server.authenticated ? "proven" : "no session now";
  say(`Server    ${server.id}: ${serverAway === undefined ? session : `not reached (${serverAway})`}`);
  say(`radio     ${radio.usable ? "on" : (radio.error ?? "not usable")}; heard: ${heard.length}`);
  for (const { id = "(unknown yet)", name = "", hasUI, pn, idle } of devices) {
    const state = pn !== undefined ? `in ${pn}` : idle ? "idle" : "busy";
    say(`device    ${id} ${name} ${hasUI ? "with keypad" : "without keypad"}, ${state}`);
  }
  for (const { id, alias = "", members } of pns) {
    say(`network   ${id} ${alias}`);
    for (const member of members)
      say(`  member  ${member.id} ${member.name ?? ""}${member.here ? "" : " (away)"}`);
  }
}

await runMain("cpns gateway", async () => {
  const source = {
    args: process.argv.slice(2).filter((arg) => arg !== "--change"),
    environment: process.env,
  };
  const settings = [...gatewaySettings, jsonOption];
  const { values, operands, help: wanted } = readSettings(settings, source);
  if (wanted) return void process.stdout.write(help + describedSettings(settings));
  const [command = "start", ...rest] = operands;
  if (values.json !== undefined && command !== "status") throw new Misuse("--json is for status");
  if (command === "start") return start(values);
  if (command === "config") return void process.stdout.write(printedSettings(gatewaySettings, values));
  await ask(values, command, rest);
});
