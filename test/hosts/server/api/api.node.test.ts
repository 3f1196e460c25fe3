import assert from "node:assert/strict";
import { hex } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import {
  type ApiHouse,
  bobsPhone,
  cellar,
  eachInNewHouse,
  gateway,
  kitchen,
  pnID,
  userNamed,
} from "./apiHouse.js";

let house: ApiHouse;
let token = "";
function inNewHouse(): void {
  eachInNewHouse(["read"], (made, its) => {
    house = made;
    token = its;
  });
}

const codeOf = (body: { readonly code?: string }): string | undefined => body?.code;

describe("devices and networks at the interface for programs", () => {
  inNewHouse();

  it("are the User's own, with their topics, and where they are", async () => {
    const { body } = await house.ask("GET", "/devices", { token });
    const { devices } = body as {
      devices: { id: string; kind: string; network?: object; topics: object[] }[];
    };
    assert.deepEqual(
      devices.map(({ id, kind, network, topics }) => [id, kind, network, topics.length]),
      [
        [cellar, "device", undefined, 0],
        [gateway, "gateway", undefined, 0],
        [kitchen, "device", { id: hex(pnID), gateway }, 5],
      ].sort(([a], [b]) => (`${a}` < `${b}` ? -1 : 1)),
    );
    const one = await house.ask("GET", `/devices/${kitchen}`, { token });
    assert.deepEqual((one.body as { topics: object[] }).topics[0], {
      topic: "temperature",
      kind: "number",
      direction: "offers",
      unit: "°C",
    });
  });

  it("of another User look like those that nobody has", async () => {
    const theirs = await house.ask("GET", `/devices/${bobsPhone}`, { token });
    const nobodys = await house.ask("GET", "/devices/00ff", { token });
    assert.deepEqual([theirs.status, theirs.text], [nobodys.status, nobodys.text]);
    assert.equal(theirs.status, 404);
  });

  it("are shown to a guest as every member sees them: the network, and what he may not read as not his (C-34)", async () => {
    const bob = await house.token(["read"], "bob");
    const { body } = await house.ask("GET", "/networks", { token: bob });
    const { networks } = body as {
      networks: { name: string; own: boolean; members: { id: string; own: boolean }[] }[];
    };
    assert.equal(networks.length, 1);
    assert.deepEqual([networks[0]?.name, networks[0]?.own], ["at home", false]);
    assert.deepEqual(
      networks[0]?.members.map(({ id, own }) => [id, own]),
      [
        [bobsPhone, true],
        [kitchen, false],
      ],
    );
    assert.equal((await house.ask("GET", `/devices/${kitchen}`, { token: bob })).status, 404);
  });
});

describe("tokens at the interface for programs", () => {
  inNewHouse();

  it("are made by the User's own session, shown once, and kept as a hash", async () => {
    const session = await house.session();
    const body = { name: "Home Assistant", scopes: ["stream", "read"], days: 30 };
    const made = await house.ask("POST", "/tokens", { session, body });
    const {
      token: text,
      scopes,
      expiresAt,
    } = made.body as { token: string; scopes: string[]; expiresAt: string };
    assert.deepEqual(scopes, ["read", "stream"]);
    assert.equal(Date.parse(expiresAt), house.clock.now() + 30 * 24 * 3_600_000);
    assert.equal((await house.ask("GET", "/devices", { token: text })).status, 200);
    const listed = await house.ask("GET", "/tokens", { session });
    assert.equal(listed.text.includes(text), false);
    assert.match(listed.text, /"lastUsed":/);
    const secret = Buffer.from(text.slice(5), "base64url").subarray(8);
    assert.equal(secret.length, 32);
    const rows = JSON.stringify([...house.store.dump().apiTokens], (_, one) =>
      one instanceof Uint8Array ? hex(one) : one,
    );
    assert.ok(rows.includes("Home Assistant"), "the detector works");
    assert.equal(rows.includes(secret.toString("hex")), false);
    assert.equal(house.log.join().includes(text.slice(20)), false);
  });

  it("make and end no tokens, and do what they are for and nothing else", async () => {
    const all = await house.token();
    for (const [method, path] of [
      ["GET", "/tokens"],
      ["POST", "/tokens"],
      ["DELETE", "/tokens/0123456789abcdef"],
    ] as const)
      assert.equal(codeOf((await house.ask(method, path, { token: all })).body), "api.scope");
    const send = await house.token(["send"]);
    assert.equal((await house.ask("GET", "/devices", { token: send })).status, 403);
  });

  it("are over when they are ended, when their time is, and when their User has gone", async () => {
    const refused = async (text: string): Promise<void> => {
      const answer = await house.ask("GET", "/devices", { token: text });
      assert.deepEqual([answer.status, codeOf(answer.body)], [401, "api.token"]);
      assert.match(answer.headers["www-authenticate"] ?? "", /^Bearer/);
    };
    const session = await house.session();
    const { body } = await house.ask("GET", "/tokens", { session });
    const [{ id }] = (body as { tokens: { id: string }[] }).tokens as [{ id: string }];
    assert.equal(
      (await house.ask("DELETE", `/tokens/${id}`, { session: await house.session("bob") })).status,
      404,
    );
    assert.equal((await house.ask("DELETE", `/tokens/${id}`, { session })).status, 204);
    await refused(token);
    const short = await house.token(["read"], "alice", 1);
    assert.equal((await house.ask("GET", "/devices", { token: short })).status, 200);
    house.clock.advance(Milliseconds(25 * 3_600_000));
    await refused(short);
    const bob = await house.token(["read"], "bob");
    await house.store.transaction(({ users }) => users.delete(hex(userNamed("bob").userID)));
    await refused(bob);
  });

  it("are noted as used once a day", async () => {
    const writes = async (): Promise<number | undefined> => house.store.all("apiTokens")[0]?.[1].usedAt;
    await house.ask("GET", "/devices", { token });
    const first = await writes();
    house.clock.advance(Milliseconds(3_600_000));
    await house.ask("GET", "/devices", { token });
    assert.equal(await writes(), first);
    house.clock.advance(Milliseconds(24 * 3_600_000));
    await house.ask("GET", "/devices", { token });
    assert.notEqual(await writes(), first);
  });

  it("are asked for in a body that is as it should be", async () => {
    const session = await house.session();
    const good = { name: "x", scopes: ["read"] };
    for (const body of [
      null,
      [],
      "text",
      {},
      { ...good, name: "" },
      { ...good, name: "x".repeat(33) },
      { ...good, name: `${"\u00fc".repeat(16)}x` },
      { ...good, name: "\ud800" },
      { ...good, scopes: [] },
      { ...good, scopes: ["page"] },
      { ...good, scopes: "read" },
      { ...good, days: 0 },
      { ...good, days: 367 },
      { ...good, days: 1.5 },
      { ...good, more: 1 },
    ]) {
      const answer = await house.ask("POST", "/tokens", { session, body });
      assert.deepEqual([answer.status, codeOf(answer.body)], [400, "api.request"], JSON.stringify(body));
    }
    for (const raw of ["{", "\u0000", '{"a":']) {
      assert.equal((await house.ask("POST", "/tokens", { session, raw })).status, 400, raw);
    }
    assert.equal(house.store.size("apiTokens"), 1);
    for (const body of [
      { ...good, name: "x".repeat(32) },
      { ...good, name: "\u00fc".repeat(16) },
      { ...good, days: 1 },
      { ...good, days: 366 },
    ]) {
      const { status, body: made } = await house.ask("POST", "/tokens", { session, body });
      assert.equal(status, 201, JSON.stringify(body));
      const text = (made as { token: string }).token;
      assert.equal((await house.ask("GET", "/devices", { token: text })).status, 200, JSON.stringify(body));
    }
  });
});

describe("paths at the interface for programs", () => {
  inNewHouse();

  it("that are none are unknown; other methods are told which there are", async () => {
    for (const path of ["/", "", "/device", "/devices/", "/devices/%2e%2e", "/devices/x/y/z", "/__proto__"]) {
      const answer = await house.ask("GET", path, { token });
      assert.deepEqual([answer.status, codeOf(answer.body)], [404, "api.unknown"], path);
    }
    const answer = await house.ask("PATCH", "/tokens", { token });
    assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, POST"]);
    assert.equal((await house.ask("POST", "/openapi.json", { token })).status, 405);
  });
});
