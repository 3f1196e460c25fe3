import { equalBytes, wipe } from "../../../src/base/octets.js";
import { Refusal } from "./misuse.js";
import type { Ask, Terminal } from "./prompt.js";

/**
 * Asks for a password that is to be; at a terminal, where nobody sees what is typed, once more. The octets are the
 * caller's to wipe. Rejects as `ask` does, and with Refusal when the two differ.
 */
export async function newPassword(ask: Ask, question: string, { input }: Terminal): Promise<Uint8Array> {
  const password = await ask(`${question}: `, true);
  if (!input.isTTY) return password;
  try {
    const again = await ask(`${question} again: `, true);
    const same = equalBytes(password, again);
    wipe(again);
    if (!same) throw new Refusal("the two passwords differ: nothing was done");
    return password;
  } catch (error) {
    wipe(password);
    throw error;
  }
}
