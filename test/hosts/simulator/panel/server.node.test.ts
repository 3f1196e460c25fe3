import assert from "node:assert/strict";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type Panel, startPanel } from "../../../../hosts/simulator/panel/server.js";
import { until } from "../../../support/until.js";
import { FakeNetwork } from "./fakeNetwork.js";

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly path?: string;
}

function ask(url: string, { method = "GET", headers = {}, body, path }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent: false, method, headers, ...(path === undefined ? {} : { path }) },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Opens the event stream and leaves it open. */
function listen(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(`${url}events`, { agent: false }, resolve).on("error", reject).end();
  });
}

/** Reads a stream until `wanted` has come. */
function readUntil(stream: IncomingMessage, wanted: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (part: string) => {
      text += part;
      if (wanted.test(text)) resolve(text);
    });
  });
}

const json = { "Content-Type": "application/json" };
const press = JSON.stringify({ device: "keypad", key: { kind: "matrix", key: "D" } });

describe("the panel's server", () => {
  let network: FakeNetwork;
  let panel: Panel;

  beforeEach(async () => {
    network = new FakeNetwork();
    panel = await startPanel(network, { port: 7590, say: () => {} });
  });
  afterEach(() => panel.close());

  describe("on ports that are in use", () => {
    const occupied: Server[] = [];
    let first: number;

    /** Occupies `count` ports in a row. */
    async function occupy(count: number): Promise<void> {
      for (first = 20_000 + (process.pid % 20_000); occupied.length < count; first += count) {
        for (let port = first; port < first + count; port++) {
          const server = createServer();
          const free = await new Promise((resolve) => {
            server.once("error", () => resolve(false));
            server.listen(port, "127.0.0.1", () => resolve(true));
          });
          if (free === false) break;
          occupied.push(server);
        }
        if (occupied.length === count) return;
        for (const server of occupied.splice(0)) server.close();
      }
    }
    afterEach(() => {
      for (const server of occupied.splice(0)) server.close();
    });

    it("says in one line which one it takes", async () => {
      await occupy(2);
      const said: string[] = [];
      const other = await startPanel(network, { port: first, say: (line) => said.push(line) });
      other.close();
      assert.match(said.join("\n"), new RegExp(`^cpns: port ${first} is in use; using \\d+$`));
      assert.ok(said[0]?.endsWith(new URL(other.url).port));
    });

    it("gives up after ten with one line", async () => {
      await occupy(10);
      await assert.rejects(startPanel(network, { port: first, say: () => assert.fail("it spoke") }), {
        message: `no free port from ${first} on; choose another one with --port`,
      });
    });
  });

  it("serves the page and its modules with a strict policy", async () => {
    assert.match((await ask(panel.url)).text, /CPNS simulator/);
    const page = await listen(panel.url);
    const policy = String(page.headers["content-security-policy"]);
    page.destroy();
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal((await ask(`${panel.url}panel.css`)).status, 200);
  });

  it("serves nothing else: no other file, and no path that is none", async () => {
    for (const path of [
      "/../server.js",
      "/server.js",
      "/%2e%2e/server.js",
      "//",
      "/main.js/",
      "*",
      "/x?/main.js",
    ]) {
      assert.equal((await ask(panel.url, { path })).status, 404, path);
    }
  });

  it("streams what was, then what is", async () => {
    network.message("Before");
    const stream = await listen(panel.url);
    const before = await readUntil(stream, /"kind":"state"/);
    const kinds = before.split("\n\n").map((line) => /"kind":"(\w+)"/.exec(line)?.[1]);
    assert.deepEqual(kinds.slice(0, 5), ["hello", "message", "screen", "picture", "state"]);
    const after = readUntil(stream, /After/);
    network.message("After");
    await after;
    stream.destroy();
  });

  it("hands on a press and a fault", async () => {
    assert.equal(
      (await ask(`${panel.url}press`, { method: "POST", headers: json, body: press })).status,
      204,
    );
    const body = JSON.stringify({ kind: "outOfRange", on: true, device: "keypad" });
    assert.equal((await ask(`${panel.url}fault`, { method: "POST", headers: json, body })).status, 204);
    assert.deepEqual(network.presses, [{ kind: "matrix", key: "D", long: false }]);
    assert.deepEqual(network.faults, [{ kind: "outOfRange", on: true, device: "keypad" }]);
  });

  it("hands on what a person wants of the gateway (REG-02, SEC-05)", async () => {
    const wishes = [
      { kind: "register", userID: "carol", password: "one", oldPassword: "two" },
      { kind: "enrol", device: "keypad", userID: "carol", password: "one" },
      { kind: "invite" },
      { kind: "end", network: "0a0b" },
      { kind: "update", device: "keypad" },
    ];
    for (const wish of wishes) {
      const body = JSON.stringify(wish);
      const answer = await ask(`${panel.url}gateway`, { method: "POST", headers: json, body });
      assert.deepEqual([answer.status, JSON.parse(answer.text)], [200, network.outcome]);
    }
    assert.deepEqual(network.wishes, wishes);
  });

  it("hands on a finger on the display, and another board", async () => {
    for (const body of [{ device: "keypad", point: { x: 319, y: 0 } }, { device: "keypad" }]) {
      const sent = { method: "POST", headers: json, body: JSON.stringify(body) };
      assert.equal((await ask(`${panel.url}touch`, sent)).status, 204);
    }
    const board = { kind: "board", device: "keypad", board: "nodemcu" };
    const sent = { method: "POST", headers: json, body: JSON.stringify(board) };
    assert.equal((await ask(`${panel.url}fault`, sent)).status, 204);
    assert.deepEqual(network.touches, [{ x: 319, y: 0 }, undefined]);
    assert.deepEqual(network.faults, [board]);
  });

  it("serves the page's own modules and the display's, and no other file", async () => {
    const status = async (path: string): Promise<number> => (await ask(panel.url, { path })).status;
    for (const path of [
      "/hosts/simulator/panel/client/main.js",
      "/hosts/simulator/display/picture.js",
      "/src/device/display/colour/painter.js",
      "/assets.json",
    ])
      assert.equal(await status(path), 200, path);
    for (const path of [
      "/hosts/simulator/panel/live.js",
      "/hosts/simulator/panel/client/nothing.js",
      "/hosts/simulator/panel/client/../../start.js",
      "/src/device/display/colour/../../../crypto/keys.js",
      "/src/crypto/noble.js",
      "/hosts/simulator/panel/client/%2e%2e/live.js",
      "/constructor",
    ])
      assert.equal(await status(path), 404, path);
  });

  const bad: readonly (readonly [title: string, path: string, body: string, status: number])[] = [
    ["no JSON", "press", "{\n\n", 400],
    ["an empty body", "press", "", 400],
    ["another type", "press", "[]", 400],
    ["null", "fault", "null", 400],
    ["an unknown device", "press", '{"device":"x","key":{"kind":"matrix","key":"D"}}', 400],
    [
      "a device that every object has",
      "press",
      '{"device":"constructor","key":{"kind":"matrix","key":"D"}}',
      400,
    ],
    ["an unknown key", "press", '{"device":"keypad","key":{"kind":"matrix","key":"E"}}', 400],
    ["two keys in one", "press", '{"device":"keypad","key":{"kind":"matrix","key":"12"}}', 400],
    ["a control character", "press", '{"device":"keypad","key":{"kind":"character","code":10}}', 400],
    ["an unknown switch", "fault", '{"kind":"explode"}', 400],
    ["a switch without a position", "fault", '{"kind":"rogueGateway"}', 400],
    ["a position that is none", "fault", '{"kind":"outOfRange","device":"keypad","on":1}', 400],
    ["a point beside the display", "touch", '{"device":"keypad","point":{"x":320,"y":0}}', 400],
    ["a point that is none", "touch", '{"device":"keypad","point":{"x":1.5}}', 400],
    [
      "an unknown application",
      "fault",
      '{"kind":"application","device":"keypad","application":"toString"}',
      400,
    ],
    ["an unknown board", "fault", '{"kind":"board","device":"keypad","board":"constructor"}', 400],
    ["the end of no network", "gateway", '{"kind":"end"}', 400],
    ["the end of a network that cannot be", "gateway", '{"kind":"end","network":"../x"}', 400],
    ["an unknown wish", "gateway", '{"kind":"steal","userID":"a","password":"b"}', 400],
    ["a wish without a password", "gateway", '{"kind":"register","userID":"a"}', 400],
    [
      "a wish for an unknown device",
      "gateway",
      '{"kind":"enrol","userID":"a","password":"b","device":"x"}',
      400,
    ],
    ["an unknown action", "launch", "{}", 404],
    ["too much", "press", `"${"x".repeat(2_000)}"`, 413],
    ["far too much", "press", `"${"x".repeat(1_000_000)}"`, 413],
  ];
  for (const [title, path, body, status] of bad) {
    it(`refuses ${title} with ${status} and one line`, async () => {
      const answer = await ask(`${panel.url}${path}`, { method: "POST", headers: json, body });
      assert.equal(answer.status, status);
      assert.match(answer.text, /^[^\n]{1,100}\n$/);
      assert.deepEqual([network.presses, network.faults], [[], []]);
    });
  }

  it("refuses other sites: by host, by origin, by form", async () => {
    const { host, port } = new URL(panel.url);
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await ask(`${panel.url}press`, { method: "POST", headers, body: press })).status;
    assert.equal(await status({ ...json, Host: "evil.example" }), 403);
    assert.equal(await status({ ...json, Host: `127.0.0.1.evil.example:${port}` }), 403);
    assert.equal(await status({ ...json, Origin: "http://evil.example" }), 403);
    assert.equal(await status({ ...json, Origin: "http://127.0.0.1:1" }), 403);
    assert.equal(await status({ ...json, Origin: "null" }), 403);
    assert.equal(await status({ "Content-Type": "text/plain" }), 415);
    assert.equal((await ask(`${panel.url}events`, { headers: { Host: "evil.example" } })).status, 403);
    assert.equal((await ask(panel.url, { method: "DELETE" })).status, 405);
    assert.deepEqual(network.presses, []);
    assert.equal(await status({ ...json, Origin: `http://${host}` }), 204);
    assert.equal(
      await status({ ...json, Host: `localhost:${port}`, Origin: `http://localhost:${port}` }),
      204,
    );
  });

  it("bounds the pages that listen, and takes another when one is gone", async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => listen(panel.url)));
    assert.equal((await ask(`${panel.url}events`)).status, 503);
    streams[0]?.destroy();
    await until(() => network.listeners === 19);
    const another = await listen(panel.url);
    assert.equal(another.statusCode, 200);
    for (const stream of [...streams, another]) stream.destroy();
  });

  it("lets go of a page that reads no more, rather than keep everything for it", async () => {
    const stream = await listen(panel.url);
    stream.pause();
    stream.on("error", () => {});
    await until(() => network.listeners === 1);
    for (let i = 0; i < 200; i++) network.message("Big", "x".repeat(100_000));
    await until(() => network.listeners === 0);
    stream.destroy();
  });

  it("ends every stream when it closes, and survives what the network says afterwards", async () => {
    const stream = await listen(panel.url);
    stream.resume();
    const ended = new Promise((resolve) => stream.once("close", resolve));
    stream.on("error", () => {});
    panel.close();
    network.message("TooLate");
    await ended;
    await until(() => network.listeners === 0);
    await assert.rejects(ask(panel.url), { code: "ECONNREFUSED" });
  });
});
