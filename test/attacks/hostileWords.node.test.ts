import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:tls";
import { type Answer, ApiHouse, kitchen } from "../hosts/server/api/apiHouse.js";
import { until } from "../support/until.js";

/** What a program with a good token may say, to have the Server do, write or break something else. */
describe("what a hostile program says at the Server's interface", () => {
  let house: ApiHouse;
  let token = "";
  beforeEach(async () => {
    house = await new ApiHouse().start();
    token = await house.token();
  });
  afterEach(() => house.close());

  it("is refused with JSON that nests as deep as fits, is no UTF-8, is too long, or has members that nobody asked for", async () => {
    const path = `/devices/${kitchen}/topics/lamp`;
    const post = (raw: string, headers = {}): Promise<Answer> =>
      house.ask("POST", path, { token, raw, headers });
    const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    assert.equal((await post(deep(4_000))).status, 400);
    assert.equal((await post(`{"value":${deep(4_000)}}`)).status, 422);
    assert.equal((await post(`{"value":${'{"a":'.repeat(1_300)}1${"}".repeat(1_300)}}`)).status, 422);
    assert.equal((await post(deep(10_000))).status, 413);
    for (const raw of [
      ...[
        '{"value":true,"__proto__":{"within":1}}',
        '{"__proto__":{"value":true}}',
        '{"constructor":{},"value":true}',
      ],
      ...[
        '{"value":true,"toString":1}',
        '{"value":true,"within":"20"}',
        '{"value":true,"within":1e9}',
        '{"within":5}',
      ],
      ...[
        '{"value":true} x',
        '\ufeff{"value":true}x',
        "value=true",
        '{"value":True}',
        "",
        '[{"value":true}]',
      ],
    ])
      assert.deepEqual([(await post(raw)).status, raw], [400, raw]);
    assert.equal((await post('{"value":true}', { "Content-Type": "application/jsonp" })).status, 415);
    assert.equal((await post('{"value":true}', { "Content-Type": "text/plain" })).status, 415);
    assert.deepEqual([Object.hasOwn(Object.prototype, "within"), house.sent], [false, []]);
    // Of two of one name JSON has the last.
    assert.equal((await post('{"value":1,"value":true}')).status, 200);
    assert.equal(house.sent.length, 1);
  });

  it("sends no value that its topic cannot have: numbers without end, objects, text in the place of octets", async () => {
    for (const [topic, value] of [
      ...[
        ["lamp", "1e400"],
        ["lamp", '"true"'],
        ["lamp", "null"],
        ["lamp", "[true]"],
        ["lamp", '{"valueOf":1}'],
      ],
      ...[
        ["ring", '"a\\r\\nb"'],
        ["ring", '"__proto__x"'],
        ["ring", '""'],
        ["ring", `"${"a".repeat(17)}"`],
      ],
      ...[
        ["text", '""'],
        ["text", `"${"a".repeat(513)}"`],
        ["text", '"\\ud800"'],
        ["code", '"0g"'],
        ["code", '"0"'],
      ],
      ...[
        ["code", `"${"00".repeat(513)}"`],
        ["code", "7"],
      ],
    ] as const) {
      const path = `/devices/${kitchen}/topics/${topic}`;
      const answer = await house.ask("POST", path, { token, raw: `{"value":${value}}` });
      assert.ok([400, 422].includes(answer.status), `${topic} ${value}: ${answer.status}`);
    }
    const offered = await house.ask("POST", `/devices/${kitchen}/topics/temperature`, {
      ...{ token, raw: '{"value":1e400}' },
    });
    assert.equal(offered.status, 404);
    assert.deepEqual(house.sent, []);
  });

  it("writes no header, no line of the log and no event by what it names and says", async () => {
    const session = await house.session();
    const rude = "a\r\nSet-Cookie: b=c\r\n\r\n";
    const made = await house.ask("POST", "/tokens", { session, body: { name: rude, scopes: ["read"] } });
    assert.equal(made.status, 201);
    const listed = await house.ask("GET", "/tokens", { session });
    const known = listed.body as { tokens: { name: string }[] };
    assert.ok(known.tokens.some(({ name }) => name === rude));
    for (const { headers } of [made, listed]) assert.equal(headers["set-cookie"], undefined);
    const stream = await house.open({ token });
    await house.says(kitchen, "text", `x\n\nid: 99\nevent: reading\ndata: {"value":1}\n\n`);
    const { data } = await stream.next("reading");
    assert.match(JSON.parse(data).value, /^x\n\nid: 99/);
    await house.says(kitchen, "temperature", 1);
    assert.equal(JSON.parse((await stream.next("reading")).data).value, 1);
    assert.equal(stream.events.length, 2);
    stream.close();
    for (const url of [
      "http://a/\r\nHost: b",
      "http://a/\nx",
      "http://a/ b",
      "http://a/\u0000",
      "http://\u2100.example/",
    ])
      assert.equal((await house.ask("POST", "/webhooks", { token, body: { url } })).status, 422, url);
    await house.ask("GET", "/devices/x%0d%0aforged.line", { token });
    assert.ok(house.log.every((line) => !/[\r\n]/.test(line) && !line.includes("forged")));
  });

  it("takes a stream up at no number that is none: huge, negative, two of them, with letters", async () => {
    for (let i = 0; i < 3; i++) await house.says(kitchen, "temperature", i);
    const statusOf = async (id: string, query = ""): Promise<number> => {
      const stream = await house.open({ token, headers: id === "" ? {} : { "Last-Event-ID": id } }, query);
      stream.close();
      return stream.status;
    };
    for (const id of [
      "9".repeat(16),
      "9".repeat(4_000),
      "-1",
      "1e3",
      "0x1",
      "1.5",
      "1, 2",
      "__proto__",
      "NaN",
    ]) {
      assert.equal(await statusOf(id), 400, id.slice(0, 20));
      assert.equal(await statusOf("", `?after=${encodeURIComponent(id)}`), 400, id.slice(0, 20));
    }
    // A number that is still to come begins now, and is told nothing twice and nothing that has been.
    const ahead = await house.open({ token, headers: { "Last-Event-ID": "9".repeat(15) } });
    await house.says(kitchen, "temperature", 7);
    assert.equal(JSON.parse((await ahead.next("reading")).data).value, 7);
    assert.equal(ahead.events.length, 1);
    ahead.close();
    assert.equal(await statusOf("", "?after=1&after=x&device=__proto__&topic=constructor"), 200);
  });

  it("opens and leaves streams a hundred times, and none is left behind", async () => {
    for (let i = 0; i < 100; i++) {
      const stream = await house.open({ token }, "?after=0");
      stream.close();
      house.clock.advance(1_000 as never);
    }
    await until(() => house.interface?.streams === 0, "the streams to be let go");
    const stream = await house.open({ token });
    assert.equal(stream.status, 200);
    stream.close();
  });

  it("is answered by no token in a request that is two (smuggled behind a length)", async () => {
    const socket = connect({ port: house.port, host: "127.0.0.1", rejectUnauthorized: false });
    socket.on("error", () => {});
    let all = "";
    socket.on("data", (data) => {
      all += data.toString("latin1");
    });
    const inner = `POST /api/v1/devices/${kitchen}/topics/lamp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"value":true}`;
    socket.write(
      `POST /api/v1/devices/${kitchen}/topics/lamp HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${inner.length}\r\nConnection: close\r\n\r\n${inner}`,
    );
    await once(socket, "close");
    assert.deepEqual(all.match(/HTTP\/1\.1 \d{3}/g), ["HTTP/1.1 400"]);
    assert.deepEqual(house.sent, []);
  });
});
