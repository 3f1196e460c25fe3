import { hex } from "../base/octets.js";
import { type Random, randomOctets } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { browserLifetime } from "./rows/users.js";
import type { ReadTables, ServerTables } from "./store.js";

/*
 * Browsers that a User has signed in by. Each has guesses of its own (budgets.ts), so that nobody keeps the User out of his
 * page by spending those of all others. What a browser keeps is 32 random octets, of which there is only the hash here.
 */

/** Browsers of one User; the oldest gives way. */
export const maximumBrowsers = 16;
/** What one browser keeps: one for each of the Users who share it. */
export const maximumMarks = 4;
export const markLength = 32;

interface Ports {
  readonly suite: { sha256(...parts: readonly Uint8Array[]): Uint8Array };
}

const rowName = (name: string, user: Uint8Array): string => `${name}/${hex(user)}`;

/** What stands for the browser in the names of budgets, if this User has signed in by it: 64 hexadecimal digits. */
export async function knownBrowser(
  { suite }: Ports,
  { pageBrowsers }: Pick<ReadTables, "pageBrowsers">,
  marks: readonly Uint8Array[],
  user: Uint8Array,
): Promise<string | undefined> {
  for (const mark of marks.slice(-maximumMarks)) {
    const name = hex(suite.sha256(mark));
    if ((await pageBrowsers.get(rowName(name, user))) !== undefined) return name;
  }
  return undefined;
}

/**
 * The User has signed in: from now on the browser is one of his. Returns what it is to keep in place of `marks`. A mark that
 * is not this User's any more does not become so again: somebody may have taken it before it was forgotten.
 */
export async function greetBrowser(
  ports: Ports & { readonly random: Random; readonly clock: { now(): Milliseconds } },
  tables: Pick<ServerTables, "pageBrowsers">,
  marks: readonly Uint8Array[],
  user: Uint8Array,
): Promise<readonly Uint8Array[]> {
  const { pageBrowsers } = tables;
  const endsAt = Milliseconds(ports.clock.now() + browserLifetime);
  const known = await knownBrowser(ports, tables, marks, user);
  if (known !== undefined) {
    await pageBrowsers.put(rowName(known, user), { identity: user, endsAt });
    return marks;
  }
  if ((await pageBrowsers.count("user", hex(user))) >= maximumBrowsers)
    await pageBrowsers.dropOldest("user", hex(user));
  const mark = randomOctets(ports.random, markLength);
  await pageBrowsers.put(rowName(hex(ports.suite.sha256(mark)), user), { identity: user, endsAt });
  return [...marks, mark].slice(-maximumMarks);
}

/** None is the User's any more: his password is another one, he has signed out everywhere, or he has gone. */
export async function forgetBrowsers(
  { pageBrowsers }: Pick<ServerTables, "pageBrowsers">,
  user: Uint8Array,
): Promise<void> {
  for (const { key } of await pageBrowsers.find("user", hex(user), maximumBrowsers)) {
    await pageBrowsers.delete(key);
  }
}
