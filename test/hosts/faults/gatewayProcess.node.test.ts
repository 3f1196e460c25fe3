import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { askGateway } from "../../../hosts/gateway/control.js";
import { everyFault } from "../../support/everyFault.js";
import { freePort, Household } from "../../support/household.js";
import type { Program } from "../../support/programs.js";
import { RawTLS, said, statusOf } from "../../support/rawTLS.js";
import { unlessFew } from "../../support/sampled.js";
import { until } from "../../support/until.js";

let home: Household;
/** A new household for each test. */
function withHome(): void {
  beforeEach(() => {
    home = new Household();
  });
  afterEach(() => home.close());
}

const linesOf = ({ out, errors }: Program, line: RegExp): number =>
  `${out}${errors}`.split("\n").filter((one) => line.test(one)).length;
/** Octets of memory that a process has. */
const memoryOf = ({ pid }: Program): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
const mostMemory = 200 << 20;
const running = async (): Promise<void> => {
  const { code, errors } = await home.ask("status");
  assert.equal(code, 0, errors);
};

describe("a gateway's process and its adapter", function () {
  this.timeout(120_000);
  before(function () {
    if (!everyFault) unlessFew(this, "a gateway that is troubled");
  });
  withHome();

  it("says once that there is none, uses it when it is plugged in, and goes on when it is pulled out in a connection", async () => {
    await home.server();
    const preload = new URL("../../support/hci/adapterProcess.js", import.meta.url);
    home.gatewayEnvironment = { NODE_OPTIONS: `--import=${preload}` };
    const gateway = await home.gateway("--radio", "hci");
    const none = /There is no Bluetooth adapter: plug one in/;
    await gateway.says(none);
    assert.match((await home.ask("status")).out, /^radio +There is no Bluetooth adapter/m);
    for (const times of [1, 2]) {
      gateway.signal("SIGUSR2");
      await until(() => linesOf(gateway, /the radio can be used/) === times, "the adapter to be used");
      await home.shows(/^device .*with keypad/m);
      gateway.signal("SIGUSR2");
      await until(() => linesOf(gateway, none) === times + 1, "the reason to be told again");
      assert.doesNotMatch((await home.ask("status")).out, /^device /m);
    }
    assert.equal(linesOf(gateway, /fault/), 0, gateway.errors);
    await gateway.kill("SIGTERM");
    assert.equal(await gateway.ended(), 0);
  });
});

describe("a gateway whose Server is not the one that it knows", function () {
  this.timeout(120_000);
  before(function () {
    if (!everyFault) unlessFew(this, "a gateway that is troubled");
  });
  withHome();

  it("says so in one line while another certificate is there, keeps its key, and goes on with the former one", async () => {
    const first = await home.server();
    await home.user("alice");
    const gateway = await home.gateway();
    assert.equal((await home.ask("enrol")).code, 0);
    const { pin } = home;
    const files = ["tls-cert.pem", "tls-key.pem"].map((name) => join(home.folder, "server", name));
    await first.kill("SIGTERM");
    for (const file of files) renameSync(file, `${file}.kept`);
    const second = await home.server();
    assert.notEqual(home.pin, pin);
    const refused = await home.ask("enrol");
    assert.equal(refused.code, 1, refused.out);
    assert.equal(refused.errors.trim().split("\n").length, 1, refused.errors);
    const line =
      /^cpns gateway: the Server shows the pin sha256\/.* is trusted: it is another Server, or its key was replaced/;
    await until(() => linesOf(gateway, line) > 0, "the reason");
    // It goes on trying, and says nothing anew.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.equal(linesOf(gateway, line), 1, gateway.errors);
    await second.kill("SIGTERM");
    for (const file of files) renameSync(`${file}.kept`, file);
    await home.server();
    const again = await home.ask("enrol");
    assert.equal(again.code, 0, again.errors);
  });
});

describe("a gateway whose clock is wrong", function () {
  this.timeout(120_000);
  before(function () {
    if (!everyFault) unlessFew(this, "a gateway that is troubled");
  });
  withHome();

  for (const [name, shift] of [
    ["1970, as that of a machine without a battery", -Date.UTC(2026, 0, 1) + 86_400_000],
    ["70 years ahead", 70 * 365 * 86_400_000],
  ] as const) {
    it(`(${name}) enrols, and has devices enrolled and joined all the same`, async () => {
      const code = `const now = Date.now; Date.now = () => now() + ${shift};`;
      home.gatewayEnvironment = {
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
      };
      await home.server();
      await home.user("alice");
      await home.gateway();
      const enrolled = await home.ask("enrol");
      assert.equal(enrolled.code, 0, enrolled.errors);
      await home.device().persists("alice", /^home: In the network/);
    });
  }
});

describe("who asks a gateway's process what nobody should", function () {
  this.timeout(120_000);
  before(function () {
    if (!everyFault) unlessFew(this, "a gateway that is troubled");
  });
  withHome();

  it("at its socket is refused or let go; the command line is served meanwhile", async () => {
    await home.server();
    const gateway = await home.gateway();
    const path = join(home.folder, "gw", "control.sock");
    /** What comes back: the first line, or nothing once it is closed; undefined while it is kept. */
    const told = async (text: string): Promise<string | undefined> => {
      const socket = connect(path);
      let [answer, over] = ["", false];
      socket.setEncoding("utf8").on("data", (part) => {
        answer += String(part);
      });
      socket
        .on("error", () => {})
        .on("close", () => {
          over = true;
        });
      socket.write(text);
      const end = Date.now() + 2_000;
      while (!over && !answer.includes("\n") && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      socket.destroy();
      return answer === "" && !over ? undefined : answer;
    };
    for (const text of [
      "\n",
      "{\n",
      "GET / HTTP/1.1\r\n\r\n",
      "\0\x01\xff\n",
      "null\n",
      '{"ask":"everything"}\n',
      '{"ask":"command","command":{"kind":"dance"}}\n',
      '{"ask":"command","command":{"kind":"end","pnID":7}}\n',
      `${"[".repeat(16_000)}\n`,
      '{"ask":"command","command":{"kind":"update","device":"../../etc","file":"/etc/shadow"}}\n',
    ]) {
      const answer = (await told(text)) ?? assert.fail(`nothing was said to ${text.slice(0, 40)}`);
      assert.match(answer.split("\n")[0] ?? "", /^\{"error":"[^\n]+\}$/, text.slice(0, 40));
    }
    assert.equal(await told("x".repeat(20_000)), "", "a line without end is let go");
    assert.equal(await told('{"ask":"vi'), undefined, "one that comes slowly is waited for");
    const idle = Array.from({ length: 300 }, () => connect(path).on("error", () => {}));
    assert.equal(typeof (await askGateway(join(home.folder, "gw"), { ask: "view" })), "object");
    await running();
    for (const socket of idle) socket.destroy();
    assert.ok(memoryOf(gateway) < mostMemory, `${memoryOf(gateway)}`);
    assert.equal(linesOf(gateway, /fault/), 0, gateway.errors);
  });

  it("at its page is refused in one line of its log, or let go; others are served meanwhile", async () => {
    await home.server();
    const port = await freePort();
    const gateway = await home.gateway("--page", `127.0.0.1:${port}`);
    const post = `POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: https://127.0.0.1:${port}\r\n`;
    const json = `${post}Content-Type: application/json\r\n`;
    const slow = [
      new RawTLS(port, "GET / HTTP/1.1\r\nHost: a\r\n"),
      new RawTLS(port, `${json}Content-Length: 90\r\n\r\n{`),
    ];
    for (const text of [
      "\x16\x03\x01 hello\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(40_000)}\r\n\r\n`,
      `GET /${"y".repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      `${json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${json}Content-Length: 99999999999999999999\r\n\r\nab`,
      `${json}Content-Length: 20000\r\n\r\n`,
      `${json}Content-Length: 1\r\nConnection: close\r\n\r\n{`,
      `${post}Content-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
      `POST /ask HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{"ask":"view"}`,
      "GET /page.value HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "GET /../tls-key.pem HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ]) {
      const before = linesOf(gateway, /"(http|page)\.refused"/);
      const answer = await said(port, text);
      assert.ok([0, 400, 401, 403, 404, 405, 413, 415, 431].includes(statusOf(answer)), answer.slice(0, 99));
      const logged = (): number => linesOf(gateway, /"(http|page)\.refused"/) - before;
      if (statusOf(answer) !== 405) await until(() => logged() >= 1, `a line about ${text.slice(0, 60)}`);
      assert.ok(logged() <= 1, gateway.errors);
    }
    const page = await said(port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.equal(statusOf(page), 200);
    assert.match(page, /^x-frame-options: DENY\r$/im);
    await running();
    for (const one of slow) assert.equal(statusOf(await one.end()), 408, "a slow one is let go");
    assert.ok(memoryOf(gateway) < mostMemory, `${memoryOf(gateway)}`);
    assert.equal(linesOf(gateway, /fault|y{100}/), 0, gateway.errors);
  });
});
