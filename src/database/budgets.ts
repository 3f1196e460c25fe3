import { hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import type { BudgetRecord, UserRecord } from "./rows/users.js";
import type { ServerTables } from "./store.js";

/**
 * Budgets of guesses at the Server (docs/THREATS.md has the arithmetic). A guess is paid for before anything is
 * verified, and given back when it was right. A budget fills again with time and with nothing else, so nobody is locked
 * out for good, and there is one for each way in, so that nobody spends the budget of a way that is not open to him.
 */
export interface Budget {
  readonly name: string;
  /** Guesses that a full one holds. */
  readonly burst: number;
  /** In which one comes back. */
  readonly refill: Milliseconds;
}

const rule = (burst: number, seconds: number): Omit<Budget, "name"> =>
  Object.freeze({ burst, refill: Milliseconds(seconds * 1000) });

/** Of one User, for all who come that way. */
export const ways = Object.freeze({
  /** Through a PN GW of somebody else. */
  foreign: rule(32, 200),
  /** Through those of somebody else's by which a device of the User was enrolled before. */
  familiar: rule(32, 600),
  /** Through a PN GW of the User's own, which strangers may stand beside. */
  own: rule(32, 400),
  /** The same, on a link for which the PN GW's owner stands. */
  assured: rule(16, 900),
  /** A device that has shown a Temporary Key, and is not the User's yet. */
  factory: rule(16, 600),
  /** A PN GW for itself, in the clear. */
  clear: rule(16, 600),
  /** The Server's page. */
  page: rule(16, 900),
});

/** Of one User, and one device that is his and has shown its key; and one browser that he has used before. */
export const boundDevice = rule(8, 1200);
export const knownBrowser = rule(8, 1200);
/**
 * Of one User, and one owner of PN GWs, one PN GW, one device of a factory, or one address: nobody spends alone what all
 * who come that way have together. A PN GW lets 14 devices of one User prove their password at once.
 */
export const shares = Object.freeze({
  foreign: rule(16, 1800),
  familiar: rule(16, 900),
  factory: rule(6, 1800),
  clear: rule(6, 1800),
  page: rule(6, 1800),
});
/** Of one owner of PN GWs, for all Users but himself. */
export const guesser = rule(200, 5);
/** New names and new passwords through the PN GWs of one owner. */
export const registering = rule(24, 3600);

/** By which way a guess comes. */
export type Way =
  | { readonly by: "foreign"; readonly gatewayOwner: Uint8Array | undefined }
  | { readonly by: "own" | "assured" }
  | { readonly by: "familiar"; readonly gatewayID: Uint8Array }
  | { readonly by: "bound" | "factory"; readonly entityID: Uint8Array }
  | { readonly by: "clear" | "page"; readonly source: string }
  | { readonly by: "browser"; readonly browser: string };

/**
 * What a guess at this User is paid from. Users who are not known share one set of rows: the same work is done, and
 * strangers cannot fill the table.
 */
export function budgetsOf(user: Pick<UserRecord, "identity"> | undefined, way: Way): readonly Budget[] {
  const whose = user === undefined ? "unknown" : hex(user.identity);
  const of = (kind: string, one: Omit<Budget, "name">): Budget => ({ name: `${whose}/${kind}`, ...one });
  const shared = (kind: keyof typeof shares, part: string): Budget[] => [
    of(kind, ways[kind]),
    of(`${kind}/${part}`, shares[kind]),
  ];
  switch (way.by) {
    case "foreign": {
      const owner = way.gatewayOwner === undefined ? "unknown" : hex(way.gatewayOwner);
      return [...shared("foreign", owner), { name: `guesser/${owner}`, ...guesser }];
    }
    case "own":
    case "assured":
      return [of(way.by, ways[way.by])];
    case "familiar":
      return shared("familiar", hex(way.gatewayID));
    case "bound":
      return [of(`bound/${hex(way.entityID)}`, boundDevice)];
    case "factory":
      return shared("factory", hex(way.entityID));
    case "clear":
    case "page":
      return shared(way.by, way.source);
    case "browser":
      return [of(`browser/${way.browser}`, knownBrowser)];
  }
}

const nothing = (now: Milliseconds): BudgetRecord => ({ spent: 0, at: now, endsAt: now });

/** What is still owed: time pays it back, and a clock that was set back adds nothing. */
const owed = ({ spent, at }: BudgetRecord, now: Milliseconds): number =>
  Math.max(0, spent - Math.max(0, now - at));

/**
 * Takes one guess from each, or none from any when one is empty: then false. Every row is written either way, since a
 * durable write takes long enough to tell the one from the other.
 */
export async function spend(
  { budgets }: Pick<ServerTables, "budgets">,
  wanted: readonly Budget[],
  now: Milliseconds,
): Promise<boolean> {
  const states = [];
  for (const one of wanted) {
    const debt = owed((await budgets.get(one.name)) ?? nothing(now), now);
    states.push({ ...one, debt });
  }
  const allowed = states.every(({ debt, refill, burst }) => debt + refill <= burst * refill);
  for (const { name, debt, refill } of states) await put(budgets, name, allowed ? debt + refill : debt, now);
  return allowed;
}

/** The guess was right, and was none. */
export async function giveBack(
  { budgets }: Pick<ServerTables, "budgets">,
  spent: readonly Budget[],
  now: Milliseconds,
): Promise<void> {
  for (const { name, refill } of spent) {
    const debt = owed((await budgets.get(name)) ?? nothing(now), now);
    await put(budgets, name, Math.max(0, debt - refill), now);
  }
}

async function put(
  budgets: ServerTables["budgets"],
  name: string,
  spent: number,
  now: Milliseconds,
): Promise<void> {
  await budgets.put(name, { spent, at: now, endsAt: Milliseconds(now + spent) });
}

/** Names and refills, for a guess that is judged in a later message. */
export const toText = (spent: readonly Budget[]): string =>
  spent.map(({ name, burst, refill }) => `${name} ${burst} ${refill}`).join("\n");

export const fromText = (text: string): readonly Budget[] =>
  text === ""
    ? []
    : text.split("\n").map((line) => {
        const [name = "", burst, refill] = line.split(" ");
        return { name, burst: Number(burst), refill: Milliseconds(Number(refill)) };
      });
