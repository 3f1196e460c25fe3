import assert from "node:assert/strict";
import { openapi } from "../../../../hosts/server/api/openapi.js";
import type { Route } from "../../../../hosts/server/api/route.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { Result } from "../../../../src/codec/results.js";
import { DatabaseError } from "../../../../src/database/errors.js";
import type { ServerStore } from "../../../../src/database/store.js";
import { maximumTokens } from "../../../../src/server/programs/tokens.js";
import { maximumWebhooks } from "../../../../src/server/programs/webhooks.js";
import { HookTarget } from "../../../support/hookTarget.js";
import { problemsOf, resolved } from "../../../support/jsonSchema.js";
import { until } from "../../../support/until.js";
import { type Answer, ApiHouse, type Asked, kitchen } from "./apiHouse.js";

type Json = Readonly<Record<string, never>>;
type Operation = { readonly responses: Readonly<Record<string, Json>>; readonly security: readonly Json[] };

const document = openapi as Json;
const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => ({ method: method.toUpperCase(), path, one })),
);

let house: ApiHouse;
const routes = (): readonly Route[] => house.interface?.routes(house.sendTopic) ?? assert.fail();
let token = "";
let session = "";
/** Answers that were checked, as "GET /devices 200". */
const seen = new Set<string>();

/** Asks, and holds the answer against the document. */
async function asked(
  method: string,
  path: string,
  status: number,
  how: Asked = {},
  at = path,
): Promise<Answer> {
  const answer = await house.ask(method, at, how);
  const name = `${method} ${path} ${status}`;
  assert.equal(answer.status, status, `${name}: ${answer.text}`);
  const described =
    paths[path]?.[method.toLowerCase()]?.responses[status] ?? assert.fail(`${name} is not there`);
  const { $ref } = described as { readonly $ref?: string };
  const { content } = ($ref === undefined ? described : resolved(document, $ref)) as {
    readonly content?: Json;
  };
  const [type] = (answer.headers["content-type"] ?? "").split(";");
  if (content === undefined) assert.equal(answer.text, "", name);
  else {
    const { schema } = (content[type as string] ?? assert.fail(`${name}: ${type}`)) as {
      readonly schema?: Json;
    };
    if (schema !== undefined) assert.deepEqual(problemsOf(document, schema, answer.body), [], name);
  }
  for (const header of ["cache-control", "x-content-type-options"]) assert.ok(answer.headers[header], name);
  if (status === 429 || status === 503) assert.match(answer.headers["retry-after"] ?? "", /^\d+$/);
  seen.add(name);
  return answer;
}

const named: Readonly<Record<string, string>> = {
  device: kitchen,
  topic: "lamp",
  token: "0123456789abcdef",
  webhook: "0123456789abcdef",
};
const filled = (path: string): string => path.replace(/\{(\w+)\}/g, (_, name: string) => named[name] ?? "");
const takes = (one: Operation): boolean => "requestBody" in one;
const byPage = (one: Operation): boolean => one.security.every((way) => "page" in way);
/** Who may: a token where one is enough. */
const may = (one: Operation): Asked => (byPage(one) ? { session } : { token });

describe("the OpenAPI document of the interface for programs", () => {
  before(async () => {
    house = await new ApiHouse().start();
    token = await house.token();
    session = await house.session();
  });
  after(() => house.close());

  it("names every route of the implementation, and no other", async () => {
    const { body } = await house.ask("GET", "/openapi.json");
    assert.deepEqual(body, JSON.parse(JSON.stringify(openapi)));
    assert.deepEqual(
      operations.map(({ method, path }) => `${method} ${path}`).sort(),
      routes()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    );
    for (const { scope, method, path } of routes()) {
      const { security } = paths[path]?.[method.toLowerCase()] ?? assert.fail(path);
      assert.deepEqual(security, scope === "page" ? [{ page: [] }] : [{ token: [scope] }, { page: [] }]);
    }
  });

  it("says what devices and networks look like", async () => {
    await asked("GET", "/devices", 200, { token });
    await asked("GET", "/devices/{device}", 200, { token }, `/devices/${kitchen}`);
    await asked("GET", "/networks", 200, { token });
  });

  it("says what topics look like, what is sent, and what comes of it", async () => {
    await house.says(kitchen, "temperature", 21.5);
    await house.says(kitchen, "lamp", true);
    await asked("GET", "/topics", 200, { token });
    await asked("GET", "/topics", 404, { token }, "/topics?device=00ff");
    const path = "/devices/{device}/topics/{topic}";
    for (const topic of ["temperature", "lamp", "ring"])
      await asked("GET", path, 200, { token }, `/devices/${kitchen}/topics/${topic}`);
    const usual = house.sendTopic;
    await asked("POST", path, 200, { token, body: { value: true, within: 5 } }, filled(path));
    await asked("POST", path, 422, { token, body: { value: 1 } }, filled(path));
    for (const [result, status] of [
      [Result.noRoute, 504],
      [Result.notListed, 422],
      [Result.busy, 503],
      [Result.refused, 502],
    ] as const) {
      house.sendTopic = async () => result;
      await asked("POST", path, status, { token, body: { value: true } }, filled(path));
    }
    house.sendTopic = usual;
  });

  it("says what streams begin with, and what settings are", async () => {
    const stream = await house.open({ token });
    assert.equal(stream.status, 200);
    assert.match(stream.headers["content-type"] ?? "", /^text\/event-stream/);
    seen.add("GET /stream 200");
    await house.says(kitchen, "temperature", 21.5);
    const { data } = await stream.next("reading");
    const { schemas } = document.components as unknown as { schemas: Record<string, Json> };
    assert.deepEqual(problemsOf(document, schemas.Event ?? {}, JSON.parse(data)), []);
    stream.close();
    await asked("GET", "/stream", 400, { token, headers: { "Last-Event-ID": "x" } });
    await asked("GET", "/settings", 200, { session });
    await asked("PUT", "/settings", 204, { session, body: { history: true } });
  });

  it("says what webhooks look like", async () => {
    const target = await HookTarget.open();
    target.answer = (response) => response.writeHead(500).end();
    const body = { url: target.url, device: kitchen, topic: "lamp" };
    const made = await asked("POST", "/webhooks", 201, { token, body });
    const { id } = made.body as { readonly id: string };
    await house.says(kitchen, "lamp", true);
    await until(() => target.heard.length === 1, "the event");
    await until(() => house.store.all("webhooks")[0]?.[1].failing === 1, "what came of it");
    await asked("GET", "/webhooks", 200, { token });
    for (let i = 0; i < 8; i++) {
      const tried = target.heard.length;
      house.clock.advance(Milliseconds(5 * 3_600_000));
      house.interface?.kick();
      if (house.store.all("deliveries")[0]?.[1].dead !== undefined) break;
      await until(() => target.heard.length > tried, "another try");
      await until(() => (house.store.all("webhooks")[0]?.[1].heldUntil ?? 0) === 0, "what came of it");
    }
    const dead = await asked(
      "GET",
      "/webhooks/{webhook}/dead-letters",
      200,
      { token },
      `/webhooks/${id}/dead-letters`,
    );
    assert.equal((dead.body as { deadLetters: unknown[] }).deadLetters.length, 1);
    await asked("DELETE", "/webhooks/{webhook}", 204, { token }, `/webhooks/${id}`);
    await asked("POST", "/webhooks", 422, { token, body: { url: "ftp://example.org/" } });
    await asked("POST", "/webhooks", 404, { token, body: { ...body, device: "00ff" } });
    for (let i = 0; i < maximumWebhooks; i++) await house.ask("POST", "/webhooks", { token, body });
    await asked("POST", "/webhooks", 409, { token, body });
    session = await house.session();
    await target.close();
  });

  it("says what tokens look like", async () => {
    const body = { name: "Küche", scopes: ["read"], days: 30 };
    const made = await asked("POST", "/tokens", 201, { session, body });
    await asked("GET", "/tokens", 200, { session });
    const { id } = made.body as { readonly id: string };
    await asked("DELETE", "/tokens/{token}", 204, { session }, `/tokens/${id}`);
    const bob = await house.session("bob");
    for (let i = 0; i < maximumTokens; i++) await house.token(["read"], "bob");
    await asked("POST", "/tokens", 409, { session: bob, body });
  });

  it("says how each route refuses", async () => {
    const readOnly = await house.token(["read"]);
    const without = await house.token(["send"]);
    for (const { method, path, one } of operations) {
      const at = filled(path);
      await asked(method, path, 401, { from: "127.0.0.9" }, at);
      const other = "read" in ((one.security[0] as Json).token ?? {}) ? without : readOnly;
      const reads = JSON.stringify(one.security).includes('"read"');
      await asked(method, path, 403, { token: reads ? without : other }, at);
      if (takes(one)) {
        await asked(method, path, 400, { ...may(one), body: [] }, at);
        await asked(method, path, 413, { ...may(one), raw: `"${"x".repeat(8_192)}"` }, at);
        await asked(
          method,
          path,
          415,
          { ...may(one), raw: "a=1", headers: { "Content-Type": "text/plain" } },
          at,
        );
      }
      if ("404" in one.responses && path.includes("{")) {
        const nobodys = path.replace(/\{(\w+)\}/g, "0123456789abcde0");
        await asked(method, path, 404, { ...may(one), ...(takes(one) && { body: { value: 1 } }) }, nobodys);
      }
    }
  });

  it("says how each route is while the database is away, and for who asks too often", async () => {
    await house.shut();
    const away = async (): Promise<never> => {
      throw new DatabaseError("database.away");
    };
    house.over = (): ServerStore => ({ read: away, transaction: away });
    await house.listen();
    for (const { method, path, one } of operations) await asked(method, path, 503, may(one), filled(path));
    house.over = undefined;
    await house.shut();
    await house.listen();
    const busy = await house.token();
    for (let i = 0; i < 100; i++) await house.ask("GET", "/nowhere", { token: busy });
    for (const { method, path } of operations) await asked(method, path, 429, { token: busy }, filled(path));
  });

  it("has no answer that this test has not seen", () => {
    const all = operations.flatMap(({ method, path, one }) =>
      Object.keys(one.responses).map((status) => `${method} ${path} ${status}`),
    );
    assert.deepEqual(
      all.filter((one) => !seen.has(one)),
      [],
    );
  });
});
