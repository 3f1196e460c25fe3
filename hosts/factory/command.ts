import { dirname } from "node:path";
import { hex, wipe } from "../../src/base/octets.js";
import type { Random } from "../../src/base/ports.js";
import { makeFolder } from "../node/program/folder.js";
import { finishBatches, writeBatch } from "./batch.js";
import { completeDevices, type Device, makeDevices, wipeDevices } from "./device.js";
import { longestFile, readDevices } from "./devicesFile.js";
import { type Disk, readSecretFile } from "./disk.js";
import { flash, type Run } from "./flash.js";
import { isPrintable } from "./label.js";
import { Ledger } from "./ledger.js";
import { help, type Options, readOptions } from "./options.js";
import { refusalOf } from "./refusals.js";

/** Where a command writes: lines without their end. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
}

/** What the factory needs of the world. */
export interface Host {
  readonly disk: Disk;
  readonly random: Random;
  readonly terminal: Terminal;
  readonly run: Run;
}

function make(random: Random, { devices }: Options): readonly Device[] {
  if (!("file" in devices)) return makeDevices(random, devices.count, devices.prefix);
  const file = readSecretFile(devices.file, longestFile);
  try {
    return completeDevices(random, readDevices(file));
  } finally {
    wipe(file);
  }
}

function issue({ disk, random, terminal }: Host, options: Options): void {
  const { folder, size: imageSize, keyScheme } = options;
  const ledger = new Ledger(disk, options.ledger);
  const { finished, unissued } = finishBatches(disk, ledger, folder);
  for (const one of unissued) {
    terminal.out(
      `factory: ${one} was cut short, and none of it is issued: remove it when no factory is at work`,
    );
  }
  if (finished) {
    terminal.out(
      `factory: ${folder} was cut short after it was issued; it is whole now, and no new devices were made`,
    );
    return;
  }
  const devices = make(random, options);
  try {
    for (const parent of [folder, options.ledger].map(dirname)) makeFolder(parent);
    if (ledger.isNew) terminal.out(`factory: begins a new ledger, ${options.ledger}: keep it, and keep one`);
    writeBatch({ disk, random, ledger }, devices, { folder, imageSize, ...(keyScheme && { keyScheme }) });
    report(terminal, folder, devices);
  } finally {
    wipeDevices(devices);
  }
}

function report(terminal: Terminal, folder: string, devices: readonly Device[]): void {
  const unseen = devices.filter(({ name }) => name !== undefined && !isPrintable(name));
  const [first] = unseen;
  if (first) {
    const rest = unseen.length > 1 ? ` and ${unseen.length - 1} more` : "";
    terminal.out(
      `factory: the label of ${hex(first.entityID)}${rest} is without its name, which has letters beyond Latin-1`,
    );
  }
  const what = devices.length === 1 ? "1 device" : `${devices.length} devices`;
  terminal.out(`factory: ${folder}: ${what}; devices.csv is for the Server, keep it and the images secret`);
}

/** Returns the exit code: 0, or 2 with one line that says why nothing was issued, or written. Never shows a key. */
export function command(args: readonly string[], host: Host): number {
  try {
    if (args[0] === "flash") {
      host.terminal.out(flash(args.slice(1), host.run));
      return 0;
    }
    const options = readOptions(args);
    if (options === "help") host.terminal.out(help);
    else issue(host, options);
    return 0;
  } catch (error) {
    host.terminal.error(`factory: ${refusalOf(error)}`);
    return 2;
  }
}
