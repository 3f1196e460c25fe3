import { connect, type NetConnectOpts, type Server } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { applicationNames, applications } from "../../../apps/virtual.js";
import { fromHex } from "../../../src/base/octets.js";
import { type KeyValue, silentLog } from "../../../src/base/ports.js";
import { maximumLabel } from "../../../src/codec/attributes.js";
import type { Screen } from "../../../src/ui/screen.js";
import { called } from "../../node/program/called.js";
import { lockFolder, maximumSocketPath } from "../../node/program/folderLock.js";
import { misread } from "../../node/program/misread.js";
import { FolderKeyValue, makePrivateFolder } from "../../node/storage/folderKeyValue.js";
import { VirtualFlash } from "../world/flash.js";
import { VirtualSlots } from "../world/slots.js";
import { FolderSlots } from "./folderSlots.js";
import { InPlace } from "./inPlace.js";
import { JoinedDevice } from "./joinedDevice.js";
import { isEnd, pressesOf } from "./keys.js";
import { textOf } from "./textScreen.js";

const usage = `${called("sim")} --join PATH|PORT [--data FOLDER] [--name NAME] [--app APP] [--update-key HEX]`;

/** Where a person sits: the keys that they type, and what they see. */
export interface Seat {
  readonly keys: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  /** How wide the terminal is; not there where screens go to a file or a program, each below the one before. */
  columns?(): number;
  out(line: string): void;
  error(line: string): void;
}

interface Options {
  readonly at: { readonly path: string } | { readonly port: number; readonly host: string };
  readonly data: string | undefined;
  readonly name: string | undefined;
  readonly app: string | undefined;
  readonly updateKey: Uint8Array | undefined;
}

function read(args: readonly string[]): Options | string {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { join: text, data: text, name: text, app: text, "update-key": text },
    });
    const { join = "", data, name, app, "update-key": key } = values;
    if (join === "") return "--join takes the path of a socket, or a port";
    const at = /^\d+$/.test(join) ? { port: Number(join), host: "127.0.0.1" } : { path: join };
    if ("port" in at && at.port > 65_535) return "--join takes a port from 0 to 65535";
    if ("path" in at && Buffer.byteLength(at.path) > maximumSocketPath)
      return `--join: the path of a socket has at most ${maximumSocketPath} octets`;
    if (name !== undefined && (name === "" || Buffer.byteLength(name) > maximumLabel))
      return `--name takes 1 to ${maximumLabel} octets in UTF-8`;
    if (app !== undefined && !applicationNames.includes(app))
      return `--app takes ${applicationNames.join(", ")}`;
    if (key !== undefined && !/^0[23][\da-f]{64}$/i.test(key))
      return "--update-key takes a public key as firmware:sign prints it";
    return { at, data, name, app, updateKey: key === undefined ? undefined : fromHex(key) };
  } catch (error) {
    return misread(error);
  }
}

/** What the device has for its state, for its update, and for its firmware. */
interface Memory {
  readonly flash: KeyValue;
  readonly updates: KeyValue;
  readonly slots: VirtualSlots;
}

const volatile = (): Memory => ({
  flash: new VirtualFlash().boot(),
  updates: new VirtualFlash().boot(),
  slots: new VirtualSlots(),
});

const inFolder = (folder: string): Memory => ({
  flash: new FolderKeyValue(folder),
  updates: new FolderKeyValue(path.join(folder, "update")),
  slots: new VirtualSlots(undefined, new FolderSlots(path.join(folder, "firmware"))),
});

/** Two devices with the same keys would be one for nobody. Throws Refusal where the folder is in use. */
async function taken(folder: string): Promise<Server> {
  makePrivateFolder(folder);
  return lockFolder(folder, (socket) => socket.destroy());
}

/** Between two looks for a gateway that has not been started yet. */
const patience = 500;

function listens(at: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(at, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

const keysHelp = "Arrows and Enter choose, Esc goes back, Ctrl-C ends it.\n";

/** `npm run sim -- --join`: one device on this terminal, until Ctrl-C or the end of its input. Returns the exit code. */
export async function joinFromTerminal(args: readonly string[], seat: Seat): Promise<number> {
  const options = read(args);
  if (typeof options === "string") {
    seat.error(`${options}; usage: ${usage}`);
    return 2;
  }
  const { at, data, name, app, updateKey } = options;
  const application = app === undefined ? undefined : applications[app];
  const lock = data === undefined ? undefined : await taken(data);
  const memory = data === undefined ? volatile() : inFolder(data);
  const place = seat.columns && new InPlace(seat.columns);
  let last = "";
  const show = (screen: Screen): void => {
    const lines = textOf(screen);
    const text = lines.join("\n");
    if (text === last) return;
    last = text;
    seat.out(place === undefined ? `${text}\n` : place.draw(lines));
  };
  if (!(await listens(at)))
    seat.out(`waiting for a gateway with --radio virtual:${"path" in at ? at.path : at.port}`);
  while (!(await listens(at))) await new Promise((resolve) => setTimeout(resolve, patience));
  if (place !== undefined) seat.out(keysHelp);
  const device = new JoinedDevice({
    at,
    flash: memory.flash,
    firmware: { slots: memory.slots, store: memory.updates, ...(updateKey && { publicKey: updateKey }) },
    ...(name !== undefined && { name }),
    ...(application && { application }),
    log: silentLog,
    show,
  });
  await new Promise<void>((resolve) => {
    seat.keys.setRawMode?.(true);
    seat.keys.setEncoding("utf8");
    seat.keys.on("data", (typed: string) => {
      if (isEnd(typed)) resolve();
      else for (const press of pressesOf(typed)) device.press(press);
    });
    seat.keys.on("end", resolve);
  });
  seat.keys.setRawMode?.(false);
  seat.keys.pause();
  device.stop();
  lock?.close();
  return 0;
}
