import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenPage, openPage } from "../../../../hosts/gateway/pages/open.js";
import { silentLog } from "../../../../src/base/ports.js";
import { StoreError } from "../../../../src/keystore/errors.js";
import { PageClient, pagePassword } from "../../../support/gatewayPage.js";
import { MemoryStore } from "../../../support/memoryStore.js";

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
