import assert from "node:assert/strict";
import { MemoryServerStore } from "../../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { countAttempt, forgetAttempts } from "../../../src/protocols/enrolment/attempts.js";

const userID = ascii("alice");
const day = 24 * 3_600_000;

class Guessers {
  readonly store = new MemoryServerStore();
  now = 1_000;

  /** True when the attempt is looked at. */
  guess(gateway: string): Promise<boolean> {
    const guess = { role: "pne" as const, userID, gatewayID: ascii(gateway) };
    return this.store.transaction((tables) => countAttempt(tables, guess, true, Milliseconds(this.now)));
  }

  async global(): Promise<number> {
    return (await this.store.tables.attempts.get(hex(userID)))?.failures ?? 0;
  }
}

describe("the budget of a User ID from everywhere", () => {
  it("is not spent by one rogue PN GW, however long it guesses", async () => {
    const guessers = new Guessers();
    for (let i = 0; i < 500; i++) {
      await guessers.guess("rogue");
      guessers.now += 300_000;
    }
    assert.ok((await guessers.global()) <= 5);
    await guessers.guess("rogue");
    assert.equal(await guessers.guess("the owner's"), true);
  });

  it("is spent by several together, and then slows down all of them", async () => {
    const guessers = new Guessers();
    for (let i = 0; i < 60; i++) {
      for (const name of ["a", "b", "c", "d", "e", "f"]) await guessers.guess(name);
      guessers.now += 10_000;
    }
    assert.ok((await guessers.global()) > 20);
    let looked = 0;
    for (let time = 0; time < day; time += 15_000) {
      for (const name of ["a", "b", "c", "d", "e", "f"]) if (await guessers.guess(name)) looked++;
      guessers.now += 15_000;
    }
    assert.ok(looked <= day / 60_000 + 1, `${looked} guesses a day`);
  });

  it("is whole again when the owner has enrolled", async () => {
    const guessers = new Guessers();
    for (let i = 0; i < 5; i++) {
      await guessers.guess("the owner's");
      guessers.now += 300_000;
    }
    const guess = { role: "pne" as const, userID, gatewayID: ascii("the owner's") };
    await guessers.store.transaction((tables) => forgetAttempts(tables, guess));
    assert.equal(await guessers.global(), 0);
  });
});
