import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ControlRequest } from "../../hosts/gateway/control.js";
import { FamiliarBrowsers } from "../../hosts/gateway/pages/familiar.js";
import { PagePassword } from "../../hosts/gateway/pages/password.js";
import { GatewayPages } from "../../hosts/gateway/pages/serve.js";
import { type Certificate, ownCertificate } from "../../hosts/node/https/certificate.js";
import { Door } from "../../hosts/node/https/door.js";
import { called } from "../../hosts/node/program/called.js";
import { Milliseconds } from "../../src/base/units.js";
import { type Answered, PageClient, pagePassword } from "../support/gatewayPage.js";
import { MemoryStore } from "../support/memoryStore.js";
import { until } from "../support/until.js";

/** Somebody on the local network, or a page of somebody's, against the gateway's page. */
describe("the gateway's page, attacked", function () {
  this.timeout(60_000);
  let folder: string;
  let certificate: Certificate;
  let store: MemoryStore;
  let password: PagePassword;
  let pages: GatewayPages;
  let door: Door;
  let port = 0;
  let now = 0;
  const events: string[] = [];
  /** What has reached the gateway behind the page. */
  const asked: ControlRequest[] = [];
  const open: IncomingMessage[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "cpns-page-"));
    certificate = await ownCertificate(folder, ["localhost"]);
  });
  after(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    [now, events.length, asked.length] = [0, 0, 0];
    store = new MemoryStore();
    password = new PagePassword(store);
    const log = (event: string, fields: object = {}): void => {
      events.push(`${event} ${JSON.stringify(fields)}`);
    };
    pages = new GatewayPages({
      password,
      familiar: new FamiliarBrowsers(new MemoryStore()),
      now: () => Milliseconds(now),
      answer: async (request) => {
        asked.push(request);
        return { value: "done" };
      },
      log,
    });
    door = new Door({
      certificate,
      connections: { all: 600, ofAddress: 600 },
      answer: (request, response) => pages.answer(request, response),
      log,
    });
    port = await door.listen(0, "127.0.0.1");
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.destroy();
    pages.close();
    await door.close();
  });

  /** A browser that is signed in; the first one chooses the password. */
  async function signedIn(): Promise<PageClient> {
    const client = new PageClient(port);
    const { code } = password;
    const answered =
      code === undefined
        ? await client.begin("/sign-in", { password: pagePassword })
        : await client.begin("/set-up", { code, password: pagePassword });
    assert.equal(answered.status, 200, answered.body);
    return client;
  }
  const view = { ask: "view" };
  const connect = { ask: "command", command: { kind: "connect" } };
  const statusOf = async (answered: Promise<Answered>): Promise<number> => (await answered).status;

  describe("before anybody has a password", () => {
    it("is nobody's without the code of the terminal, however it is asked", async () => {
      const client = new PageClient(port);
      for (const fields of [
        { password: pagePassword },
        { code: "", password: pagePassword },
        { code: null, password: pagePassword },
        { code: [password.code], password: pagePassword },
        { code: { length: 8 }, password: pagePassword },
      ])
        assert.equal(await statusOf(client.post("/set-up", fields)), 403, JSON.stringify(fields));
      assert.equal(password.chosen, false);
      for (const path of ["/ask", "/password", "/sign-out", "/here"])
        assert.equal(await statusOf(client.post(path, connect)), 401, path);
      assert.equal(await statusOf(client.send("GET", "/events")), 401);
      assert.deepEqual(asked, []);
    });

    it("is not opened by guessing the code: six tries, then one in five minutes", async () => {
      const client = new PageClient(port);
      const statuses: number[] = [];
      for (let i = 0; i < 10; i++)
        statuses.push(
          await statusOf(client.post("/set-up", { code: `AAAA-AAA${i}`, password: pagePassword })),
        );
      assert.deepEqual(statuses, [...new Array<number>(6).fill(403), ...new Array<number>(4).fill(429)]);
      const { code } = password;
      // The right one is not looked at either.
      assert.equal(await statusOf(client.post("/set-up", { code, password: pagePassword })), 429);
      assert.equal(password.chosen, false);
      now += 301_000;
      assert.equal(await statusOf(client.post("/set-up", { code, password: pagePassword })), 200);
    });

    it("is claimed once: the code is worth nothing afterwards", async () => {
      const { code } = password;
      await signedIn();
      const late = await new PageClient(port).post("/set-up", { code, password: "somebody else's" });
      assert.equal(late.status, 403);
      assert.equal(await password.is(new TextEncoder().encode(pagePassword)), true);
    });
  });

  describe("from another site's page", () => {
    it("takes nothing whose Origin is another one, or none", async () => {
      const client = await signedIn();
      for (const origin of [
        "https://evil.example",
        `http://127.0.0.1:${port}`,
        `https://127.0.0.1:${port}.evil.example`,
        "https://127.0.0.1",
        `https://localhost:${port}`,
        "null",
        "",
      ]) {
        const answered = await client.post("/ask", connect, { Origin: origin });
        assert.equal(answered.status, 403, origin);
        assert.equal("access-control-allow-origin" in answered.headers, false);
        assert.equal(
          await statusOf(client.post("/sign-in", { password: pagePassword }, { Origin: origin })),
          403,
        );
      }
      assert.deepEqual(asked, []);
    });

    it("takes no type that a form can send, and answers no preflight", async () => {
      const client = await signedIn();
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=utf-8",
        "",
      ])
        assert.equal(await statusOf(client.post("/ask", connect, { "Content-Type": type })), 415, type);
      assert.equal(
        await statusOf(client.send("OPTIONS", "/ask", { headers: { Origin: "https://evil.example" } })),
        405,
      );
      assert.equal(await statusOf(client.send("GET", "/ask")), 405);
      assert.deepEqual(asked, []);
    });

    it("takes no cookie without the page's token, and no token without its cookie", async () => {
      const [one, two] = [await signedIn(), await signedIn()];
      for (const token of ["", "0".repeat(64), two.token ?? "", `${one.token}0`])
        assert.equal(await statusOf(one.post("/ask", connect, { "CPNS-Token": token })), 403, token);
      for (const cookie of [
        "",
        `__Host-cpns-page=${"0".repeat(64)}`,
        `__Host-cpns-page=${one.token}`,
        `${two.cookie}; ${one.cookie}`,
        `cpns-page=${one.cookie?.split("=")[1]}`,
      ])
        assert.equal(await statusOf(one.post("/ask", connect, { Cookie: cookie })), 401, cookie);
      assert.deepEqual(asked, []);
      assert.equal(await statusOf(one.post("/ask", connect)), 200);
    });

    it("gives a cookie that no script reads, no other site's request carries, and no other host sets", async () => {
      await signedIn();
      const { headers } = await new PageClient(port).post("/sign-in", { password: pagePassword });
      assert.match(
        String(headers["set-cookie"]?.[0]),
        /^__Host-cpns-page=[0-9a-f]{64}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
    });

    it("is shown in no frame, runs no script but its own, and is kept by nobody", async () => {
      const client = await signedIn();
      for (const path of ["/", "/client.js", "/pages.css", "/state", "/nowhere", "/ask", "/events"]) {
        const { headers } = await client.send("GET", path);
        assert.match(
          String(headers["content-security-policy"]),
          /default-src 'none'.*frame-ancestors 'none'/,
        );
        assert.equal(/unsafe/.test(String(headers["content-security-policy"])), false);
        assert.equal(headers["x-frame-options"], "DENY", path);
        assert.equal(headers["x-content-type-options"], "nosniff", path);
        assert.equal(headers["cache-control"], "no-store", path);
        assert.equal(headers["cross-origin-resource-policy"], "same-origin", path);
      }
    });

    it("tells a stranger of the gateway no more than whether there is a password, and the command for another", async () => {
      await signedIn();
      const { body } = await new PageClient(port).send("GET", "/state");
      assert.deepEqual(JSON.parse(body), { chosen: true, called: called("gateway") });
    });
  });

  describe("by guessing", () => {
    it("takes six wrong passwords, then none is looked at, from this address; right ones cost nothing", async () => {
      const client = await signedIn();
      for (let i = 0; i < 8; i++) await signedIn();
      const wrong = () => new PageClient(port).post("/sign-in", { password: "somebody else's" });
      const statuses: number[] = [];
      for (let i = 0; i < 8; i++) statuses.push(await statusOf(wrong()));
      assert.deepEqual(statuses, [...new Array<number>(6).fill(403), 429, 429]);
      const locked = await new PageClient(port).post("/sign-in", { password: pagePassword });
      assert.equal(locked.status, 429);
      assert.ok(Number(locked.headers["retry-after"]) > 0);
      // From elsewhere, and for who is signed in, it goes on.
      const elsewhere = await new PageClient(port).post(
        "/sign-in",
        { password: pagePassword },
        {},
        "127.0.0.7",
      );
      assert.equal(elsewhere.status, 200);
      assert.equal(await statusOf(client.post("/ask", view)), 200);
      now += 301_000;
      assert.equal(await statusOf(new PageClient(port).post("/sign-in", { password: pagePassword })), 200);
    });

    it("keeps no browser out that was signed in before, which has guesses of its own and no way in by that", async () => {
      const { code } = password;
      const first = await new PageClient(port).post("/set-up", { code, password: pagePassword });
      const [, familiar = ""] = (first.headers["set-cookie"] ?? []) as readonly string[];
      assert.match(
        familiar,
        /^__Host-cpns-familiar=[0-9a-f]{64}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=15552000$/,
      );
      const Cookie = familiar.split(";")[0] ?? "";
      const signIn = (said: string, more: Record<string, string> = {}) =>
        new PageClient(port).post("/sign-in", { password: said }, more);
      for (let i = 0; i < 6; i++) await signIn("somebody else's");
      assert.equal(await statusOf(signIn(pagePassword)), 429);
      const again = await signIn(pagePassword, { Cookie });
      assert.equal(again.status, 200);
      assert.equal((again.headers["set-cookie"] ?? []).length, 1, "it is familiar already");
      const statuses: number[] = [];
      for (let i = 0; i < 7; i++) statuses.push(await statusOf(signIn("somebody else's", { Cookie })));
      assert.deepEqual(statuses, [...new Array<number>(6).fill(403), 429]);
      for (const other of [`__Host-cpns-familiar=${"0".repeat(64)}`, "__Host-cpns-familiar=x"])
        assert.equal(await statusOf(signIn(pagePassword, { Cookie: other })), 429);
      const session = Cookie.replace("familiar", "page");
      assert.equal(await statusOf(new PageClient(port).post("/ask", connect, { Cookie: session })), 401);
    });

    it("counts guesses at the old password like others, so that a stolen session finds nothing", async () => {
      const client = await signedIn();
      const statuses: number[] = [];
      for (let i = 0; i < 7; i++)
        statuses.push(
          await statusOf(client.post("/password", { old: `wrong number ${i}`, password: "evil evil" })),
        );
      assert.deepEqual(statuses, [...new Array<number>(6).fill(403), 429]);
      assert.equal(await password.is(new TextEncoder().encode(pagePassword)), true);
    });

    it("answers a password of no text, and one that is too long, like a wrong one", async () => {
      await signedIn();
      const client = new PageClient(port);
      assert.equal(await statusOf(client.post("/sign-in", { password: 7 })), 400);
      assert.equal(await statusOf(client.post("/sign-in", {})), 400);
      assert.equal(await statusOf(client.post("/sign-in", { password: "x".repeat(9_000) })), 403);
      assert.equal(await statusOf(client.post("/sign-in", { password: "\u{1f600}" })), 403);
    });

    it("has no word of a password, a code, a cookie or a token in its log", async () => {
      const { code = "" } = password;
      const client = await signedIn();
      await client.post("/sign-in", { password: "somebody else's" });
      await client.post("/ask", { ask: "command", command: { kind: "enrol", password: "owner's secret" } });
      await client.post("/ask", connect, { Origin: "https://evil.example" });
      const all = events.join("\n");
      for (const secret of [
        code,
        pagePassword,
        "somebody",
        "secret",
        "evil",
        client.cookie ?? "",
        client.token ?? "",
      ])
        assert.equal(all.includes(secret), false, secret);
      assert.match(all, /page\.guess/);
    });
  });

  describe("with sessions", () => {
    it("lets nobody go on after half an hour of nothing, even while the page shows itself anew", async () => {
      const client = await signedIn();
      for (let minute = 0; minute < 29; minute++) {
        now += 60_000;
        assert.equal(await statusOf(client.post("/ask", view)), 200);
      }
      now += 60_000;
      assert.equal(await statusOf(client.post("/ask", view)), 401);
      assert.equal(
        await statusOf(client.send("GET", "/events", { headers: { Cookie: client.cookie ?? "" } })),
        401,
      );
    });

    it("ends all others, and the old token, with another password", async () => {
      const [one, two] = [await signedIn(), await signedIn()];
      const [cookie, token] = [one.cookie ?? "", one.token ?? ""];
      const changed = await one.begin("/password", { old: pagePassword, password: "another window" });
      assert.equal(changed.status, 200);
      assert.equal(await statusOf(two.post("/ask", view)), 401);
      assert.equal(await statusOf(one.post("/ask", view, { Cookie: cookie, "CPNS-Token": token })), 401);
      assert.equal(await statusOf(one.post("/ask", view)), 200);
      assert.equal(await statusOf(new PageClient(port).post("/sign-in", { password: pagePassword })), 403);
    });

    it("gives nothing to who changes a password that he knows while its owner resets it at the terminal", async () => {
      const client = await signedIn();
      const replace = password.replace.bind(password);
      password.replace = (octets) => {
        password.replace = replace;
        const going = replace(octets);
        pages.signOutAll();
        password.reset();
        return going;
      };
      const changed = await client.post("/password", { old: pagePassword, password: "another window" });
      assert.deepEqual([changed.status, changed.headers["set-cookie"]], [403, undefined]);
      assert.equal(await statusOf(client.post("/ask", view)), 401);
      const { code } = password;
      const owner = await new PageClient(port).post("/set-up", { code, password: "of the owner alone" });
      assert.equal(owner.status, 200, owner.body);
    });

    it("ends one by signing out, or all", async () => {
      const [one, two, three] = [await signedIn(), await signedIn(), await signedIn()];
      const out = await one.post("/sign-out", {});
      assert.match(String(out.headers["set-cookie"]), /^__Host-cpns-page=;.*Max-Age=0/);
      assert.equal(await statusOf(one.post("/ask", view)), 401);
      assert.equal(await statusOf(two.post("/sign-out", { everywhere: true })), 200);
      assert.equal(await statusOf(three.post("/ask", view)), 401);
    });

    it("does not let the page tell the set-up code, or forget the password", async () => {
      const client = await signedIn();
      for (const reset of [true, false])
        assert.equal(await statusOf(client.post("/ask", { ask: "page", reset })), 400);
      assert.deepEqual(asked, []);
      assert.equal(password.chosen, true);
    });
  });

  describe("by much, or by nonsense", () => {
    it("takes 16 384 octets of one request, and no more, whether they are announced or come in pieces", async () => {
      const client = await signedIn();
      const filled = (length: number): string => {
        const text = JSON.stringify({ ...view, filling: "" });
        return text.replace('""', `"${"x".repeat(length - text.length)}"`);
      };
      assert.equal(await statusOf(client.post("/ask", filled(16_384))), 200);
      assert.equal(await statusOf(client.post("/ask", filled(16_385))), 413);
      assert.equal(
        await statusOf(client.post("/ask", filled(16_385), { "Transfer-Encoding": "chunked" })),
        413,
      );
      assert.equal(asked.length, 1);
    });

    for (const [name, text] of [
      ["nothing", ""],
      ["no JSON", "{"],
      ["a list", "[]"],
      ["a number", "7"],
      ["nothing by name", "null"],
      ["an unknown question", '{"ask":"everything"}'],
      ["a command that is none", '{"ask":"command","command":7}'],
      ["brackets without end", "[".repeat(16_000)],
    ] as const) {
      it(`answers ${name} with 400, and goes on`, async () => {
        const client = await signedIn();
        assert.equal(await statusOf(client.post("/ask", text)), 400);
        assert.equal(await statusOf(client.post("/ask", view)), 200);
      });
    }

    it("finds no file but its own", async () => {
      const client = await signedIn();
      for (const path of [
        "/page.value",
        "/../tls-key.pem",
        "/%2e%2e/tls-key.pem",
        "/client/main.js",
        "//",
        "/constructor",
      ])
        assert.equal(await statusOf(client.send("GET", path)), 404, path);
    });

    it("slows down who asks without end, and nobody else", async () => {
      const [client, other] = [await signedIn(), await signedIn()];
      const statuses = await Promise.all(
        Array.from({ length: 140 }, () => statusOf(client.post("/ask", view))),
      );
      assert.ok(statuses.filter((status) => status === 429).length >= 20, statuses.join());
      assert.equal(await statusOf(other.post("/ask", view)), 200);
      assert.equal(await statusOf(new PageClient(port).send("GET", "/state")), 200);
    });

    it("lets no stranger of the same network use up the requests of those who are signed in", async () => {
      const client = await signedIn();
      const ask = (): Promise<number> => statusOf(client.post("/ask", view));
      const strangers = await Promise.all(
        Array.from({ length: 140 }, () => statusOf(new PageClient(port).send("GET", "/state"))),
      );
      assert.ok(strangers.filter((status) => status === 429).length >= 20, strangers.join());
      assert.equal(await ask(), 200);
      const headers = { Cookie: client.cookie ?? "" };
      assert.equal(await statusOf(client.send("GET", "/state", { headers })), 200);
      const made = { Cookie: `__Host-cpns-page=${"0".repeat(64)}` };
      assert.equal(await statusOf(client.send("GET", "/state", { headers: made })), 429);
    });

    /** The status of a stream's answer; the stream stays open, and nobody reads it. */
    const streamed = (cookie: string): Promise<number> =>
      new Promise((resolve) => {
        const headers = { Cookie: cookie };
        const options = {
          host: "127.0.0.1",
          port,
          rejectUnauthorized: false,
          agent: false,
          path: "/events",
          headers,
        };
        httpsRequest(options)
          .on("response", (response) => {
            open.push(response);
            response.on("error", () => {});
            resolve(response.statusCode ?? 0);
          })
          .on("error", () => resolve(0))
          .end();
      });

    it("holds eight streams of a session and 64 in all, of a thousand that are asked for; those that end make room", async () => {
      const clients = [await signedIn()];
      while (clients.length < 10) clients.push(await signedIn());
      let [held, refused] = [0, 0];
      for (let i = 0; i < 1_000; i++) {
        // The budget of requests is another test's.
        now += 250;
        const status = await streamed(clients[i % 10]?.cookie ?? "");
        if (status === 200) held++;
        else if (status === 429) refused++;
      }
      assert.deepEqual([held, refused], [64, 936]);
      for (const one of open.splice(0)) one.destroy();
      let status = 0;
      for (let tries = 0; tries < 100 && status !== 200; tries++) {
        now += 250;
        status = await streamed(clients[0]?.cookie ?? "");
      }
      assert.equal(status, 200);
    });

    it("tells of changes only that there are some, a few times a second however many there are", async () => {
      const client = await signedIn();
      await streamed(client.cookie ?? "");
      let text = "";
      open[0]?.on("data", (part) => {
        text += String(part);
      });
      for (let i = 0; i < 10_000; i++) pages.changed();
      await until(() => text.includes("changed"), "an event");
      assert.equal(text, "retry: 3000\n\nevent: changed\ndata:\n\n");
      await client.post("/sign-out", {});
      await until(() => text.includes("ended"), "the stream's end with its session");
    });
  });
});
