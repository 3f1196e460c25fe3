import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTCP, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { type Certificate, ownCertificate } from "../../../hosts/node/https/certificate.js";
import { Listener, type ListenerOptions } from "../../../hosts/server/listener.js";
import { pages } from "../../../hosts/server/pages/serve.js";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { sessionRecord } from "../../../src/link/record.js";
import { everyFault } from "../../support/everyFault.js";
import { until } from "../../support/until.js";

let folder: string;
let certificate: Certificate;
let listener: Listener;
let port = 0;
const events: string[] = [];
const sockets: Socket[] = [];
/** What has reached the Server behind the door. */
const handled: Uint8Array[] = [];

/** A folder with a certificate, and no socket left open. */
function withFolder(): void {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "cpns-hostile-"));
    certificate = await ownCertificate(folder, ["localhost", "127.0.0.1"]);
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await listener.close();
  });
}

/** What is waited for before an answer, and what is told of each request that is over. */
let answering: () => Promise<void>;
let counted: (status: number) => void;

async function listening(times: Pick<ListenerOptions, "requestTime" | "handshakeTime"> = {}): Promise<void> {
  events.length = 0;
  handled.length = 0;
  answering = async () => {};
  counted = () => {};
  const log = (event: string, fields: object = {}): void => {
    events.push(`${event} ${JSON.stringify(fields)}`);
  };
  const handle = async (octets: Uint8Array): Promise<Uint8Array> => {
    handled.push(octets);
    await answering();
    return octets;
  };
  const page = pages({
    serverID: ascii("cpns.example"),
    closed: false,
    now: () => Milliseconds(0),
    handle: async (octets) => ({ answer: await handle(octets) }),
    log,
  });
  const told = (status: number): void => counted(status);
  listener = new Listener({ certificate, handle, pages: page, log, counted: told, ...times });
  port = await listener.listen(0, "127.0.0.1");
}

/** Sends octets over TLS, and takes all that comes until the Server closes, or `enough` has come. */
async function said(text: string, enough = /(?!)/, from = "127.0.0.1"): Promise<string> {
  const way = connectTCP({ port, host: "127.0.0.1", localAddress: from });
  const socket = connect({ socket: way, rejectUnauthorized: false });
  sockets.push(way);
  let all = "";
  let closed = false;
  socket.on("data", (data) => {
    all += data.toString("latin1");
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
  });
  socket.write(Buffer.from(text, "latin1"));
  await until(() => closed || enough.test(all), `the end of ${JSON.stringify(text.slice(0, 40))}`);
  socket.destroy();
  return all;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
const leg = "POST /cpns/v1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/cpns\r\n";
const record = String.fromCharCode(sessionRecord);

/** The Server still answers who asks it properly. */
async function stillServes(from?: string): Promise<void> {
  const answer = await said(
    `${leg}Content-Length: 2\r\nConnection: close\r\n\r\n${record}y`,
    undefined,
    from,
  );
  assert.equal(statusOf(answer), 200, answer);
}

describe("requests that nobody should send", () => {
  withFolder();

  const both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (const [name, text] of [
    ["no HTTP at all", "\x16\x03\x01 hello\r\n\r\n"],
    ["another version", "GET / HTTP/3.7\r\nHost: a\r\n\r\n"],
    ["no Host", "GET / HTTP/1.1\r\n\r\n"],
    ["a method that is none", "STEAL / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a space in its address", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["an octet of 0 in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"],
    ["headers that never end", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(40_000)}\r\n\r\n`],
    ["an address that never ends", `GET /${"y".repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ["a length and chunks", `${leg}${both}`],
    ["chunks, and a length that is told twice", `${leg}Transfer-Encoding: chunked\r\n${both}`],
    ["a negative length", `${leg}Content-Length: -2\r\n\r\nab`],
    ["a length with a sign", `${leg}Content-Length: +2\r\n\r\nab`],
    ["a length in hexadecimal", `${leg}Content-Length: 0x2\r\n\r\nab`],
    ["two lengths in one line", `${leg}Content-Length: 2, 3\r\n\r\nab`],
    ["a length beyond all numbers", `${leg}Content-Length: 99999999999999999999\r\n\r\nab`],
    ["a space before the colon", `${leg}Content-Length : 2\r\n\r\nab`],
    ["a coding that hides", `${leg}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["two codings", `${leg}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ["a chunk of no number", `${leg}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n`],
    ["a chunk that overflows", `${leg}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n`],
    ["a bare line feed in the headers", `POST /cpns/v1 HTTP/1.1\nHost: a\nContent-Length: 2\n\nab`],
  ] as const) {
    it(`are refused, or end the connection, and reach nothing: ${name}`, async () => {
      await listening();
      const answer = await said(text);
      assert.ok([0, 400, 413, 431].includes(statusOf(answer)), answer.slice(0, 200));
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length ?? 0, answer === "" ? 0 : 1, "and nothing behind it");
      assert.deepEqual(handled, []);
      await stillServes();
    });
  }

  it("one behind the other in one segment are answered in their order, each by itself", async () => {
    await listening();
    const one = (octet: string): string => `${leg}Content-Length: 2\r\n\r\n${record}${octet}`;
    const answer = await said(`${one("1")}${one("2")}${one("3")}`, /\r\n\r\n.3/s);
    assert.deepEqual(
      [...answer.matchAll(/\r\n\r\n.([123])/gs)].map(([, octet]) => octet),
      ["1", "2", "3"],
    );
  });

  it("more of them at once than answers are kept are cut off, and none is told what is untrue of it", async () => {
    await listening();
    const one = `${leg}Content-Length: 2\r\n\r\n${record}y`;
    const answer = await said(one.repeat(600));
    const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    assert.ok(
      statuses.every((status) => status === "200"),
      statuses.join(),
    );
    assert.ok(handled.length <= 64, `${handled.length} were acted upon`);
    assert.deepEqual(events, ['http.refused {"code":"pipelined","address":"127.0.0.1"}']);
    await stillServes();
  });

  it("as many of them as two PN GWs have under way are answered, all of them", async () => {
    await listening();
    const one = (more: string): string => `${leg}${more}Content-Length: 2\r\n\r\n${record}y`;
    const answer = await said(one("").repeat(63) + one("Connection: close\r\n"));
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 64);
    assert.deepEqual(events, []);
  });

  it("of one address keep nobody else waiting, however many they are", async () => {
    await listening();
    const ends: (() => void)[] = [];
    answering = () => new Promise((resolve) => void ends.push(resolve));
    const one = `${leg}Content-Length: 2\r\n\r\n${record}y`;
    const flood = Array.from({ length: 80 }, () => said(one.repeat(3)));
    await until(() => handled.length >= 64, "as many as are acted upon at once");
    const other = said(
      `${leg}Connection: close\r\nContent-Length: 2\r\n\r\n${record}z`,
      undefined,
      "127.0.0.2",
    );
    await until(() => handled.length > 64, "the other one");
    assert.deepEqual(handled.at(-1), ascii(`${record}z`));
    assert.equal(handled.length, 65, "and of a connection one at once");
    ends.pop()?.();
    assert.equal(statusOf(await other), 200);
    for (const socket of sockets) socket.destroy();
    await Promise.all(flood);
    answering = async () => {};
    for (const end of ends) end();
  });

  it("behind one that is not answered leave nothing when their connection ends, and reach nothing", async () => {
    await listening();
    const statuses: number[] = [];
    counted = (status) => statuses.push(status);
    let go = (): void => assert.fail("nothing came");
    answering = () => new Promise((resolve) => (go = resolve));
    const one = `${leg}Content-Length: 2\r\n\r\n${record}y`;
    const ended = said(one.repeat(20));
    await until(() => handled.length > 0, "the first of them");
    sockets.at(-1)?.destroy();
    await ended;
    go();
    await until(() => statuses.length === 20, "the end of all of them");
    assert.equal(handled.length, 1);
  });

  it("hidden in the body of another stay its body", async () => {
    await listening();
    const hidden = "GET /server.json HTTP/1.1\r\nHost: a\r\n\r\n";
    const length = hidden.length + 1;
    const text = `${leg}Content-Length: ${length}\r\nConnection: close\r\n\r\n${record}${hidden}`;
    const answer = await said(text);
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
    assert.equal(handled[0]?.length, length);
  });

  it("to other paths, with other methods, and for other protocols find nothing", async () => {
    await listening();
    const close = "Host: a\r\nConnection: close\r\n\r\n";
    for (const [line, status] of [
      ["GET /../../etc/passwd", 404],
      ["GET /%2e%2e/server.keys", 404],
      ["GET /server.keys", 404],
      ["GET /pages/client/main.ts", 404],
      ["GET //cpns/v1", 404],
      ["POST /cpns/v1/", 404],
      ["GET http://elsewhere.example/", 404],
      ["OPTIONS *", 404],
      ["DELETE /", 405],
      ["PUT /cpns/v1", 405],
      ["GET /account/v1", 405],
    ] as const) {
      assert.equal(statusOf(await said(`${line} HTTP/1.1\r\n${close}`)), status, line);
    }
    assert.equal(statusOf(await said(`CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n`)), 0);
    assert.deepEqual(handled, []);
  });
});

describe("those who send slowly, or nothing", () => {
  withFolder();

  for (const [name, text] of [
    ["part of the headers", "POST /cpns/v1 HTTP/1.1\r\nHost: a\r\n"],
    ["part of the body", `${leg}Content-Length: 9\r\n\r\n1`],
    ["chunks that stop", `${leg}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`],
  ] as const) {
    it(`are let go: ${name}`, async () => {
      await listening({ requestTime: 300 });
      const answer = await said(text);
      assert.equal(statusOf(answer), 408, answer);
      assert.deepEqual(handled, []);
    });
  }

  it("are let go without having said a word of TLS, too", async () => {
    await listening({ handshakeTime: 300 });
    const socket = connectTCP(port, "127.0.0.1");
    sockets.push(socket);
    let closed = false;
    socket
      .on("error", () => {})
      .on("close", () => {
        closed = true;
      });
    socket.resume();
    await until(() => closed, "the end of a silent connection");
  });

  it(`hold no more than 512 connections from one address, however many they make; others are served`, async function () {
    this.timeout(60_000);
    // None of them goes by itself while the others come.
    await listening({ handshakeTime: 120_000 });
    let closed = 0;
    const count = everyFault ? 10_000 : 700;
    for (let i = 0; i < count; i++) {
      const socket = connectTCP({ port, host: "127.0.0.1", localAddress: "127.0.0.9" });
      const begun = new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
      socket.on("error", () => {}).on("close", () => closed++);
      socket.resume();
      sockets.push(socket);
      // No more at once than the system lets wait.
      if (i % 100 === 99) await begun;
    }
    await until(() => closed >= count - 512, "those above 512 to be closed");
    assert.equal(closed, count - 512);
    await stillServes();
  });
});

describe("the pages' own requests", () => {
  withFolder();

  const account = (headers: string, body = "x"): string =>
    `POST /account/v1 HTTP/1.1\r\nHost: cpns.example\r\n${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  const type = "Content-Type: application/cpns\r\n";

  it("are taken from no other site's page, whatever it was made to send", async () => {
    await listening();
    for (const origin of [
      "https://evil.example",
      "https://cpns.example.evil.example",
      "http://cpns.example",
      "https://cpns.example:444",
      "null",
      "",
    ]) {
      const answer = await said(account(`${type}Origin: ${origin}\r\n`));
      assert.equal(statusOf(answer), 403, origin);
      assert.equal(/access-control/i.test(answer), false);
    }
    assert.deepEqual(handled, []);
    assert.equal(statusOf(await said(account(`${type}Origin: https://cpns.example\r\n`))), 200);
  });

  it("are of one type, which no form can send, and of 4096 octets at most", async () => {
    await listening();
    for (const other of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/json",
    ])
      assert.equal(statusOf(await said(account(`Content-Type: ${other}\r\n`))), 415, other);
    assert.equal(statusOf(await said(account(type, "x".repeat(4_097)))), 413);
    assert.equal(statusOf(await said(account(type, "x".repeat(4_096)))), 200);
    assert.equal(handled.length, 1);
  });

  it("are shown in no other site's frame, run no script but their own, and are kept by nobody", async () => {
    await listening();
    for (const path of ["/", "/client.js", "/pages.css", "/server.json"]) {
      const answer = await said(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      assert.equal(statusOf(answer), 200);
      for (const header of [
        /^x-frame-options: DENY\r$/im,
        /^content-security-policy: [^\r]*default-src 'none'[^\r]*frame-ancestors 'none'/im,
        /^x-content-type-options: nosniff\r$/im,
        /^cache-control: no-store\r$/im,
        /^strict-transport-security: /im,
      ])
        assert.match(answer, header, path);
      assert.equal(/unsafe-(inline|eval)/.test(answer.slice(0, answer.indexOf("\r\n\r\n"))), false);
    }
  });

  it("of one address are 60 at once; others are not slowed down", async () => {
    await listening();
    const statuses: number[] = [];
    for (let i = 0; i < 70; i++) statuses.push(statusOf(await said(account(type))));
    assert.equal(statuses.filter((status) => status === 429).length, 10);
    assert.equal(statusOf(await said(account(type), undefined, "127.0.0.8")), 200);
  });

  it("leave one line in the log when they are refused, without anything that was sent", async () => {
    await listening();
    await said(
      account(`${type}Origin: https://evil.example\r\nCpns-Session: ${"ab".repeat(32)}\r\n`, "secret"),
    );
    await said("GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert.deepEqual(
      events.map((line) => line.split(" ")[0]),
      ["page.refused", "http.refused"],
    );
    assert.equal(/secret|abab|evil/.test(events.join()), false);
  });
});
