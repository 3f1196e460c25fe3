import assert from "node:assert/strict";
import type { Route } from "../../hosts/server/api/route.js";
import { apiRoutes } from "../../hosts/server/api/routes.js";
import { hex } from "../../src/base/octets.js";
import { scopes } from "../../src/server/programs/tokens.js";
import {
  type Answer,
  ApiHouse,
  bobsPhone,
  cellar,
  gateway,
  kitchen,
  pnID,
} from "../hosts/server/api/apiHouse.js";
import { until } from "../support/until.js";

const never = (): never => assert.fail("no route is run here");
/** Each route that there is, as the Server has it. */
const routes: readonly Route[] = apiRoutes({
  ports: {} as never,
  programs: {} as never,
  streams: { route: { method: "GET", path: "/stream", scope: "stream", run: never } } as never,
  sendTopic: never,
  targets: "any",
});

const codeOf = ({ body }: Answer): string | undefined => (body as { code?: string } | undefined)?.code;

/** A program that has a token of its own at the Server, and means no good. */
describe("a hostile program at the Server's interface", () => {
  let house: ApiHouse;
  let alices = "";
  let bobs = "";
  beforeEach(async () => {
    house = await new ApiHouse().start();
    alices = await house.token();
    bobs = await house.token(scopes, "bob");
  });
  afterEach(() => house.close());

  /** What the tables have, but for when a token was last used, and who is at the Server's page. */
  const lying = (): string =>
    JSON.stringify(
      Object.entries(house.store.dump())
        .filter(([table]) => !["apiTokens", "pageSessions", "counters"].includes(table))
        .map(([table, rows]) => [table, [...(rows as Iterable<unknown>)]]),
      (_, one) => (one instanceof Uint8Array ? hex(one) : one),
    );
  /** In the place of the names in a route's path. */
  const withIDs = (path: string, device: string, webhook: string, token: string): string =>
    path
      .replace("{device}", device)
      .replace("{topic}", "lamp")
      .replace("{webhook}", webhook)
      .replace("{token}", token);
  const bodyFor = ({ method, path }: Route): unknown =>
    method === "GET" || method === "DELETE"
      ? undefined
      : path.includes("{topic}")
        ? { value: true }
        : { url: "http://127.0.0.1:1/" };

  it("gets from each route with another's IDs what it gets for those that nobody has, and changes nothing", async () => {
    const { body } = await house.ask("POST", "/webhooks", {
      token: alices,
      body: { url: "http://127.0.0.1:1/" },
    });
    const webhook = (body as { id: string }).id;
    const session = await house.session("alice");
    const listed = (await house.ask("GET", "/tokens", { session })).body as { tokens: { id: string }[] };
    const before = lying();
    const [bobsPage, tried] = [await house.session("bob"), new Set<string>()];
    for (const route of routes.filter(({ path }) => path.includes("{"))) {
      const by = route.scope === "page" ? { session: bobsPage } : { token: bobs };
      const ask = (path: string): Promise<Answer> =>
        house.ask(route.method, path, { ...by, body: bodyFor(route) });
      const theirs = await ask(withIDs(route.path, kitchen, webhook, listed.tokens[0]?.id ?? ""));
      const nobodys = await ask(withIDs(route.path, "00ff", "0".repeat(16), "0".repeat(16)));
      assert.deepEqual([theirs.status, theirs.text], [nobodys.status, nobodys.text], route.path);
      assert.equal(theirs.status, 404, route.path);
      tried.add(route.path);
    }
    assert.ok(tried.size >= 5, [...tried].join());
    assert.ok(lying() === before, "something was changed");
    assert.deepEqual(house.sent, []);
    for (const query of [`?device=${kitchen}`, `?device=${cellar}`, `?device=${gateway}`])
      assert.equal((await house.ask("GET", `/topics${query}`, { token: bobs })).status, 404, query);
    const only = { url: "http://127.0.0.1:1/", device: kitchen };
    assert.equal((await house.ask("POST", "/webhooks", { token: bobs, body: only })).status, 404);
    const stream = await house.open({ token: bobs }, `?device=${kitchen}`);
    await house.says(kitchen, "temperature", 21);
    await house.says(bobsPhone, "step", "step", "bob");
    await house.interface?.beat();
    assert.deepEqual(stream.events, []);
    stream.close();
  });

  it("gets no further with each scope than the routes of that scope, and at none of a page's", async () => {
    for (const scope of scopes) {
      const token = await house.token([scope]);
      for (const route of routes.filter((one) => one.scope !== scope)) {
        const path = withIDs(route.path, kitchen, "0".repeat(16), "0".repeat(16));
        const answer = await house.ask(route.method, path, { token, body: bodyFor(route) });
        assert.deepEqual([answer.status, codeOf(answer)], [403, "api.scope"], `${scope} ${route.path}`);
      }
    }
    assert.deepEqual(house.sent, []);
    assert.equal(house.store.size("webhooks"), 0);
  });

  it("finds no file and no other path, however the way up is written", async () => {
    for (const path of [
      ...[
        "/../server.keys",
        "/devices/../../../etc/passwd",
        "/%2e%2e/%2e%2e/server.keys",
        "/..%2f..%2fserver.keys",
      ],
      ...[
        "/devices/..%5c..%5cserver.keys",
        "/devices/%00",
        "/devices/a%0d%0aSet-Cookie:x",
        "//devices",
        "/devices//",
      ],
      ...[
        "/devices/__proto__",
        "/devices/constructor",
        "/devices/toString/topics/valueOf",
        "/hasOwnProperty",
      ],
      ...[
        `/devices/${"a".repeat(65)}`,
        `/devices/${kitchen}/topics/..`,
        `/devices/${kitchen.toUpperCase()}%20`,
      ],
    ]) {
      const answer = await house.ask("GET", path, { token: alices });
      assert.deepEqual([answer.status, codeOf(answer)], [404, "api.unknown"], path);
    }
  });

  it("fills its own places alone: webhooks, tokens, streams; another's are untouched", async () => {
    const codes = async (ask: () => Promise<Answer>): Promise<(string | undefined)[]> => {
      const all: (string | undefined)[] = [];
      for (let i = 0; i < 34; i++) all.push(codeOf(await ask()));
      return all;
    };
    const hook = { body: { url: "http://127.0.0.1:1/" } };
    const hooks = await codes(() => house.ask("POST", "/webhooks", { token: bobs, ...hook }));
    assert.deepEqual(hooks, [...new Array(8).fill(undefined), ...new Array(26).fill("api.full")]);
    const page = { session: await house.session("bob"), body: { name: "x", scopes: ["read"] } };
    const tokens = await codes(() => house.ask("POST", "/tokens", page));
    assert.deepEqual([tokens.indexOf("api.full"), tokens.at(-1)], [31, "api.full"]);
    const streams = await Promise.all(Array.from({ length: 20 }, () => house.open({ token: bobs })));
    assert.equal(streams.filter(({ status }) => status === 429).length, 4);
    assert.equal((await house.ask("POST", "/webhooks", { token: alices, ...hook })).status, 201);
    const hers = await house.open({ token: alices });
    assert.equal(hers.status, 200);
    for (const stream of [...streams, hers]) stream.close();
    await until(() => house.interface?.streams === 0, "the streams to be let go");
  });

  it("says two things of who it is: a page's session counts, and a token beside it opens nothing more", async () => {
    const session = await house.session("bob");
    const both = await house.ask("GET", "/devices", { token: alices, session });
    assert.deepEqual(
      (both.body as { devices: { id: string }[] }).devices.map(({ id }) => id),
      [bobsPhone],
    );
    const none = await house.ask("GET", "/devices", { token: alices, session: "0".repeat(64) });
    assert.equal(none.status, 401);
    assert.equal((await house.ask("GET", "/tokens", { token: alices, session: "" })).status, 401);
    for (const Authorization of [
      `Basic ${alices}`,
      `bearer ${alices}`,
      `Bearer  ${alices}`,
      `Bearer ${alices},x`,
    ])
      assert.equal(
        (await house.ask("GET", "/devices", { headers: { Authorization } })).status,
        401,
        Authorization,
      );
  });

  it("does by no other method, and no header that names one, what it may not; nothing comes back of what was sent", async () => {
    const read = await house.token(["read"]);
    const override = { "X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE", _method: "DELETE" };
    const path = `/devices/${kitchen}/topics/lamp`;
    assert.equal((await house.ask("GET", path, { token: read, headers: override })).status, 200);
    for (const method of ["TRACE", "OPTIONS", "HEAD", "PATCH", "PROPFIND", "SEARCH"]) {
      const answer = await house.ask(method, path, { token: alices });
      assert.equal(answer.status, 405, method);
      assert.equal(
        `${answer.text}${JSON.stringify(answer.headers)}`.includes(alices.slice(8)),
        false,
        method,
      );
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
    assert.deepEqual(house.sent, []);
  });

  it("learns of nothing but its own by the network that it is a guest in", async () => {
    for (const path of ["/devices", "/topics"]) {
      const { text } = await house.ask("GET", path, { token: bobs });
      for (const other of [kitchen, cellar]) assert.equal(text.includes(other), false, path);
    }
    const { body } = await house.ask("GET", "/networks", { token: bobs });
    const [network] = (body as { networks: { id: string; own: boolean }[] }).networks;
    assert.deepEqual([network?.id, network?.own], [hex(pnID), false]);
  });
});
