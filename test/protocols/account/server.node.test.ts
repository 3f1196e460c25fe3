import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { accountDevicesRequest } from "../../../src/protocols/account/messages.js";
import { AccountPage, newPassword, password } from "../../support/accountPage.js";

let page: AccountPage;
/** A Server of its own for each test. */
function inNewPage(): void {
  beforeEach(async () => {
    page = await new AccountPage().start();
  });
}

/** What is owed at a budget of Alice's, milliseconds. */
const spent = (name: string): number => {
  const rows = page.store
    .all("budgets")
    .filter(([key]) => key === `${hex(page.user("alice").identity)}/${name}`);
  return rows[0]?.[1].spent ?? 0;
};

describe("signing in at the Server's page (REG-03)", () => {
  inNewPage();

  it("takes the right password and no other, and tells nobody which name there is", async () => {
    assert.equal(await page.browser().signIn("alice"), "in");
    assert.equal(await page.browser().signIn("alice", "wonderlands"), "result.refused");
    assert.equal(await page.browser().signIn("nobody"), "result.refused");
  });

  it("pays for a guess before it looks, and gets back what was right", async () => {
    const browser = page.browser();
    assert.equal(await browser.signIn("alice"), "in");
    assert.deepEqual([spent("page"), spent("page/192.0.2.1")], [0, 0]);
    await page.browser().guess("alice", 1);
    assert.deepEqual([spent("page"), spent("page/192.0.2.1")], [900_000, 1_800_000]);
    for (let i = 0; i < 40; i++) {
      page.time += 1;
      assert.equal(await page.browser("192.0.2.2").signIn("alice"), "in", `as number ${i}`);
    }
  });

  it("looks at six guesses of an address, and then at no password, the right one neither, until one comes back", async () => {
    const stranger = page.browser();
    await stranger.guess("alice", 6);
    assert.equal(await stranger.signIn("alice"), "result.refused");
    assert.equal(await page.browser("192.0.2.2").signIn("alice"), "in", "from another address");
    page.minutes(30);
    assert.equal(await stranger.signIn("alice"), "in");
  });

  it("looks at sixteen guesses from all addresses together", async () => {
    for (let i = 0; i < 4; i++) await page.browser(`198.51.100.${i}`).guess("alice", 4);
    assert.equal(await page.browser("192.0.2.2").signIn("alice"), "result.refused");
    assert.equal(await page.browser("192.0.2.2").signIn("bob"), "in", "another User");
    page.minutes(15);
    assert.equal(await page.browser("192.0.2.2").signIn("alice"), "in");
  });

  it("writes a refused guess's rows as those of one that was looked at", async () => {
    await page.browser().guess("alice", 6);
    const before = page.store.all("budgets").map(([key, { at }]) => [key, at] as const);
    page.time += 5;
    await page.browser().guess("alice", 1);
    for (const [key, at] of before)
      assert.equal(page.store.get("budgets", key)?.at, key.includes("page") ? at + 5 : at, key);
  });

  it("answers a challenge once, where it was given, and for a minute", async () => {
    const [browser, other] = [page.browser(), page.browser("192.0.2.9")];
    let request = new Uint8Array(0);
    const send = browser.send.bind(browser);
    browser.send = (octets) => {
      request = octets.slice();
      return send(octets);
    };
    assert.equal(await browser.signIn("alice"), "in");
    assert.equal(hex((await send(request)).slice(-32)) === hex(browser.token ?? request), false);
    assert.equal(page.store.all("pageSessions").length, 1);
    // The challenge was for one address, the proof comes from another.
    let requests = 0;
    browser.send = (octets) => (++requests === 2 ? other.send(octets) : send(octets));
    assert.equal(await browser.signIn("alice"), "result.refused");
    assert.equal(page.store.all("pageSessions").length, 1);
    const late = page.browser();
    assert.equal(
      await late.signIn("alice", password, async (number) => page.minutes(number === 2 ? 2 : 0)),
      "result.refused",
    );
  });
});

describe("an account between challenge and proof", () => {
  inNewPage();

  const removed = async (request: number): Promise<void> => {
    if (request === 2) await page.users.remove(ascii("alice"));
  };

  it("that was removed lets nobody in, and is not made again", async () => {
    assert.equal(await page.browser().signIn("alice", password, removed), "result.refused");
    assert.deepEqual([page.store.all("pageSessions").length, page.store.all("pageBrowsers").length], [0, 0]);
  });

  it("that was removed and registered anew by somebody else lets only that one in", async () => {
    const taken = async (request: number): Promise<void> => {
      await removed(request);
      if (request === 2) await page.users.register(ascii("alice"), ascii(newPassword));
    };
    assert.equal(await page.browser().signIn("alice", password, taken), "result.refused");
    assert.equal(await page.browser().signIn("alice", newPassword), "in");
  });

  it("that was removed has no session any more", async () => {
    const browser = page.browser();
    await browser.signIn("alice");
    await page.users.remove(ascii("alice"));
    const answer = await browser.send(encodeMessage(accountDevicesRequest, 1, {}));
    assert.equal(answer.length < 12, true);
  });
});

describe("deleting the account at the Server's page", () => {
  inNewPage();

  it("asks for the password once more, of the User who is signed in, and pays for it as for every guess", async () => {
    const browser = page.browser();
    await browser.signIn("alice");
    browser.marks = [];
    assert.equal(await browser.delete("alice", "a wrong one"), "result.refused");
    assert.equal(spent("page/192.0.2.1"), 1_800_000);
    assert.equal(await browser.delete("bob"), "result.refused", "whose password is right");
    for (let i = 0; i < 5; i++) await browser.delete("alice", `a wrong one, ${i}`);
    assert.equal(await browser.delete("alice"), "result.refused", "nothing is looked at any more");
    page.minutes(30);
    assert.equal(await browser.delete("alice"), "deleted");
    assert.equal(page.store.get("users", hex(ascii("alice"))), undefined);
    assert.ok(page.user("bob"));
  });
});

describe("a new password at the Server's page (REG-12)", () => {
  inNewPage();

  it("takes the place of the old one for who proves that, which is no guess", async () => {
    const browser = page.browser();
    assert.equal(await browser.changePassword("alice", password), "changed");
    assert.deepEqual([spent("page"), spent("page/192.0.2.1")], [0, 0]);
    assert.equal(await browser.signIn("alice"), "result.refused");
    assert.equal(await browser.signIn("alice", newPassword), "in");
  });

  it("is not taken for a wrong old one, which is a guess of the page's", async () => {
    const browser = page.browser();
    assert.equal(await browser.changePassword("alice", "a wrong one"), "result.refused");
    assert.deepEqual([spent("page"), spent("page/192.0.2.1")], [900_000, 1_800_000]);
    await browser.guess("alice", 5);
    assert.equal(await browser.changePassword("alice", password), "result.refused", "nothing is looked at");
    assert.equal(await page.browser("192.0.2.2").signIn("alice"), "in", "the old one holds");
  });
});
