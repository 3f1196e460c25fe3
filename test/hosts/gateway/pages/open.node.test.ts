import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenPage, openPage } from "../../../../hosts/gateway/pages/open.js";
import { silentLog } from "../../../../src/base/ports.js";
import { StoreError } from "../../../../src/keystore/errors.js";
import { PageClient, pagePassword } from "../../../support/gatewayPage.js";
import { MemoryStore } from "../../../support/memoryStore.js";
import { skippedFor } from "../../../support/skipped.js";

describe("the reset of the page's password at the terminal", function () {
  this.timeout(60_000);
  let folder: string;
  let page: OpenPage | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-page-"));
  });
  afterEach(() => page?.close());
  after(() => rmSync(folder, { recursive: true }));

  it("signs everybody out, and forgets it, also when the disk keeps the browsers that were here before", async () => {
    const store = new MemoryStore();
    const forget = store.delete.bind(store);
    store.delete = (name) => {
      if (name === "page-browsers") throw new StoreError("store.full", name);
      forget(name);
    };
    const host = { store, log: silentLog, answer: async () => ({ value: "done" }) };
    page = await openPage({ page: "127.0.0.1:0", state: folder }, host, assert.fail);
    const opened = page ?? assert.fail("it has no page");
    const { addresses, code } = opened.view(false);
    const client = new PageClient(Number(new URL(addresses[0] ?? "").port));
    assert.equal((await client.begin("/set-up", { code, password: pagePassword })).status, 200);
    assert.throws(() => opened.view(true), { code: "store.full" });
    assert.equal((await client.post("/ask", { ask: "view" })).status, 401);
    assert.equal((await client.post("/sign-in", { password: pagePassword })).status, 403);
    assert.notEqual(opened.view(false).code, undefined);
  });
});

describe("the place of the page", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-page-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("may be an IPv6 address in brackets, by which it is told and reached", async function () {
    const local = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    if (!local.some(({ address }) => address === "::1"))
      skippedFor(this, "a page at an IPv6 address", "this machine has no ::1");
    const host = { store: new MemoryStore(), log: silentLog, answer: async () => ({ value: "done" }) };
    const page = await openPage({ page: "[::1]:0", state: folder }, host, assert.fail);
    assert.ok(page);
    try {
      const [address = "", ...others] = page.view(false).addresses;
      assert.deepEqual(others, []);
      assert.match(address, /^https:\/\/\[::1\]:\d+\/$/);
      const url = new URL(address);
      const { status } = await new PageClient(Number(url.port), "::1").send("GET", "/state");
      assert.equal(status, 200);
      const { subjectAltName = "" } = new X509Certificate(readFileSync(join(folder, "tls-cert.pem")));
      assert.ok(subjectAltName.includes("IP Address:0:0:0:0:0:0:0:1"), subjectAltName);
    } finally {
      await page.close();
    }
  });
});
