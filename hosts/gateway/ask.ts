import { wipe } from "../../src/base/octets.js";
import { called } from "../node/program/called.js";
import { Misuse } from "../node/program/misuse.js";
import { newPassword } from "../node/program/newPassword.js";
import { prompt, prompts } from "../node/program/prompt.js";
import type { Values } from "../node/program/settings.js";
import { askUpdate } from "./askUpdate.js";
import { askGateway } from "./control.js";
import { pageLines } from "./pages/open.js";
import { gatewayCommand } from "./settings.js";
import type { GuestsView, PageView, ProgramView } from "./views.js";
import { memberLine } from "./words.js";

/** The commands of `cpns gateway` that ask the one that runs. */

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const terminal = { input: process.stdin, output: process.stdout };

/** Asks at the terminal, until `signal` is aborted, whose reason is thrown then. The octets are the caller's to wipe. */
export async function credentials(
  signal?: AbortSignal,
): Promise<{ readonly userID: Uint8Array; readonly password: Uint8Array }> {
  return prompts(
    terminal,
    async (ask) => ({ userID: await ask("User ID: ", false), password: await ask("Password: ", true) }),
    signal,
  );
}

const textOf = (octets: Uint8Array): string => {
  const text = String.fromCharCode(...octets);
  wipe(octets);
  return text;
};

/** Before anything is typed: a gateway runs there, and has its Server. Rejects with a Refusal. */
const isThere = (folder: string): Promise<unknown> => askGateway(folder, { ask: "view" });

async function typed(): Promise<{ readonly userID: string; readonly password: string }> {
  const { userID, password } = await credentials();
  return { userID: textOf(userID), password: textOf(password) };
}

/** Commands that nothing may stand after. */
const alone: readonly string[] = Object.freeze(["status", "enrol", "register", "connect", "page"]);

/** Before anybody is asked for a password, and also where no gateway runs. Throws Misuse. */
function idOf(text: string): string {
  if (!/^(?:[0-9a-f]{2}){1,32}$/i.test(text)) throw new Misuse(`'${text}' is no ID in hexadecimal`);
  return text.toLowerCase();
}

/** Runs a command at the gateway that runs on the state folder. Throws Misuse before it looks for it. */
export async function ask(
  { state: folder = "", json, change, reset, how }: Values,
  name: string,
  rest: readonly string[],
): Promise<void> {
  const command = async (fields: Readonly<Record<string, unknown>>): Promise<unknown> =>
    askGateway(folder, { ask: "command", command: fields });
  const one = (what: string): string => {
    if (rest.length !== 1 || rest[0] === undefined) throw new Misuse(`${name} takes ${what}`);
    return idOf(rest[0]);
  };
  if (alone.includes(name) && rest.length > 0) throw new Misuse(`${name} takes nothing more`);
  switch (name) {
    case "status": {
      const view = (await askGateway(folder, { ask: "view" })) as ProgramView;
      return json === undefined ? shown(view, folder) : say(JSON.stringify(view));
    }
    case "enrol":
      await isThere(folder);
      await command({ kind: "enrol", ...(await typed()) });
      return say("the gateway has its key");
    case "register": {
      await isThere(folder);
      const wanted = await prompts(terminal, async (ask) => ({
        userID: textOf(await ask("User ID: ", false)),
        ...(change !== undefined && { oldPassword: textOf(await ask("Password now: ", true)) }),
        password: textOf(await newPassword(ask, "New password", terminal)),
      }));
      const done = await command({ kind: "register", ...wanted });
      return say(
        done === "changed" ? "the password is changed" : "sent: the User ID is yours if it was free",
      );
    }
    case "connect":
      await command({ kind: "connect" });
      return say("the Server and the gateway have proven themselves to each other");
    case "enrol-device": {
      const device = one("the device's ID");
      await isThere(folder);
      await command({ kind: "enrolDevice", device, how, ...(await typed()) });
      return say("the device is enrolled");
    }
    case "invite": {
      const pn = (await command({ kind: "createPN", who: rest.length > 0 ? rest.map(idOf) : "all" })) as {
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
      await command({ kind: "removeMember", pn: idOf(pn), member: idOf(member) });
      return say("the device is out of the network");
    }
    case "page": {
      const page = (await askGateway(folder, { ask: "page", reset: reset !== undefined })) as PageView;
      return json === undefined ? pageLines(page).forEach(say) : say(JSON.stringify(page));
    }
    case "update": {
      const view = async () => (await askGateway(folder, { ask: "view" })) as ProgramView;
      return askUpdate({ command, view, say }, rest, json !== undefined);
    }
    case "guests":
      return guests(command, rest, () => isThere(folder));
    case "send": {
      const [pn, to, ...words] = rest;
      if (pn === undefined || to === undefined || words.length === 0) {
        throw new Misuse("send takes the network's ID, the device's ID and a text");
      }
      await command({ kind: "send", pn: idOf(pn), to: idOf(to), text: words.join(" ") });
      return say("the device has it");
    }
    default:
      throw new Misuse(`'${name}' is no command; ${called("gateway")} --help lists them`);
  }
}

/** `guests`, `guests add USER…`, `guests remove USER…`, `guests everybody yes|no`. */
async function guests(
  command: (fields: Readonly<Record<string, unknown>>) => Promise<unknown>,
  [what, ...names]: readonly string[],
  isThere: () => Promise<unknown>,
): Promise<void> {
  const known = what === undefined || ["add", "remove", "everybody"].includes(what);
  const answered = what !== "everybody" || names.join() === "yes" || names.join() === "no";
  if (!known || !answered || (what !== undefined && names.length === 0))
    throw new Misuse("guests takes nothing, add USER…, remove USER…, or everybody yes|no");
  await isThere();
  const password = textOf(await prompt("Password of its owner: ", true, terminal));
  const now = (await command({ kind: "guests", password })) as GuestsView;
  const change = (more: Partial<GuestsView>) => command({ kind: "setGuests", password, ...now, ...more });
  const others = now.guests.filter((name) => !names.includes(name));
  const after = (
    what === undefined
      ? now
      : what === "everybody"
        ? await change({ everybody: names[0] === "yes" })
        : await change({ guests: what === "add" ? [...others, ...names] : others })
  ) as GuestsView;
  say(
    after.everybody
      ? "everybody may join at its owner's gateways"
      : "guests may join at its owner's gateways:",
  );
  for (const name of after.guests) say(`  ${name}`);
}

function shown(view: ProgramView, folder: string): void {
  const { entityID, keys, userID, server, radio, devices, pns, heard, serverAway, broker } = view;
  say(`gateway   ${entityID}`);
  say(
    `key       ${keys === "empty" ? `none yet: ${gatewayCommand("enrol", folder)}` : `${keys}, of ${userID ?? "its owner"}`}`,
  );
  const session = server.authenticated ? "proven" : "no session now";
  say(`Server    ${server.id}: ${serverAway === undefined ? session : `not reached (${serverAway})`}`);
  if (server.keyShared === true)
    say("          another gateway works with this one's key: a copy of its state folder. Stop one of them");
  say(`radio     ${radio.usable ? "on" : (radio.error ?? "not usable")}; heard: ${heard.length}`);
  if (broker !== undefined)
    say(`broker    ${broker.url}: ${broker.connected ? "there" : (broker.error ?? "not reached yet")}`);
  for (const { id = "(unknown yet)", name = "", hasUI, pn, idle } of devices) {
    const state = pn !== undefined ? `in ${pn}` : idle ? "idle" : "busy";
    say(`device    ${id} ${name} ${hasUI ? "with keypad" : "without keypad"}, ${state}`);
  }
  for (const { id, alias = "", members } of pns) {
    say(`network   ${id} ${alias}`);
    for (const member of members) say(`  member  ${memberLine(member)}`);
  }
}
