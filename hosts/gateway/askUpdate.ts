import { resolve } from "node:path";
import type { ErrorCode } from "../../src/base/errorCodes.js";
import type { UpdateView } from "../../src/gateway/updates.js";
import { Misuse, Refusal } from "../node/program/misuse.js";
import type { ProgramView } from "./views.js";
import { wordsOf } from "./words.js";

/** `cpns gateway update`, as it is asked and watched at a terminal. */

/** Of the gateway that runs. */
interface Asked {
  command(fields: Readonly<Record<string, unknown>>): Promise<unknown>;
  view(): Promise<ProgramView>;
  say(line: string): void;
}

const pause = 500;

/**
 * `update`: what is on its way; `update DEVICE|all FILE`: waits until it is over; `update DEVICE|all stop`. With `json`:
 * prints what there is and does not wait. Throws Refusal when a device has not taken it.
 */
export async function askUpdate(asked: Asked, rest: readonly string[], json: boolean): Promise<void> {
  const [device, file, more] = rest;
  if (more !== undefined || (device !== undefined && file === undefined)) {
    throw new Misuse("update takes nothing, or the device's ID or all, and a file or stop");
  }
  if (device !== undefined && file === "stop") {
    await asked.command({ kind: "cancelUpdate", device });
    return asked.say("it is not offered any more; what a device has taken stays");
  }
  const devices =
    device === undefined
      ? undefined
      : ((await asked.command({ kind: "update", device, file: resolve(file as string) })) as string[]);
  const updates = async (): Promise<readonly UpdateView[]> =>
    (await asked.view()).updates.filter((one) => devices === undefined || devices.includes(one.device));
  if (json) return asked.say(JSON.stringify(await updates()));
  if (devices === undefined) {
    const all = await updates();
    if (all.length === 0) asked.say("no update is on its way");
    return all.forEach((one) => void asked.say(updateLine(one)));
  }
  asked.say("it goes on when this command is ended");
  await watch(asked, updates);
}

async function watch(asked: Asked, updates: () => Promise<readonly UpdateView[]>): Promise<void> {
  let told = "";
  for (;;) {
    const all = await updates();
    const line = all.map(updateLine).join("; ");
    if (line !== told) asked.say(line);
    told = line;
    const refused = all.filter(({ state }) => state === "refused");
    if (all.every(({ state }) => state === "done" || state === "refused")) {
      if (refused.length > 0) throw new Refusal(`${refused.length} of ${all.length} have not taken it`);
      return;
    }
    await new Promise((next) => setTimeout(next, pause));
  }
}

const states: Readonly<Record<UpdateView["state"], string>> = Object.freeze({
  waiting: "waits until it is in a network",
  offered: "is asked",
  sending: "takes it",
  later: "wants it later",
  restarting: "has it, and starts it",
  done: "runs it",
  refused: "does not take it",
});

/** One line of an update: how far it is in tenths. */
export function updateLine({ device, version, state, offset, length, code }: UpdateView): string {
  const tenths = Math.floor((10 * offset) / length) * 10;
  const share = state === "sending" ? `, ${tenths} %` : "";
  const why = code === undefined ? "" : `: ${wordsOf(code as ErrorCode)}`;
  return `${device} ${version}: ${states[state]}${share}${why}`;
}
