// What ESP-IDF is configured by: the SDK's options, the board's and ours, in one text that mcconfig makes.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";

/** Options by their names; "n", empty and "is not set" are the same. */
export function optionsOf(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    const unset = /^# (CONFIG_\w+) is not set/.exec(line)?.[1];
    if (unset !== undefined) found.set(unset, "");
    const [, name, value] = /^(CONFIG_\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) found.set(name, value === "n" ? "" : value);
  }
  return found;
}

/** Those that a configuration has not, or has otherwise. */
export function lostOptions(text, wanted) {
  const has = optionsOf(text);
  return [...optionsOf(wanted)]
    .filter(([name, value]) => (has.get(name) ?? "") !== value)
    .map(([name]) => name);
}

/** What the SDK has for a board beside its own, flash size, PSRAM and USB; nothing for most. */
export function boardConfiguration(sdk, board) {
  const file = join(sdk.folder, "build/devices/esp32/targets", board, "sdkconfig/sdkconfig.defaults");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** The one that a makefile of the SDK takes beside its own. */
export function takenConfiguration(makefile) {
  const folder = /^SDKCONFIGPATH = (.+)$/m.exec(makefile)?.[1];
  return folder === undefined ? "" : readFileSync(join(folder, "sdkconfig.defaults"), "utf8");
}

/**
 * Why a board cannot be built, or undefined. The SDK reads one configuration beside its own, and leaves the other out
 * without a word: the board's, with the size of its flash, or ours, with the watchdog, the way back from bad firmware and
 * what keeps memory with keys from the serial port.
 */
export function lostConfiguration({ name, encrypted }, taken, boards = "") {
  const folder = `hosts/esp32/board/sdkconfig${encrypted === true ? "-encrypted" : ""}`;
  const text = readFileSync(join(root, folder, "sdkconfig.defaults"), "utf8");
  const ours = optionsOf(text);
  const of = { [folder]: lostOptions(taken, text) };
  of["the SDK's board"] = lostOptions(taken, boards).filter((option) => !ours.has(option));
  const [whose, lost] = Object.entries(of).find(([, some]) => some.length > 0) ?? [];
  if (lost === undefined) return undefined;
  return `${name} would be without ${lost.length} of the options of ${whose}, such as ${lost[0]}; give the target a sdkconfig/ with both and a build.json (docs/PORTING.md, Flash)`;
}
