import { readdirSync, readFileSync } from "node:fs";
import { RadioError, type RadioErrorCode } from "../../../src/gateway/radio.js";

/** What is read of the system; undefined where there is no such file or folder. */
export interface SystemFiles {
  list(folder: string): readonly string[] | undefined;
  read(file: string): string | undefined;
}

function unlessMissing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

export const linuxFiles: SystemFiles = Object.freeze({
  list: (folder: string) => unlessMissing(() => readdirSync(folder)),
  read: (file: string) => unlessMissing(() => readFileSync(file, "utf8")),
});

/** Bits of a set of Linux capabilities (capabilities(7)). */
const netAdmin = 1n << 12n;
const netRaw = 1n << 13n;

const adapters = "/sys/class/bluetooth";

/**
 * Why no Bluetooth adapter of this machine can be used by this program, as far as Linux tells without opening one;
 * `device`: the only one that will do, as 0 for hci0.
 */
export function diagnose(files: SystemFiles = linuxFiles, device?: number): RadioError | undefined {
  const found = (files.list(adapters) ?? []).filter((name) => /^hci\d+$/.test(name));
  const mine = device === undefined ? found : found.filter((name) => name === `hci${device}`);
  if (mine.length === 0)
    return new RadioError("adapter.missing", device === undefined ? undefined : `hci${device}`);
  if (mine.every((name) => blocked(files, `${adapters}/${name}`))) return new RadioError("adapter.blocked");
  const status = files.read("/proc/self/status") ?? "";
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  const wanted = netAdmin | netRaw;
  if (held !== undefined && (BigInt(`0x${held}`) & wanted) !== wanted)
    return new RadioError("adapter.permission");
  return undefined;
}

/** By a switch on the machine, or by the system. */
function blocked(files: SystemFiles, adapter: string): boolean {
  const switches = (files.list(adapter) ?? []).filter((name) => /^rfkill\d+$/.test(name));
  return switches.some((name) =>
    ["soft", "hard"].some((kind) => files.read(`${adapter}/${name}/${kind}`)?.trim() === "1"),
  );
}

const otherwise = "or let devices join without Bluetooth: --radio virtual:PATH";

const helps: Partial<Record<RadioErrorCode, string>> = {
  "adapter.missing": `There is no Bluetooth adapter: plug one in, ${otherwise}`,
  "adapter.off": "The Bluetooth adapter is switched off: run `bluetoothctl power on`",
  "adapter.blocked":
    "The Bluetooth adapter is blocked: run `rfkill unblock bluetooth`, or use the machine's own switch",
  "adapter.permission":
    'This program may not use the Bluetooth adapter: run `sudo setcap cap_net_raw,cap_net_admin+eip "$(readlink -f "$(command -v node)")"`, or as a service with these two capabilities',
  "adapter.unsupported": `The Bluetooth adapter knows no Low Energy: use one of version 4.0 or newer, ${otherwise}`,
  "adapter.silent": "The Bluetooth adapter does not answer: pull it out and plug it in again",
  "adapter.software":
    "The software for Bluetooth is not installed: install this program again with npm's option --ignore-scripts",
};

/** One line for the person at the gateway: what is wrong, and what helps. */
export const adapterHelp = (error: RadioError): string => helps[error.code] ?? error.message;
