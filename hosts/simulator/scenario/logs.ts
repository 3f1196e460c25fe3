import { closeSync, fchmodSync, openSync, writeSync } from "node:fs";
import { hex } from "../../../src/base/octets.js";
import type { KeyLogLine } from "../network/suites.js";
import type { OperatorMessage } from "../operator/operator.js";
import type { BackhaulMessage } from "../world/backhaul.js";
import type { AirFragment } from "../world/radio.js";
import { ScenarioError } from "./errors.js";

/** A file that is written line by line. */
export interface LineFile {
  line(text: string): void;
  close(): void;
}

/** Throws ScenarioError when it cannot be written. */
export function openLines(file: string, mode: number): LineFile {
  try {
    const handle = openSync(file, "w", mode);
    // The mode of a file that was there before, too.
    fchmodSync(handle, mode);
    return {
      line: (text) => {
        writeSync(handle, `${text}\n`);
      },
      close: () => closeSync(handle),
    };
  } catch (error) {
    throw new ScenarioError(0, `the file cannot be written: ${(error as { code?: string }).code ?? error}`);
  }
}

export const keylogMode = 0o600;
export const captureMode = 0o644;

export const keylogHeader =
  "# Keys of the CPNS simulator, made in one run of one scenario; no device can write such a file. Keep it to yourself.";

/** One secret as it was derived: label (spaces as _), entity, then inputs and output in hex. */
export function keylogLine({ entity, label, salt, ikm, info, secret }: KeyLogLine): string {
  const name = label.trim().replaceAll(" ", "_") || "HKDF";
  return `${name} entity=${entity} salt=${salt} ikm=${ikm} info=${info} secret=${secret}`;
}

export function fragmentLine(t: number, { link, direction, octets }: AirFragment): string {
  return JSON.stringify({ t, link, dir: direction, hex: hex(octets) });
}

export function backhaulLine(t: number, { direction, octets }: BackhaulMessage): string {
  return JSON.stringify({ t, dir: direction, hex: hex(octets) });
}

/** Ub as the HTTP that it is, Zn as what it asks and tells; octets in hex. */
export function operatorLine(t: number, { at, direction: dir, ...message }: OperatorMessage): string {
  const text = (_key: string, value: unknown): unknown => (value instanceof Uint8Array ? hex(value) : value);
  return JSON.stringify({ t, dir, ...message }, text);
}
