import { say } from "./dom.js";

/** What the person reads in place of an answer. */
export class Told extends Error {}

/** Runs what a form does; what goes wrong is said. */
export async function saying(work: () => Promise<void>): Promise<void> {
  say("…");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    say(error.message, "bad");
  }
}
