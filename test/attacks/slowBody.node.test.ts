import assert from "node:assert/strict";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:https";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { disown } from "../../src/database/ownership.js";
import type { ServerTables } from "../../src/database/store.js";
import { setHistory } from "../../src/server/programs/readings.js";
import { makeToken, revokeToken, tokensOf } from "../../src/server/programs/tokens.js";
import { makeWebhook } from "../../src/server/programs/webhooks.js";
import { ApiHouse, kitchen, userNamed } from "../hosts/server/api/apiHouse.js";
import { until } from "../support/until.js";

/** A request whose body is not there yet; `end` sends it, and says what came of it. */
class Slow {
  readonly #asking: ClientRequest;
  readonly #status: Promise<number>;
  readonly #body: string;

  constructor(house: ApiHouse, method: string, path: string, who: Record<string, string>, body: object) {
    this.#body = JSON.stringify(body);
    const headers = { ...who, "Content-Type": "application/json", "Content-Length": this.#body.length };
    const options = { host: "127.0.0.1", port: house.port, rejectUnauthorized: false, agent: false as const };
    this.#asking = request({ ...options, method, path: `/api/v1${path}`, headers });
    this.#status = new Promise((resolve, reject) => {
      this.#asking.once("error", reject).once("response", (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });
    this.#asking.write(this.#body.slice(0, 1));
  }

  async end(): Promise<number> {
    this.#asking.end(this.#body.slice(1));
    return this.#status;
  }
}

describe("a program, or a page, that asks before its User is removed and sends the rest afterwards", () => {
  let house: ApiHouse;
  /** Looks at the tables: who asks has been looked up, and his body is waited for. */
  let looks = 0;
  beforeEach(async () => {
    house = new ApiHouse();
    house.over = (store) => ({
      read: (work) => store.read(work).finally(() => looks++),
      transaction: (work) => store.transaction(work),
    });
    await house.start();
  });
  afterEach(() => house.close());

  async function asked(method: string, path: string, who: Record<string, string>, body: object) {
    const before = looks;
    const slow = new Slow(house, method, path, who, body);
    await until(() => looks > before, "who asks to be looked up");
    return slow;
  }

  const bearer = async (): Promise<Record<string, string>> => ({
    Authorization: `Bearer ${await house.token()}`,
  });
  const page = async (): Promise<Record<string, string>> => ({ "CPNS-Session": await house.session() });

  const remove = (): Promise<void> =>
    house.store.transaction(async (tables) => {
      await disown(tables, userNamed("alice").identity, house.clock.now());
      await tables.users.delete(hex(ascii("alice")));
    });

  for (const [what, method, path, who, body] of [
    ["a webhook", "POST", "/webhooks", bearer, { url: "http://127.0.0.1:1/" }],
    ["a token", "POST", "/tokens", page, { name: "afterwards", scopes: ["read"] }],
    ["a choice", "PUT", "/settings", page, { history: false }],
    ["a command", "POST", `/devices/${kitchen}/topics/lamp`, bearer, { value: true }],
  ] as const) {
    it(`leaves nothing behind, and does nothing: ${what}`, async () => {
      const slow = await asked(method, path, await who(), body);
      await remove();
      assert.equal(await slow.end(), 401);
      const { store, sent } = house;
      assert.deepEqual(
        [store.size("webhooks"), store.size("apiTokens"), store.size("preferences"), sent.length],
        [0, 0, 0, 0],
      );
    });
  }

  it("leaves nothing behind at the last moment either: the transaction that keeps it looks for the User himself", async () => {
    const user = userNamed("alice");
    await remove();
    const { store, ports } = house;
    for (const keep of [
      (tables: ServerTables) => makeToken(ports, tables, user, { name: "late", scopes: ["read"] }),
      (tables: ServerTables) => makeWebhook(ports, tables, user, { url: "https://example.org/" }),
      (tables: ServerTables) => setHistory(tables, user, false),
    ])
      await assert.rejects(
        store.transaction<unknown>((tables) => keep(tables)),
        { code: "api.token" },
      );
    assert.deepEqual([store.size("webhooks"), store.size("apiTokens"), store.size("preferences")], [0, 0, 0]);
  });

  it("does nothing by a token that was ended meanwhile", async () => {
    const slow = await asked("POST", `/devices/${kitchen}/topics/lamp`, await bearer(), { value: true });
    await house.store.transaction(async (tables) => {
      const user = userNamed("alice");
      for (const { id } of await tokensOf(tables, user)) assert.ok(await revokeToken(tables, id, user));
    });
    assert.equal(await slow.end(), 401);
    assert.deepEqual(house.sent, []);
  });

  it("is heard when nothing has changed", async () => {
    const slow = await asked("POST", `/devices/${kitchen}/topics/lamp`, await bearer(), { value: true });
    assert.equal(await slow.end(), 200);
    assert.deepEqual(
      house.sent.map((one) => (one as unknown[])[0]),
      [hex(fromHex(kitchen))],
    );
  });
});
