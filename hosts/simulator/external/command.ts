import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { checkNewPassword } from "../../../src/crypto/newPassword.js";
import { checkUserID } from "../../../src/crypto/password.js";
import { called } from "../../node/program/called.js";
import { toldToEnd } from "../../node/program/ending.js";
import { misread } from "../../node/program/misread.js";
import { Network } from "../network/network.js";
import { Recorder } from "../network/recorder.js";
import { WallClock } from "../world/clock.js";
import { type Listener, listenForDevices } from "./listener.js";

const usage = `${called("sim")} --listen PORT [--user ID:PASSWORD] [--mtu 185]`;

/** Says in one line what is wrong with the arguments. */
class Misused extends Error {}

/** Registered unless told. */
export const demo = Object.freeze({ userID: "demo", password: "sesame42" });

interface Options {
  readonly port: number;
  readonly mtu: number;
  readonly users: readonly { readonly userID: string; readonly password: string }[];
}

function whole(name: string, value: string | undefined, least: number, most: number): number {
  const number = Number(value);
  if (value === undefined || !Number.isInteger(number) || number < least || number > most) {
    throw new Misused(`${name} takes a whole number from ${least} to ${most}`);
  }
  return number;
}

function userOf(text: string): { readonly userID: string; readonly password: string } {
  const colon = text.indexOf(":");
  if (colon < 1 || colon === text.length - 1) throw new Misused("--user takes ID:PASSWORD");
  const user = { userID: text.slice(0, colon), password: text.slice(colon + 1) };
  try {
    checkUserID(ascii(user.userID));
    checkNewPassword(ascii(user.password), ascii(user.userID));
  } catch (error) {
    const code = error instanceof CpnsError ? error.code : "characters that are not ASCII";
    throw new Misused(`--user takes no such User ID or password (${code})`);
  }
  return user;
}

function read(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const options = { listen: text, mtu: text, user: { ...text, multiple: true } } as const;
  let values: { listen?: string; mtu?: string; user?: string[] };
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Misused(misread(error));
  }
  return {
    port: whole("--listen", values.listen, 0, 65_535),
    mtu: whole("--mtu", values.mtu ?? "185", 23, 517),
    users: values.user?.map(userOf) ?? [demo],
  };
}

/** Who may enrol there: who has named nobody cannot know who was taken. */
export const knownAs = (users: Options["users"]): string =>
  users[0] === demo
    ? `for User ID ${demo.userID}, password ${demo.password}`
    : `for User ID ${users.map(({ userID }) => userID).join(", ")}`;

/** A gateway and a Server for devices that join from outside, in wall time, until `stop` is called. */
export async function startExternal(
  { port, mtu, users }: Options,
  say: (line: string) => void,
): Promise<{ readonly listener: Listener; readonly network: Network; stop(): void }> {
  const clock = new WallClock();
  const recorder = new Recorder(({ from, to, octets, message }) => {
    say(`${from} → ${to}  ${message?.name ?? "unreadable"}, ${octets} octets`);
  });
  const network = new Network({
    clock,
    seed: randomBytes(16).toString("hex"),
    mtu,
    interval: Milliseconds(30),
    devices: [],
    keylog: (line) => recorder.key(line),
    observer: {
      fragment: (device, fragment) => recorder.fragment(device.id, fragment),
      backhaul: (message) => recorder.backhaul(message),
      link: (device, up, reason, link) => {
        if (!up) recorder.linkClosed(link);
        say(`${device.id}: link ${up ? "up" : "down"}, ${reason}`);
      },
    },
  });
  await network.start(users);
  const listener = await listenForDevices({
    port,
    air: network,
    joined: (device) => say(`${device.id} joined`),
  });
  return {
    listener,
    network,
    stop: () => {
      clock.stop();
      listener.close();
    },
  };
}

/** `npm run sim -- --listen`: returns the exit code when it is stopped, or cannot start. */
export async function serveDevices(
  args: readonly string[],
  terminal: { out(line: string): void; error(line: string): void },
): Promise<number> {
  try {
    const options = read(args);
    const { listener, stop } = await startExternal(options, (line) => terminal.out(line));
    terminal.out(
      `listening for devices at 127.0.0.1:${listener.port}, ${knownAs(options.users)}; Ctrl-C ends it`,
    );
    await toldToEnd();
    stop();
    return 0;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof Misused) terminal.error(`${error.message}; usage: ${usage}`);
    else if (code === "EADDRINUSE" || code === "EACCES") terminal.error(`the port cannot be used (${code})`);
    else throw error;
    return 2;
  }
}
