import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { wipe } from "../../src/base/octets.js";
import { called } from "../node/program/called.js";
import { misread } from "../node/program/misread.js";
import { readSecretFile } from "./disk.js";
import { FactoryError } from "./errors.js";
import { sizes } from "./nvs.js";
import { checksum } from "./nvsFormat.js";

/** Where the partition nvs begins in the table of every board (hosts/esp32/board/partitions.csv). */
const nvsOffset = "0x9000";

export const flashUsage = `${called("factory")} flash --image FILE [--port PORT]`;

export const flashHelp = `Writes a device's factory data into the board at a serial port, by esptool. All that was in its memory for keys is gone.

usage: ${flashUsage}

  --image FILE       <Entity ID>.nvs.bin of a batch
  --port PORT        the board's serial port; esptool looks for one unless told

example: ${called("factory")} flash --image factory/batch-1/0102030405060708090a0b0c0d0e0f10.nvs.bin --port /dev/ttyUSB0`;

/** Runs a program at this terminal: its exit code, or undefined when there is none of that name. */
export type Run = (program: string, args: readonly string[]) => number | undefined;

export const realRun: Run = (program, args) => {
  const { error, status } = spawnSync(program, args, { stdio: "inherit" });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
  return status ?? 1;
};

interface FlashOptions {
  readonly image: string;
  readonly port?: string;
}

function readOptions(args: readonly string[]): FlashOptions | "help" {
  const text = { type: "string" } as const;
  const options = { image: text, port: text, help: { type: "boolean", short: "h" } } as const;
  const misused = (problem: string): FactoryError =>
    new FactoryError("factory.usage", `${problem}; usage: ${flashUsage}`);
  let values: { image?: string; port?: string; help?: boolean };
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw misused(misread(error));
  }
  if (values.help) return "help";
  const { image, port } = values;
  if (!image) throw misused("--image is missing");
  // What begins with a hyphen is an option of esptool's.
  if (port !== undefined && !/^[^-]/.test(port)) throw misused("--port is no port");
  return { image: resolve(image), ...(port !== undefined && { port }) };
}

/** Throws FactoryError for what is no image for the boards' partition nvs, or needs keys beside it. */
function check(file: string): void {
  const { size } = statSync(file);
  if (size !== sizes.usual) throw new FactoryError("factory.image");
  const octets = readSecretFile(file, sizes.usual);
  try {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    const whole = checksum(octets.subarray(4, 28)) === view.getUint32(28, true);
    if (!whole || view.getUint32(0, true) !== 0xfffffffe) throw new FactoryError("factory.image");
  } finally {
    wipe(octets);
  }
  const device = file.replace(/\.nvs\.bin$/, "");
  if ([".nvs-keys.bin", ".hmac-key.bin"].some((end) => existsSync(device + end)))
    throw new FactoryError("factory.encrypted");
}

/** Returns what is to be printed. Throws FactoryError, and the file system's errors. */
export function flash(args: readonly string[], run: Run): string {
  const options = readOptions(args);
  if (options === "help") return flashHelp;
  const { image, port } = options;
  check(image);
  // Version 5 of esptool takes this name of the command, too; version 4 is named esptool.py as often.
  const call = [...(port === undefined ? [] : ["--port", port]), "write_flash", nvsOffset, image];
  const code = run("esptool", call) ?? run("esptool.py", call);
  if (code === undefined) throw new FactoryError("factory.esptool");
  if (code !== 0) throw new FactoryError("factory.flash");
  return `factory: ${image} is in the board; it takes its factory data at the next start`;
}
