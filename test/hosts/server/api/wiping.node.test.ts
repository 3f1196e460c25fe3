import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { nodeRandom, nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import { Doorkeeper, tokenText } from "../../../../hosts/server/api/credentials.js";
import { secretText } from "../../../../hosts/server/api/webhooks.js";
import { allZero } from "../../../../src/base/octets.js";
import type { WebhookRecord } from "../../../../src/database/rows/programs.js";
import type { ReadTables } from "../../../../src/database/store.js";
import { makeToken } from "../../../../src/server/programs/tokens.js";
import { deadLettersOf, makeWebhook, webhooksOf } from "../../../../src/server/programs/webhooks.js";
import { type ApiHouse, eachInNewHouse, userNamed } from "./apiHouse.js";

let house: ApiHouse;
function inNewHouse(): void {
  eachInNewHouse([], (made) => {
    house = made;
  });
}

/** The tables, and every webhook that was read from them. */
function watched(tables: ReadTables): { readonly tables: ReadTables; readonly read: WebhookRecord[] } {
  const read: WebhookRecord[] = [];
  const { webhooks } = tables;
  const watching: ReadTables["webhooks"] = {
    count: (...asked) => webhooks.count(...asked),
    page: (...asked) => webhooks.page(...asked),
    find: async (...asked) => {
      const found = await webhooks.find(...asked);
      read.push(...found.map(({ value }) => value));
      return found;
    },
    get: async (key) => {
      const one = await webhooks.get(key);
      if (one !== undefined) read.push(one);
      return one;
    },
  };
  return { tables: { ...tables, webhooks: watching }, read };
}

describe("secrets of programs", () => {
  inNewHouse();

  it("are wiped once their text is made: tokens, and keys of webhooks", async () => {
    const filled: Uint8Array[] = [];
    const random = {
      fill: (octets: Uint8Array) => {
        nodeRandom.fill(octets);
        filled.push(octets);
      },
    };
    const { octets } = await house.store.transaction((tables) =>
      makeToken({ ...house.ports, random }, tables, userNamed("alice"), { name: "a", scopes: ["read"] }),
    );
    assert.deepEqual(
      filled.filter(({ length }) => length === 32).map(allZero),
      [true],
      "what the token was put together from",
    );
    assert.equal(allZero(octets), false);
    assert.match(tokenText(octets), /^cpns_[\w-]{54}$/);
    assert.ok(allZero(octets));
    const key = new Uint8Array(40).fill(0xfb).subarray(4, 36);
    assert.equal(secretText(key), `whsec_${Buffer.alloc(32, 0xfb).toString("base64")}`);
    assert.ok(allZero(key));
  });

  it("of webhooks are wiped where they were only looked past", async () => {
    const { ports, store } = house;
    const alice = userNamed("alice");
    const { id } = await store.transaction((tables) =>
      makeWebhook(ports, tables, alice, { url: "https://example.org/key" }),
    );
    await store.read(async (all) => {
      const { tables, read } = watched(all);
      await deadLettersOf(tables, alice, id);
      assert.equal(read.length, 1);
      for (const { key, url } of read) assert.ok(allZero(key) && allZero(url));
      const [shown] = await webhooksOf(tables, alice);
      assert.ok(shown !== undefined && allZero(shown.webhook.key) && !allZero(shown.webhook.url));
    });
  });

  it("of a page are wiped once its User is found, also where an answer lasts", async () => {
    const hashed: Uint8Array[] = [];
    const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
      hashed.push(...parts);
      return nodeSuite.sha256(...parts);
    };
    const door = new Doorkeeper({ ...house.ports, suite: { ...nodeSuite, sha256 } });
    const session = await house.session();
    const request = { headers: { "cpns-session": session }, socket: { remoteAddress: "127.0.0.1" } };
    const { user, still } = await door.who(request as unknown as IncomingMessage);
    assert.deepEqual(user.userID, userNamed("alice").userID);
    assert.ok(await house.store.read(still));
    assert.deepEqual(hashed.map(allZero), [true]);
    await house.store.transaction(async ({ pageSessions }) => {
      for (const [name] of house.store.all("pageSessions")) await pageSessions.delete(name);
    });
    assert.equal(await house.store.read(still), false);
  });
});
