import assert from "node:assert/strict";
import { PagePassword } from "../../../../hosts/gateway/pages/password.js";
import { ascii, hex } from "../../../../src/base/octets.js";
import { StoreError } from "../../../../src/keystore/errors.js";
import { MemoryStore } from "../../../support/memoryStore.js";

const first = "a page of my own";
const other = "quite another one";

describe("the password of the gateway's page", function () {
  this.timeout(60_000);
  let store: MemoryStore;
  let page: PagePassword;
  beforeEach(() => {
    store = new MemoryStore();
    page = new PagePassword(store);
  });

  it("is chosen by who has the code, which is gone then", async () => {
    const { code = "" } = page;
    assert.match(code, /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/);
    assert.equal(page.chosen, false);
    assert.equal(page.isCode("AAAA-AAAA"), false);
    assert.equal(page.isCode(""), false);
    assert.equal(page.isCode(` ${code.toLowerCase().replace("-", " ")}`), true);
    assert.equal(await page.choose(ascii(first)), true);
    assert.equal(page.chosen, true);
    assert.equal(page.code, undefined);
    assert.equal(page.isCode(code), false);
    assert.equal(await page.choose(ascii(other)), false);
    assert.equal(await page.is(ascii(first)), true);
    assert.equal(await page.is(ascii(other)), false);
  });

  it("is chosen once when two choose at the same moment", async () => {
    const both = await Promise.all([page.choose(ascii(first)), page.choose(ascii(other))]);
    assert.deepEqual(both, [true, false]);
    assert.equal(await page.is(ascii(first)), true);
  });

  it("has another code in each process", () => {
    assert.notEqual(page.code, new PagePassword(store).code);
  });

  it("keeps the rules of every new password, and is the code's owner's to choose again when it does not", async () => {
    for (const [text, code] of [
      ["", "credential.password.empty"],
      ["short", "credential.password.tooShort"],
      ["password1", "credential.password.common"],
      ["x".repeat(65), "credential.password.tooLong"],
      ["p\u00e4sswords", "credential.password.characters"],
    ] as const) {
      const octets = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      await assert.rejects(page.choose(octets), { code });
      assert.ok(
        octets.every((octet) => octet === 0),
        "it is wiped",
      );
    }
    assert.notEqual(page.code, undefined);
  });

  it("is kept as its scrypt hash alone, under a salt of its own, and outlasts the process", async () => {
    await page.choose(ascii(first));
    const kept = store.read("page") ?? assert.fail("nothing is kept");
    assert.equal(kept.length, 52);
    assert.equal(hex(kept).includes(hex(ascii(first))), false);
    const again = new PagePassword(store);
    assert.equal(again.chosen, true);
    assert.equal(again.code, undefined);
    assert.equal(await again.is(ascii(first)), true);
    await again.replace(ascii(first));
    assert.notDeepEqual(store.read("page"), kept);
  });

  it("wipes whatever it is given", async () => {
    await page.choose(ascii(first));
    const right = ascii(first);
    const wrong = ascii(other);
    assert.deepEqual([await page.is(right), await page.is(wrong)], [true, false]);
    assert.ok([...right, ...wrong].every((octet) => octet === 0));
  });

  it("stands when the disk has no room for another one", async () => {
    await page.choose(ascii(first));
    store.write = () => {
      throw new StoreError("store.full", "page");
    };
    await assert.rejects(page.replace(ascii(other)), { code: "store.full" });
    assert.equal(await page.is(ascii(first)), true);
    assert.equal(await page.is(ascii(other)), false);
  });

  it("fits nothing when its record is damaged, and nobody can claim the page by that", async () => {
    await page.choose(ascii(first));
    const kept = store.read("page") ?? assert.fail("nothing is kept");
    for (const damaged of [
      kept.slice(0, 51),
      new Uint8Array(0),
      Uint8Array.of(2, ...kept.subarray(1)),
      Uint8Array.of(1, 30, ...kept.subarray(2)),
    ]) {
      store.write("page", damaged);
      const again = new PagePassword(store);
      assert.deepEqual([again.chosen, again.code, await again.is(ascii(first))], [true, undefined, false]);
    }
  });

  it("is forgotten at the terminal, and then chosen anew by another code", async () => {
    const { code } = page;
    await page.choose(ascii(first));
    page.reset();
    assert.equal(page.chosen, false);
    assert.notEqual(page.code, code);
    assert.equal(store.read("page"), undefined);
    assert.equal(await page.is(ascii(first)), false);
    assert.equal(await page.choose(ascii(other)), true);
  });

  it("stays forgotten when another one was on its way at that moment, and the code that was told stays good", async () => {
    await page.choose(ascii(first));
    const replaced = page.replace(ascii(other));
    page.reset();
    const { code = "" } = page;
    assert.equal(await replaced, false);
    assert.deepEqual([page.chosen, page.isCode(code), store.read("page")], [false, true, undefined]);
    const chosen = page.choose(ascii(other));
    page.reset();
    assert.equal(await chosen, false, "it was chosen by the code before");
    assert.deepEqual([page.chosen, page.isCode(code), store.read("page")], [false, false, undefined]);
  });

  it("is changed once when two change the same one at the same moment", async () => {
    await page.choose(ascii(first));
    assert.deepEqual(await Promise.all([page.replace(ascii(other)), page.replace(ascii(first))]), [
      true,
      false,
    ]);
    assert.equal(await page.is(ascii(other)), true);
  });
});
