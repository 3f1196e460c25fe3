import { join } from "node:path";
import { maximumInFlight } from "../../src/gateway/serverLink.js";
import { readPin, ServerConnection, serverURL, type Trust } from "../node/https/serverConnection.js";
import { NodeClock, steadyTime } from "../node/nodeClock.js";
import { called } from "../node/program/called.js";
import { toldToEnd } from "../node/program/ending.js";
import { lockFolder } from "../node/program/folderLock.js";
import { JsonLog } from "../node/program/jsonLog.js";
import { runMain } from "../node/program/main.js";
import { Misuse } from "../node/program/misuse.js";
import { NothingTyped, writeLines } from "../node/program/prompt.js";
import {
  describedSettings,
  printedSettings,
  readSettings,
  type Setting,
  type Values,
} from "../node/program/settings.js";
import { doorLog } from "../node/program/sparingLog.js";
import { reasonWithCode } from "../node/program/systemReason.js";
import { FolderKeyValue, makePrivateFolder } from "../node/storage/folderKeyValue.js";
import { ask, credentials } from "./ask.js";
import { type ControlAnswer, ControlConnections, type ControlRequest } from "./control.js";
import { gatewayIDOf, serverAddressOf, serverIDOf } from "./identity.js";
import { accessOf, bridgeOf } from "./mqtt/open.js";
import { type OpenPage, openPage, pageLines, pagePlace } from "./pages/open.js";
import { GatewayProgram } from "./program.js";
import { openRadio, readRadio } from "./radio/radios.js";
import { gatewayCommand, gatewaySettings } from "./settings.js";
import { UpdateShelf } from "./updates.js";
import { gatewayWords } from "./words.js";

const call = called("gateway");
const help = `The PN gateway: devices over Bluetooth on one side, their CPNS Server over HTTPS on the other.

usage: ${call} [start] [settings]  runs it
       ${call} COMMAND [settings]  asks the one that runs

  status                    what it is, and who is there; --json for programs
  enrol                     gets its own key: asks for User ID and password
  register                  registers a User ID; --change gives it a new password
  connect                   to the Server now, and says what came of it
  enrol-device ID           a device without keypad: asks for its owner's; --how credentials|temporaryKey
  invite [ID…]              into a network: those, or all that are there
  end PN                    ends a network for everybody
  remove PN ID              takes a device out of a network
  send PN ID TEXT           a message of the gateway to a member
  update [ID|all FILE|stop] new firmware; without ID: what is on its way
  guests [add USER…|remove USER…|everybody yes|no]
                            whom its owner lets in: asks for the password
  page                      where its page is, and the code for a first password; --reset forgets it
  config                    prints the settings as they are in effect

`;

/** Of requests, with the poll and a handshake beside them. */
const inFlight = maximumInFlight + 4;
/** Between two tries to reach a Server that has never been reached. */
const retryTime = 5_000;
const say = (line: string): void => writeLines(process.stdout, `${line}\n`);
const complain = (line: string): void => writeLines(process.stderr, `cpns gateway: ${line}\n`);

async function start(values: Values): Promise<void> {
  const radioChoice = readRadio(values.radio ?? "");
  accessOf(values);
  pagePlace(values);
  const log = doorLog(new JsonLog((line) => writeLines(process.stderr, line)));
  const folder = values.state ?? "";
  makePrivateFolder(folder);
  let program: GatewayProgram | undefined;
  let page: OpenPage | undefined;
  const answer = async (request: ControlRequest): Promise<ControlAnswer> => {
    if (request.ask === "page") {
      return page === undefined ? { error: "it has no page (--page)" } : { value: page.view(request.reset) };
    }
    if (program === undefined) return { error: "the Server has not been reached yet" };
    return program.answer(request);
  };
  const connections = new ControlConnections(answer);
  const control = await lockFolder(folder, connections.serve);
  // What it clears away may be half written where another gateway runs: not before the folder is ours.
  const store = new FolderKeyValue(folder);
  const server = connectionTo(values, store);
  // A path of this machine is nothing for who only reaches its page.
  const onPage = async (request: ControlRequest): Promise<ControlAnswer> =>
    request.ask === "command" && request.command.kind === "update"
      ? { error: `${called("gateway")} update takes it` }
      : answer(request);
  page = await openPage(values, { store, log, answer: onPage }, complain);
  if (page !== undefined) for (const line of pageLines(page.view(false))) say(`cpns gateway: ${line}`);
  const ending = toldToEnd();
  const fault = (error: unknown): void => log.event("gateway.fault", { error: String(error) });
  const clock = new NodeClock(fault, steadyTime());
  // Before the Server is reached: what keeps the radio from being opened is told at once.
  const radio = await openRadio(radioChoice, { clock, log });
  const serverID = await reached(server, store, ending);
  if (serverID !== undefined) {
    const gatewayID = gatewayIDOf(store);
    const forwardSecrecy = values["forward-secrecy"] !== undefined;
    const radioTrouble = (line: string | undefined): void => {
      if (line === undefined) say("cpns gateway: the radio can be used");
      else complain(line);
    };
    const ports = { clock, log, store, radio, radioTrouble, server };
    const asking = new AbortController();
    ending.then(() => asking.abort());
    const changed = (): void => {
      page?.changed();
      // At another terminal, or at the page: nobody needs to type it here.
      if (program?.enrolled === true) asking.abort();
    };
    const running = new GatewayProgram({
      ...ports,
      gatewayID,
      serverID,
      forwardSecrecy,
      notify: (notice) => {
        bridge?.take(notice);
        changed();
      },
      changed,
      broker: () => bridge?.state,
      updates: new UpdateShelf(join(folder, "updates")),
    });
    const bridge = bridgeOf(values, running, { log, gatewayID });
    program = running;
    program.start();
    bridge?.start();
    say(`cpns gateway: running; ${gatewayCommand("status", folder)} shows what it sees`);
    await firstEnrolment(program, asking.signal, { folder, hasPage: page !== undefined });
    await ending;
    await bridge?.stop();
  }
  await page?.close();
  program?.stop();
  server.close();
  await new Promise((resolve) => {
    control.close(resolve);
    connections.end();
  });
  say("cpns gateway: stopped");
  process.exit(process.exitCode ?? 0);
}

function connectionTo(values: Values, store: FolderKeyValue): ServerConnection {
  const { server, pin } = serverAddressOf(store, values);
  const trust: Trust =
    pin !== undefined
      ? readPin(pin)
      : values.ca !== undefined
        ? { by: "ca", file: values.ca }
        : { by: "roots" };
  let told = "";
  const refused = (line: string): void => {
    if (line !== told) complain(line);
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
    const found = await Promise.race([serverIDOf(store, server), ending.then(() => "over" as const)]);
    if (found === "over") return undefined;
    if (found !== undefined) return found;
    if (first) say(`cpns gateway: the Server is not reached yet${because(server.trouble)}; trying again`);
    const over = await Promise.race([ending.then(() => true), wait(retryTime)]);
    if (over) return undefined;
  }
}

const because = (why: string | undefined): string => (why === undefined ? "" : `: ${reasonWithCode(why)}`);

const wait = (time: number): Promise<false> =>
  new Promise((resolve) => setTimeout(() => resolve(false), time));

/** C-37: at the first start a person gives the gateway its own User ID and password. */
async function firstEnrolment(
  program: GatewayProgram,
  signal: AbortSignal,
  { folder, hasPage }: { readonly folder: string; readonly hasPage: boolean },
): Promise<void> {
  if (program.enrolled) return;
  if (!process.stdin.isTTY) {
    say(
      `cpns gateway: it has no key yet; give it its owner's User ID and password by: ${gatewayCommand("enrol", folder)}${hasPage ? ", or on its page" : ""}`,
    );
    return;
  }
  while (!program.enrolled) {
    const typed = await credentials(signal).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      if (!(error instanceof NothingTyped)) throw error;
      // Ctrl-C is for the program, as at any other time.
      process.kill(process.pid, "SIGINT");
      return undefined;
    });
    if (typed === undefined) break;
    const outcome = await program.command({ kind: "enrol", ...typed });
    if (!("error" in outcome)) break;
    complain(gatewayWords(outcome.error));
  }
  if (program.enrolled) say("cpns gateway: it has its key, and joins devices to their Server");
}

/** Of the commands that ask; the help has them there. */
const options: readonly Setting[] = [
  { name: "json", about: "" },
  { name: "change", about: "" },
  { name: "how", value: "WAY", about: "" },
  { name: "reset", about: "" },
];
const takes: Readonly<Record<string, readonly string[]>> = Object.freeze({
  status: ["json"],
  update: ["json"],
  page: ["json", "reset"],
  register: ["change"],
  "enrol-device": ["how"],
});

async function main(): Promise<void> {
  const source = { args: process.argv.slice(2), environment: process.env };
  const settings = [...gatewaySettings, ...options];
  const { values, operands, help: wanted } = readSettings(settings, source);
  if (wanted) return void process.stdout.write(help + describedSettings(gatewaySettings));
  const [command = "start", ...rest] = operands;
  for (const { name } of options) {
    if (values[name] === undefined || takes[command]?.includes(name)) continue;
    const takers = Object.keys(takes).filter((one) => takes[one]?.includes(name));
    throw new Misuse(`--${name} is for ${takers.join(" and ")}`);
  }
  if ((command === "start" || command === "config") && rest.length > 0)
    throw new Misuse(`${command} takes nothing more`);
  if (command === "start") return start(values);
  if (command === "config") return void process.stdout.write(printedSettings(gatewaySettings, values));
  await ask(values, command, rest);
}

await runMain("cpns gateway", main, undefined, call);
