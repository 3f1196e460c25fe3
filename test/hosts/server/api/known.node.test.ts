import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { nodeRandom, nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import { Doorkeeper, tokenText } from "../../../../hosts/server/api/credentials.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { makeToken } from "../../../../src/server/programs/tokens.js";
import { ManualClock } from "../../../support/manualClock.js";
import { type ApiHouse, eachInNewHouse, userNamed } from "./apiHouse.js";

let house: ApiHouse;

const request = (text: string): IncomingMessage =>
  ({
    headers: { authorization: `Bearer ${text}` },
    socket: { remoteAddress: "192.0.2.1" },
  }) as unknown as IncomingMessage;

async function tokens(count: number): Promise<string[]> {
  const made: string[] = [];
  for (let n = 0; n < count; n++) {
    const ports = { ...house.ports, random: nodeRandom, suite: nodeSuite };
    const { octets } = await house.store.transaction((tables) =>
      makeToken(ports, tables, userNamed("alice"), { name: `t${n}`, scopes: ["read"] }),
    );
    made.push(tokenText(octets));
  }
  return made;
}

async function answer(door: Doorkeeper, text: string): Promise<string> {
  try {
    await door.who(request(text));
    return "in";
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

/** The one that has been right for longest gives way. */
describe("how many tokens and sessions are known to have been right", () => {
  it("are 10,000, those that were right last", async () => {
    const clock = new ManualClock();
    clock.advance(Milliseconds(1_800_000_000_000));
    const names = (n: number): string => `cpns_${String(n).padStart(6, "0").padEnd(54, "A")}`;
    let right = true;
    const token = { usedAt: 1_800_000_000, scopes: 1 };
    const read = async () => (right ? { id: `${holders++}`, user: {}, token } : undefined);
    let holders = 0;
    const door = new Doorkeeper({ clock, suite: nodeSuite, random: nodeRandom, store: { read } } as never);
    for (let n = 0; n < 10_000; n++) await door.who(request(names(n)));
    right = false;
    for (let n = 0; n < 10; n++) assert.equal(await answer(door, names(20_000 + n)), "api.token");
    right = true;
    assert.equal(await answer(door, names(10_000)), "api.tooMany");
    assert.equal(await answer(door, names(0)), "in", "the oldest of 10,000, and now the youngest");
    clock.advance(Milliseconds(5_000));
    assert.equal(await answer(door, names(10_000)), "in", "one more");
    right = false;
    assert.equal(await answer(door, names(20_010)), "api.token", "the last guess");
    right = true;
    assert.equal(await answer(door, names(1)), "api.tooMany");
    assert.equal(await answer(door, names(2)), "in");
  });
});

describe("tokens that were right a while ago", () => {
  eachInNewHouse([], (made) => {
    house = made;
  });

  for (const count of [2, 3])
    it(`pass where another in their network guesses: of ${count} where two are known, the last two, and no others`, async () => {
      const door = new Doorkeeper(house.ports, 2);
      const right = await tokens(count);
      for (const one of right) assert.equal(await answer(door, one), "in");
      const wrong = `cpns_${"A".repeat(54)}`;
      for (let n = 0; n < 10; n++) assert.equal(await answer(door, wrong), "api.token");
      assert.equal(await answer(door, wrong), "api.tooMany");
      for (const one of right.slice(-2)) assert.equal(await answer(door, one), "in");
      for (const one of right.slice(0, -2)) assert.equal(await answer(door, one), "api.tooMany");
    });
});
