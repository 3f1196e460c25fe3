import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { type Certificate, ownCertificate } from "../../../hosts/node/https/certificate.js";
import {
  readPin,
  ServerConnection,
  serverURL,
  type Trust,
} from "../../../hosts/node/https/serverConnection.js";
import { type Handle, Listener } from "../../../hosts/server/listener.js";
import { sessionRecord } from "../../../src/link/record.js";
import { skippedFor } from "../../support/skipped.js";

let folder: string;
let certificate: Certificate;
const open: { close(): unknown }[] = [];
const events: string[] = [];

/** A folder with a certificate, and nothing left open. */
function withFolder(): void {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "cpns-listener-"));
    certificate = await ownCertificate(folder, ["localhost", "127.0.0.1", "::1"]);
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
    events.length = 0;
  });
}

async function listening(handle: Handle, requestTime?: number, host = "127.0.0.1"): Promise<number> {
  const log = (event: string, fields: object = {}): void => {
    events.push(`${event} ${JSON.stringify(fields)}`);
  };
  const listener = new Listener({ certificate, handle, log, ...(requestTime && { requestTime }) });
  open.push(listener);
  return listener.listen(0, host);
}

const refusals: string[] = [];
function connection(
  port: number,
  trust: Trust = { by: "pin", pin: certificate.pin },
  host = "127.0.0.1",
): ServerConnection {
  refusals.length = 0;
  const server = serverURL(`https://${host}:${port}`);
  const made = new ServerConnection({ server, trust, inFlight: 16, refused: (line) => refusals.push(line) });
  open.push(made);
  return made;
}

const record = (...octets: number[]): Uint8Array => Uint8Array.of(sessionRecord, ...octets);

/** Any HTTP request; its status and headers. */
function raw(port: number, options: object, body?: Uint8Array): Promise<{ status: number; headers: object }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    request.on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    request.on("error", reject);
    request.end(body);
  });
}

describe("the leg of PN GW and Server over HTTPS (C-32, PNR-03)", () => {
  withFolder();

  it("carries octets there and back, sixteen at once, each to its own request", async () => {
    const waiting: (() => void)[] = [];
    const port = await listening(async (request) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 16) for (const go of waiting.splice(0)) go();
      });
      return request.map((octet) => octet ^ 0xff);
    });
    const leg = connection(port);
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => leg.request(record(i))));
    answers.forEach((answer, i) => {
      assert.deepEqual(answer, { octets: Uint8Array.of(sessionRecord ^ 0xff, i ^ 0xff) });
    });
  });

  it("hands over octets that alias no buffer of the connection's", async () => {
    const seen: Uint8Array[] = [];
    const port = await listening(async (request) => {
      seen.push(request);
      return request;
    });
    const leg = connection(port);
    await leg.request(record(1, 2, 3));
    const first = seen[0] ?? assert.fail("nothing came");
    assert.equal(first.buffer.byteLength, first.length);
    const answer = await leg.request(record(4));
    assert.ok("octets" in answer);
    assert.equal(answer.octets.buffer.byteLength, answer.octets.length);
  });

  it("knows its Server by the pin, and says both pins of another one", async () => {
    const port = await listening(async (request) => request);
    const other = `sha256/${"A".repeat(43)}=`;
    const answer = await connection(port, readPin(other)).request(record());
    assert.equal("failed" in answer && answer.failed, "refused");
    assert.ok(refusals[0]?.includes(certificate.pin) && refusals[0].includes(other), refusals[0]);
    assert.equal(refusals[0]?.includes("\n"), false);
  });

  it("trusts no self-made certificate by the system's roots, and says what helps", async () => {
    let asked = 0;
    const port = await listening(async (request) => {
      asked++;
      return request;
    });
    const answer = await connection(port, { by: "roots" }).request(record());
    assert.equal("failed" in answer && answer.failed, "refused");
    assert.match(refusals[0] ?? "", /--pin/);
    assert.equal(asked, 0);
  });

  it("reaches it at an IPv6 address, which has brackets in its URL alone", async function () {
    const port = await listening(async (request) => request, undefined, "::1").catch(() => undefined);
    if (port === undefined) return skippedFor(this, "a Server at ::1", "this machine has no IPv6");
    const own = join(folder, "tls-cert.pem");
    for (const trust of [
      { by: "pin", pin: certificate.pin },
      { by: "ca", file: own },
    ] as const)
      assert.deepEqual(await connection(port, trust, "[::1]").request(record(7)), { octets: record(7) });
  });

  it("says why it does not know who is there, by what was wrong last", async () => {
    const port = await listening(async (request) => request);
    const leg = connection(port);
    assert.equal(await leg.serverID(), undefined);
    assert.equal(leg.trouble, "HTTP 404");
    await open.pop()?.close();
    await open.pop()?.close();
    assert.equal(await connection(port).serverID(), undefined);
    const gone = connection(port);
    await gone.serverID();
    assert.equal(gone.trouble, "ECONNREFUSED");
  });

  it("trusts a CA's file", async () => {
    const port = await listening(async (request) => request);
    const answer = await connection(port, { by: "ca", file: join(folder, "tls-cert.pem") }).request(
      record(7),
    );
    assert.deepEqual(answer, { octets: record(7) });
  });

  it("says that the Server is away when nothing listens, when it cannot answer, and when it answers otherwise", async () => {
    const port = await listening(() => Promise.reject(new Error("no database")));
    const answer = await connection(port).request(record());
    assert.deepEqual(answer, { failed: "away", why: "HTTP 503" });
    await open.pop()?.close();
    await open.pop()?.close();
    const gone = await connection(port).request(record());
    assert.deepEqual(gone, { failed: "away", why: "ECONNREFUSED" });
  });

  for (const [name, address] of [
    ["http", "http://cpns.example"],
    ["a path", "https://cpns.example/cpns"],
    ["no address", "https://"],
  ] as const) {
    it(`takes no Server by ${name}`, () => assert.throws(() => serverURL(address), /https|address/));
  }
});

describe("the Server's door", () => {
  withFolder();

  const type = { "Content-Type": "application/cpns" };
  const path = "/cpns/v1";

  it("refuses other methods, other types, other paths and what is too long, each by its status", async () => {
    const port = await listening(async (request) => request);
    assert.equal((await raw(port, { path, method: "GET" })).status, 405);
    assert.equal(
      (await raw(port, { path, method: "POST", headers: { "Content-Type": "text/plain" } })).status,
      415,
    );
    assert.equal((await raw(port, { path: "/admin", method: "GET" })).status, 404);
    const whole = await raw(port, { path, method: "POST", headers: type }, new Uint8Array(65_536));
    assert.equal(whole.status, 200);
    const long = new Uint8Array(65_537);
    assert.equal((await raw(port, { path, method: "POST", headers: type }, long)).status, 413);
    const chunked = { path, method: "POST", headers: { ...type, "Transfer-Encoding": "chunked" } };
    assert.equal((await raw(port, chunked, long)).status, 413);
  });

  it("says 503 with Retry-After, never a Failure, when there is no answer now", async () => {
    const port = await listening(() =>
      Promise.reject(Object.assign(new Error("gone"), { code: "database.away" })),
    );
    const { status, headers } = await raw(port, { path, method: "POST", headers: type }, record());
    assert.equal(status, 503);
    assert.ok("retry-after" in headers);
    assert.ok(events.includes('http.unavailable {"error":"database.away"}'), events.join());
  });

  it("lets nobody keep its answers", async () => {
    const port = await listening(async (request) => request);
    const { headers } = await raw(port, { path, method: "POST", headers: type }, record());
    assert.equal((headers as Record<string, string>)["cache-control"], "no-store");
  });

  it("slows down an address that only sends in the clear, and nobody with a session", async () => {
    const port = await listening(async (request) => request);
    const statuses: number[] = [];
    for (let i = 0; i < 80; i++) {
      statuses.push((await raw(port, { path, method: "POST", headers: type }, Uint8Array.of(0x84))).status);
    }
    assert.ok(statuses.filter((one) => one === 429).length >= 10, statuses.join());
    assert.equal((await raw(port, { path, method: "POST", headers: type }, record())).status, 200);
  });

  it("lets a sender go that takes too long, and goes on for others", async () => {
    const port = await listening(async (request) => request, 200);
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    open.push({ close: () => socket.destroy() });
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.resume();
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/cpns\r\nContent-Length: 9\r\n\r\n1`,
    );
    const answer = await connection(port).request(record(5));
    assert.deepEqual(answer, { octets: record(5) });
    await closed;
  });

  for (const [name, text] of [
    [
      "a length and chunks",
      "POST /cpns/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "two lengths",
      "POST /cpns/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    ],
    ["a line that is no header", "POST /cpns/v1 HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n"],
  ] as const) {
    it(`refuses a request with ${name}`, async () => {
      const port = await listening(async (request) => request);
      const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
      open.push({ close: () => socket.destroy() });
      const answer = new Promise<string>((resolve) => {
        let all = "";
        socket.on("data", (data) => {
          all += data.toString("latin1");
        });
        socket.on("close", () => resolve(all));
      });
      socket.write(text);
      assert.match(await answer, /^HTTP\/1\.1 400 /);
    });
  }

  it("takes no TLS older than 1.2", async () => {
    const port = await listening(async (request) => request);
    const old = {
      port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
    } as const;
    const code = await new Promise<string>((resolve) => {
      const socket = connect({ ...old, ciphers: "DEFAULT@SECLEVEL=0" });
      socket.on("secureConnect", () => resolve("connected"));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    });
    assert.notEqual(code, "connected");
  });

  it("ends what is under way before it closes, and takes nothing new", async () => {
    let finish: (() => void) | undefined;
    const port = await listening(async (request) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return request;
    });
    const leg = connection(port);
    const answer = leg.request(record(3));
    while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    const [listener] = open.splice(0, 1);
    const closed = listener?.close();
    finish();
    assert.deepEqual(await answer, { octets: record(3) });
    // The PN GW keeps its connections; that does not hold the end up.
    await closed;
    assert.deepEqual(await leg.request(record(4)), { failed: "away", why: "ECONNREFUSED" });
  });
});
