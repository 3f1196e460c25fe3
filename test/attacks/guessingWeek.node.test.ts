import assert from "node:assert/strict";
import { SeededRandom } from "../../hosts/simulator/world/random.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import {
  boundDevice,
  budgetsOf,
  giveBack,
  knownBrowser,
  spend,
  type Way,
  ways,
} from "../../src/database/budgets.js";

const minute = 60_000;
const day = 24 * 3_600_000;
const alice = { identity: new Uint8Array(16).fill(1) };
const account = (n: number): Uint8Array => new Uint8Array(16).fill(0x80 + n);

interface Actor {
  readonly name: string;
  /** By which way the nth try comes. */
  way(n: number): Way;
  /** Between two tries, on average. */
  readonly every: number;
}

/** Each with faster tries than its way gives back, all at once. */
const attacker = (name: string, way: Actor["way"]): Actor => ({ name, way, every: 150_000 });
const few: readonly Actor[] = [
  attacker("one account with eight PN GWs", () => ({ by: "foreign", gatewayOwner: account(0) })),
  attacker("a stranger at the owner's own PN GW", () => ({ by: "own" })),
  attacker("a stranger at a PN GW that the owner uses", () => ({ by: "familiar", gatewayID: ascii("inn") })),
  attacker("an address in the clear", () => ({ by: "clear", source: "198.51.100.1" })),
  attacker("two addresses at the page", (n) => ({ by: "page", source: `198.51.100.${n % 2}` })),
  attacker("a device of a factory", () => ({ by: "factory", entityID: ascii("theirs") })),
];
const withoutNumber: readonly Actor[] = [
  attacker("accounts", (n) => ({ by: "foreign", gatewayOwner: account(n % 64) })),
  attacker("strangers at the owner's own PN GW", () => ({ by: "own" })),
  attacker("strangers at PN GWs that the owner uses", (n) => ({
    by: "familiar",
    gatewayID: Uint8Array.of(n % 8),
  })),
  attacker("addresses in the clear", (n) => ({ by: "clear", source: `198.51.100.${n % 250}` })),
  attacker("addresses at the page", (n) => ({ by: "page", source: `198.51.100.${n % 250}` })),
  attacker("devices of a factory", (n) => ({ by: "factory", entityID: Uint8Array.of(n % 250) })),
];

const owner = (name: string, way: Way): Actor => ({ name, way: () => way, every: day / 10 });
/** By ways that are open to nobody else. */
const ownWays: readonly Actor[] = [
  owner("a device of the owner's", { by: "bound", entityID: ascii("mine") }),
  owner("the owner's PN GW, which has a key", { by: "bound", entityID: ascii("gateway") }),
  owner("a new one on a bonded link at home", { by: "assured" }),
  owner("the page, from a browser that is known", { by: "browser", browser: "b" }),
];
const sharedWays: readonly Actor[] = [
  owner("a new one with a Temporary Key", { by: "factory", entityID: ascii("new") }),
  owner("a new one at an operator's PN GW", { by: "foreign", gatewayOwner: account(9) }),
  owner("a second one at another PN GW", { by: "familiar", gatewayID: ascii("office") }),
  owner("a new PN GW", { by: "clear", source: "192.0.2.1" }),
  owner("the page, from another one", { by: "page", source: "192.0.2.1" }),
];

class World {
  now = 1_800_000_000_000;
  readonly store = new MemoryServerStore({ clock: { now: () => Milliseconds(this.now) } });
  readonly random = new SeededRandom("a week");
  /** Wrong passwords that were looked at, by day. */
  readonly guesses: number[] = [];
  readonly owners = new Map<string, { tries: number; in: number }>();

  try(way: Way, right: boolean): Promise<boolean> {
    const now = Milliseconds(this.now);
    return this.store.transaction(async (tables) => {
      const wanted = budgetsOf(alice, way);
      const allowed = await spend(tables, wanted, now);
      if (allowed && right) await giveBack(tables, wanted, now);
      return allowed;
    });
  }

  /** Up to twelve tries in a minute. */
  async within(way: Way): Promise<boolean> {
    for (let i = 0; i < 12; i++) {
      if (await this.try(way, true)) return true;
      this.now += minute / 12;
    }
    return false;
  }

  pause(mean: number): number {
    const octets = this.random.octets(4);
    const uniform = (new DataView(octets.buffer).getUint32(0) + 1) / 2 ** 32;
    return Math.ceil(-Math.log(uniform) * mean);
  }

  async run(attackers: readonly Actor[], owners: readonly Actor[], days: number): Promise<void> {
    const start = this.now;
    const queue = [...attackers, ...owners].map((actor) => ({
      actor,
      at: start + this.pause(actor.every),
      n: 0,
    }));
    for (const { name } of owners) this.owners.set(name, { tries: 0, in: 0 });
    for (;;) {
      queue.sort((a, b) => a.at - b.at);
      const next = queue[0];
      if (next === undefined || next.at >= start + days * day) return;
      this.now = next.at;
      const way = next.actor.way(next.n++);
      const own = this.owners.get(next.actor.name);
      if (own !== undefined) {
        own.tries++;
        if (await this.within(way)) own.in++;
      } else if (await this.try(way, false)) {
        const which = Math.floor((next.at - start) / day);
        this.guesses[which] = (this.guesses[which] ?? 0) + 1;
      }
      next.at += this.pause(next.actor.every);
    }
  }

  assertOwnersGetIn(least: number): void {
    for (const [name, { tries, in: inside }] of this.owners) {
      assert.ok(tries >= least, `${name}: ${tries}`);
      assert.ok(inside / tries >= 0.99, `${name}: ${inside} of ${tries}`);
    }
  }
}

/** Of one User, on a day on which every budget was full; and on each later one. */
const atFirst = 1432;
const later = 1272;

describe("a week of guesses at one User, from all sides at once", () => {
  it("lets the owner in within a minute in 99 of 100 tries by every way where somebody else is not alone", async () => {
    const world = new World();
    await world.run(few, [...ownWays, ...sharedWays], 7);
    world.assertOwnersGetIn(40);
    assert.ok(Math.max(...world.guesses) <= later, world.guesses.join());
  }).timeout(60_000);

  it("lets him in by the ways that are his alone, however many guess, and these make 1 432 guesses a day at most", async () => {
    const world = new World();
    await world.run(withoutNumber, ownWays, 4);
    world.assertOwnersGetIn(20);
    const [first = 0, ...others] = world.guesses;
    assert.ok(first <= atFirst && first > later, `${first}`);
    // One more of each way may fall into a day by how the hours are cut.
    const most = later + Object.keys(ways).length;
    assert.ok(
      others.every((one) => one <= most),
      others.join(),
    );
  }).timeout(60_000);

  it("sums up to no more than the 1 440 and 20 of a single budget would be", () => {
    const rules = Object.values(ways);
    const burst = rules.reduce((sum, one) => sum + one.burst, 0);
    const daily = rules.reduce((sum, one) => sum + day / one.refill, 0);
    assert.deepEqual([burst + daily, daily], [atFirst, later]);
    assert.ok(atFirst <= 1460);
    // Who has stolen a device, or a browser's cookie, has these in addition.
    for (const { burst: held, refill } of [boundDevice, knownBrowser]) assert.ok(held + day / refill <= 80);
  });
});
