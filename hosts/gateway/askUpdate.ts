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
 * prints what there is and does not wait. Throws Refusal when a device has not taken it, or the update was stopped.
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
  const ordered =
    device === undefined
      ? undefined
      : ((await asked.command({ kind: "update", device, file: resolve(file as string) })) as UpdateView[]);
  if (json || ordered === undefined) {
    const { updates } = await asked.view();
    const all = updates.filter((one) => ordered?.some(({ device: of }) => of === one.device) ?? true);
    if (json) return asked.say(JSON.stringify(all));
    if (all.length === 0) asked.say("no update is on its way");
    return all.forEach((one) => void asked.say(updateLine(one)));
  }
  asked.say("it goes on when this command is ended");
  await watch(asked, ordered);
}

/** Until each is over, or is not wanted any more: stopped, or another image took its place. */
async function watch(asked: Asked, ordered: readonly UpdateView[]): Promise<void> {
  let told = "";
  for (;;) {
    const { updates } = await asked.view();
    const all = ordered.map(({ device, image }) =>
      updates.find((one) => one.device === device && one.image === image),
    );
    const here = all.filter((one) => one !== undefined);
    const line = here.map(updateLine).join("; ");
    if (line !== told && line !== "") asked.say(line);
    told = line;
    if (here.every(({ state }) => state === "done" || state === "refused")) {
      const gone = all.length - here.length;
      if (gone > 0) throw new Refusal(`${gone} of ${all.length} stopped, or replaced by another order`);
      const refused = here.filter(({ state }) => state === "refused").length;
      if (refused > 0) throw new Refusal(`${refused} of ${all.length} have not taken it`);
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
  pausing: "waits after damaged octets",
  restarting: "has it, and starts it",
  done: "runs it",
  refused: "does not take it",
});

/** One line of an update: how far it is in tenths. */
export function updateLine({ device, version, state, offset, length, code, until }: UpdateView): string {
  const tenths = Math.floor((10 * offset) / length) * 10;
  const share = state === "sending" ? `, ${tenths} %` : "";
  const when = until === undefined ? "" : `, until ${new Date(until).toTimeString().slice(0, 8)}`;
  const why = code === undefined ? "" : `: ${wordsOf(code as ErrorCode)}`;
  return `${device} ${version}: ${states[state]}${share}${when}${why}`;
}
