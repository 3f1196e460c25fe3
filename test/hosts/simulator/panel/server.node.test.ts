import assert from "node:assert/strict";
import { createServer, request, type Server } from "node:http";
import { LiveNetwork } from "../../../../hosts/simulator/panel/live.js";
import { type Panel, startPanel } from "../../../../hosts/simulator/panel/server.js";
import { WallClock } from "../../../../hosts/simulator/world/clock.js";

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const sent = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (response.headers["content-type"]?.startsWith("text/event-stream")) sent.destroy();
      });
      response.on("close", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", (error) => {
      if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") reject(error);
    });
    sent.end(body);
  });
}

const json = { "Content-Type": "application/json" };

describe("the panel's server", () => {
  const clock = new WallClock();
  const said: string[] = [];
  let panel: Panel;
  let occupied: Server;
  let network: LiveNetwork;

  before(async () => {
    occupied = createServer();
    await new Promise<void>((resolve) => occupied.listen(0, "127.0.0.1", resolve));
    const address = occupied.address();
    assert.ok(typeof address === "object" && address !== null);
    network = new LiveNetwork({
      clock,
      seed: "panel",
      mtu: 185,
      users: [{ userID: "demo", password: "letmein" }],
      devices: [{ id: "keypad", keypad: "matrix", secure: false }],
    });
    panel = await startPanel(network, { port: address.port, say: (line) => said.push(line) });
    await network.start();
    await new Promise((resolve) => setTimeout(resolve, 300));
  });

  after(() => {
    panel.close();
    occupied.close();
    clock.stop();
  });

  it("says in one line that a port is in use, and takes another one", () => {
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^cpns: port \d+ is in use; trying \d+$/);
  });

  it("serves the page and its modules with a strict policy, and nothing else", async () => {
    assert.match((await ask(panel.url)).text, /CPNS simulator/);
    for (const path of ["main.js", "panel.css", "chart.js", "device.js", "state.js"]) {
      assert.equal((await ask(`${panel.url}${path}`)).status, 200, path);
    }
    for (const path of ["../server.js", "server.js", "%2e%2e/server.js", "index.html/.."]) {
      const { status } = await ask(`${panel.url}${path}`);
      assert.ok(status === 404 || path.endsWith(".."), path);
    }
  });

  it("streams who is there, the screens and the state", async () => {
    const { text } = await ask(`${panel.url}events`);
    assert.match(text, /"kind":"hello"/);
    assert.ok(!text.includes("operator's own password"));
  });

  it("takes a press", async () => {
    const body = JSON.stringify({ device: "keypad", key: { kind: "matrix", key: "D" } });
    assert.equal((await ask(`${panel.url}press`, { method: "POST", headers: json, body })).status, 204);
    assert.match(JSON.stringify(network.screens()), /User ID/);
  });

  const bad: readonly (readonly [title: string, path: string, body: string, status: number])[] = [
    ["no JSON", "press", "{", 400],
    ["another type", "press", "[]", 400],
    ["an unknown device", "press", '{"device":"x","key":{"kind":"matrix","key":"D"}}', 400],
    ["an unknown key", "press", '{"device":"keypad","key":{"kind":"matrix","key":"E"}}', 400],
    ["an unknown switch", "fault", '{"kind":"explode"}', 400],
    ["a switch without a position", "fault", '{"kind":"rogueGateway"}', 400],
    ["an unknown action", "launch", "{}", 404],
    ["too much", "press", `"${"x".repeat(2000)}"`, 413],
  ];
  for (const [title, path, body, status] of bad) {
    it(`refuses ${title} with ${status} and one line`, async () => {
      const answer = await ask(`${panel.url}${path}`, { method: "POST", headers: json, body });
      assert.equal(answer.status, status);
      assert.equal(answer.text.trim().split("\n").length, 1);
    });
  }

  it("refuses other sites: by host, by origin, by form", async () => {
    const body = JSON.stringify({ kind: "rogueGateway", on: true });
    const post = (headers: Record<string, string>): Promise<Answer> =>
      ask(`${panel.url}fault`, { method: "POST", headers, body });
    assert.equal((await post({ ...json, Host: "evil.example" })).status, 403);
    assert.equal((await post({ ...json, Origin: "http://evil.example" })).status, 403);
    assert.equal((await post({ "Content-Type": "text/plain" })).status, 415);
    assert.equal((await ask(panel.url, { method: "DELETE" })).status, 405);
    assert.equal(network.state().faults.rogueGateway, false);
  });
});
