import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectTCP, type Socket } from "node:net";
import { connect } from "node:tls";
import { launchOrSkip } from "../../support/chromium.js";
import { everyFault } from "../../support/everyFault.js";
import { gatewayFile, Household, password } from "../../support/household.js";
import { operated } from "../../support/operator.js";
import { type Program, ran } from "../../support/programs.js";
import { RawTLS, said, statusOf } from "../../support/rawTLS.js";
import { unlessFew } from "../../support/sampled.js";
import { until } from "../../support/until.js";

const mostMemory = 300 << 20;
const memoryOf = ({ pid }: Program): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

describe("a Server's process that is asked what nobody should", function () {
  this.timeout(180_000);
  let home: Household;
  let server: Program;
  const sockets: Socket[] = [];
  before(async function () {
    if (!everyFault) unlessFew(this, "hostile clients of a Server");
    home = new Household();
    server = await home.server();
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await home?.close();
  });

  const refusals = (): number =>
    server.errors.split("\n").filter((line) => /"(http|page|api)\.(refused|tls|full)"/.test(line)).length;
  const own = (): string => `https://127.0.0.1:${home.port}`;
  const get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  async function serves(from?: string): Promise<void> {
    assert.equal(statusOf(await said(home.port, get, from)), 200);
    assert.ok(memoryOf(server) < mostMemory, `${memoryOf(server)}`);
    assert.doesNotMatch(server.errors, /"http\.fault"|"server\.fault"/);
  }

  const leg = "POST /cpns/v1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cpns\r\n";
  const body = (text: string): string => `Content-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
  const both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
  const account = (headers: string): string =>
    `POST /account/v1 HTTP/1.1\r\nHost: 127.0.0.1:${home.port}\r\n${headers}${body("x")}`;

  it("refuses it with a status, or closes, and says so in one line of its log", async () => {
    for (const [text, ...statuses] of [
      ["\x16\x03\x01 hello\r\n\r\n", 400],
      ["GET / HTTP/1.1\r\n\r\n", 400],
      ["GET / HTTP/3.7\r\nHost: a\r\n\r\n", 400],
      ["CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 0],
      [`POST /cpns/v1 HTTP/1.1\r\nHost: a\r\nExpect: the unexpected\r\n${body("x")}`, 417],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(40_000)}\r\n\r\n`, 431],
      [`GET /${"y".repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
      [`${leg}${both}`, 400],
      [`${leg}Transfer-Encoding: chunked\r\n${both}`, 400],
      [`${leg}Content-Length : 2\r\n\r\nab`, 400],
      [`${leg}Content-Length: 2, 3\r\n\r\nab`, 400],
      [`${leg}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
      [`${leg}Content-Length: 99999\r\n\r\n`, 413],
      [`POST /cpns/v1 HTTP/1.1\r\nHost: a\r\n${body("x")}`, 415],
      ["GET /cpns/v1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405],
      ["GET /../server.keys HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404],
      ["GET http://elsewhere.example/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404],
      [account("Content-Type: application/cpns\r\nOrigin: https://evil.example\r\n"), 403],
      [account("Content-Type: application/cpns\r\nOrigin: null\r\n"), 403],
      [account(`Content-Type: text/plain\r\nOrigin: ${own()}\r\n`), 415],
      [
        "GET /api/v1/devices HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n",
        401,
      ],
    ] as const) {
      const before = refusals();
      const answer = await said(home.port, text);
      assert.ok(
        (statuses as readonly number[]).includes(statusOf(answer)),
        `${text.slice(0, 60)}: ${answer}`,
      );
      assert.equal(
        answer.match(/HTTP\/1\.1 \d/g)?.length ?? 0,
        answer === "" ? 0 : 1,
        "and nothing behind it",
      );
      await until(() => refusals() > before, `a line about ${text.slice(0, 60)}`);
      assert.equal(refusals(), before + 1, text.slice(0, 60));
    }
    assert.doesNotMatch(server.errors, /y{100}|evil|Bearer/);
    await serves();
  });

  it("answers nonsense in the clear as such, pipelined requests in their order, and knows what comes again", async () => {
    const one = (octets: string): string => `${leg}Content-Length: ${octets.length}\r\n\r\n${octets}`;
    const from = "127.0.0.7";
    const piped = new RawTLS(home.port, one("\xff") + one("\0") + one("\x84\x01") + get, from);
    const answer = await piped.end();
    assert.deepEqual(
      [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status),
      ["200", "200", "200", "200"],
    );
    assert.match(answer, /<!doctype html>/i, "the page is the last");
    // Hundreds of them at once: a share each address has, and no more, or the connection is cut.
    const flood = await new RawTLS(home.port, one("\xff").repeat(300) + get, from).end();
    const statuses = [...flood.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    assert.ok(statuses.filter((status) => status === 200).length <= 60, statuses.join());
    assert.ok(
      statuses.every((status) => [200, 429].includes(status)),
      statuses.join(),
    );
    await serves("127.0.0.6");
  });

  it("speaks no TLS older than 1.2, and nothing in the clear", async () => {
    for (const maxVersion of ["TLSv1", "TLSv1.1"] as const) {
      const code = await new Promise((resolve) => {
        const ciphers = "DEFAULT@SECLEVEL=0";
        const options = { port: home.port, host: "127.0.0.1", rejectUnauthorized: false, ciphers };
        const socket = connect({ ...options, minVersion: "TLSv1", maxVersion }, () =>
          resolve("it is spoken"),
        );
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      assert.equal(code, "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", maxVersion);
    }
    const clear = connectTCP(home.port, "127.0.0.1");
    clear.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let answer = "";
    let over = false;
    clear.on("data", (data) => {
      answer += String(data);
    });
    clear
      .on("error", () => {})
      .on("close", () => {
        over = true;
      });
    await until(() => over, "the end of a request in the clear");
    assert.equal(answer, "");
    await until(() => (server.errors.match(/"http\.tls"/g) ?? []).length >= 3, "three lines");
  });

  it("lets those go who send slowly, within 20 s, and serves others", async () => {
    const began = Date.now();
    const slow = [
      new RawTLS(home.port, "GET / HTTP/1.1\r\nHost: a\r\n"),
      new RawTLS(home.port, `${leg}Content-Length: 9\r\n\r\n1`),
      new RawTLS(home.port, `${leg}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`),
    ];
    const silent = connectTCP(home.port, "127.0.0.1").on("error", () => {});
    sockets.push(silent);
    await serves();
    await until(
      () => slow.every(({ closed }) => closed) && silent.readyState === "closed",
      "all to be let go",
    );
    for (const one of slow) assert.equal(statusOf(await one.end()), 408);
    assert.ok(Date.now() - began < 20_000, `${Date.now() - began}`);
  });

  it(`holds no more than 512 connections of one address, of ${everyFault ? "10 000" : "700"}; one line says so, and others are served`, async () => {
    const count = everyFault ? 10_000 : 700;
    let closed = 0;
    for (let i = 0; i < count; i++) {
      const socket = connectTCP({ port: home.port, host: "127.0.0.1", localAddress: "127.0.0.9" });
      const begun = new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
      socket.on("error", () => {}).on("close", () => closed++);
      socket.resume();
      sockets.push(socket);
      if (i % 100 === 99) await begun;
    }
    await until(() => closed >= count - 512, "those above 512 to be closed");
    await serves();
    const lines = server.errors.match(/"http\.full","address":"127\.0\.0\.9"/g) ?? [];
    assert.ok(lines.length >= 1 && lines.length <= 12, `${lines.length} lines`);
    for (const socket of sockets.splice(0)) socket.destroy();
  });
});

describe("SQL and HTML in every text that the processes take", function () {
  this.timeout(180_000);
  before(function () {
    if (!everyFault) unlessFew(this, "hostile clients of a Server");
  });

  const userID = `"><img src=x onerror=alert(1)>`;
  const name = `'); DROP TABLE users;--<b>`;

  it("stay texts: in database and log, at the terminal, and at the Server's page", async function () {
    const browser = await launchOrSkip(this);
    const home = new Household();
    try {
      const server = await home.server(["--everybody"]);
      await home.user(userID);
      const gateway = await home.gateway();
      const typed = `${userID}\n${password}\n`;
      const enrolled = await ran(gatewayFile, ["enrol", ...home.state], typed);
      assert.equal(enrolled.code, 0, enrolled.errors);
      await home.device(undefined, undefined, name).persists(userID, /^home: In the network/);
      const added = await ran(gatewayFile, ["guests", "add", name, ...home.state], `${password}\n`);
      assert.equal(added.code, 0, added.errors);
      const users = await operated(["users", "--json", ...home.data]);
      assert.ok(users.out.includes(JSON.stringify(userID)), users.out);
      assert.match((await operated(["check", ...home.data])).out, /every row opens/);
      for (const line of `${server.errors}${gateway.errors}`.split("\n"))
        if (line.startsWith("{")) JSON.parse(line);

      const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
      const wrong: string[] = [];
      page.on("dialog", (dialog) => {
        wrong.push(dialog.message());
        void dialog.dismiss();
      });
      page.on("console", (message) => {
        if (/Content Security Policy/.test(message.text())) wrong.push(message.text());
      });
      await page.goto(`https://127.0.0.1:${home.port}/#sign-in`);
      await page.locator("input").first().fill(userID);
      await page.locator("input[type=password]").fill(password);
      await page.keyboard.press("Enter");
      await page.getByText("You are signed in.").waitFor();
      await page.goto(`https://127.0.0.1:${home.port}/#guests`);
      // The page's policy forbids waitForFunction(), which evaluates again and again inside it.
      const guests = page.locator("textarea").first();
      await until(async () => (await guests.inputValue()).includes(name), "the guests to be shown");
      for (const part of ["devices", "guests", "programs", "account"]) {
        await page.goto(`https://127.0.0.1:${home.port}/#${part}`);
        await page.locator("main").waitFor();
        assert.equal(await page.locator("img, b").count(), 0, part);
      }
      assert.deepEqual(wrong, []);
    } finally {
      await home.close();
      await browser.close();
    }
  });
});
