import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../../../hosts/simulator/scenario/command.js";

export interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly errors: readonly string[];
}

export async function sim(...args: string[]): Promise<Ran> {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await command(args, { out: (line) => out.push(line), error: (line) => errors.push(line) });
  return { code, out, errors };
}

/** A folder for one test's files. */
export async function inFolder<Value>(
  work: (path: (name: string) => string) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), "cpns-sim-"));
  try {
    return await work((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Plays a scenario that is written as text; messages name it `FILE`. */
export function simText(text: string | Uint8Array, ...args: string[]): Promise<Ran> {
  return inFolder(async (path) => {
    const file = path("x.yaml");
    writeFileSync(file, text);
    const { code, out, errors } = await sim(file, ...args);
    const named = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll(file, "FILE"));
    return { code, out: named(out), errors: named(errors) };
  });
}

/** A device and a user, for scenarios that differ in their steps. */
export const header = `users: [{ id: alice, password: wonderland }]
devices: [{ id: keypad, keypad: matrix }]
steps:
`;
