import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { AccountPage, newPassword, password, type TestBrowser } from "../../support/accountPage.js";

let page: AccountPage;
/** A Server of its own for each test. */
function inNewPage(): void {
  beforeEach(async () => {
    page = await new AccountPage().start();
  });
}

/** Has signed in once, and out again. */
async function known(user = "alice"): Promise<TestBrowser> {
  const browser = page.browser("192.0.2.1");
  assert.equal(await browser.signIn(user), "in");
  await browser.signOut(false);
  return browser;
}

/** All that the page looks at of this User, from many addresses. */
async function spendAll(user = "alice"): Promise<void> {
  for (let i = 0; i < 4; i++) await page.browser(`198.51.100.${i}`).guess(user, 5);
  assert.equal(await page.browser("203.0.113.1").signIn(user), "result.refused");
}

describe("a browser that a User has signed in by", () => {
  inNewPage();

  it("lets the User in, whatever strangers have spent at the page, also from their own address", async () => {
    const browser = await known();
    await spendAll();
    assert.equal(await browser.signIn("alice"), "in");
    const same = page.browser("198.51.100.1");
    same.marks = browser.marks;
    assert.equal(await same.signIn("alice"), "in");
  });

  it("takes the right old password for a new one, and deletes the account, then, too", async () => {
    const browser = await known();
    await spendAll();
    assert.equal(await browser.changePassword("alice", password), "changed");
    const bobs = await known("bob");
    await bobs.signIn("bob");
    await spendAll("bob");
    assert.equal(await bobs.delete("bob"), "deleted");
  });

  it("has eight guesses, which are none of the page's, and one more each twenty minutes", async () => {
    const browser = await known();
    await browser.guess("alice", 8);
    assert.equal(await browser.signIn("alice"), "result.refused");
    assert.equal(await page.browser("192.0.2.1").signIn("alice"), "in", "the page's are whole");
    page.minutes(20);
    assert.equal(await browser.signIn("alice"), "in");
  });

  it("is no other User's, who may share it all the same", async () => {
    const browser = await known();
    await spendAll("bob");
    assert.equal(await browser.signIn("bob"), "result.refused");
    page.minutes(15);
    assert.equal(await browser.signIn("bob"), "in");
    for (const user of ["alice", "bob"]) {
      await spendAll(user);
      assert.equal(await browser.signIn(user), "in", user);
    }
  });

  it("is not any more once the password is another one, by the page or by the operator", async () => {
    const browser = await known();
    assert.equal(await page.browser("192.0.2.3").changePassword("alice", password), "changed");
    await spendAll();
    assert.equal(await browser.signIn("alice", newPassword), "result.refused");
    page.minutes(30);
    assert.equal(await browser.signIn("alice", newPassword), "in");
    await page.users.changePassword(ascii("alice"), ascii(password));
    await spendAll();
    assert.equal(await browser.signIn("alice"), "result.refused");
  });

  it("is still when a wrong old password was told, and when a stranger registers a name", async () => {
    const browser = await known();
    await page.browser("192.0.2.3").changePassword("alice", "a wrong one");
    await page.browser("192.0.2.3").changePassword("carol", undefined);
    await spendAll();
    assert.equal(await browser.signIn("alice"), "in");
  });

  it("is not any more once the User has signed out everywhere; signing out here changes nothing", async () => {
    const [browser, other] = [await known(), page.browser("192.0.2.3")];
    await other.signIn("alice");
    await other.signOut(true);
    await spendAll();
    assert.equal(await browser.signIn("alice"), "result.refused");
    assert.equal(await other.signIn("alice"), "result.refused");
  });

  it("that was forgotten gets a new mark at the next time: an old one that was stolen stays void", async () => {
    const browser = await known();
    const [stolen] = browser.marks;
    await browser.signIn("alice");
    await browser.signOut(true);
    await browser.signIn("alice");
    assert.equal(browser.marks.length, 2);
    const thief = page.browser("198.51.100.9");
    thief.marks = [stolen ?? assert.fail()];
    await spendAll();
    assert.equal(await thief.signIn("alice"), "result.refused");
    assert.equal(await browser.signIn("alice"), "in");
  });

  it("goes with the account: who registers the name anew has none", async () => {
    const browser = await known();
    await page.users.remove(ascii("alice"));
    assert.deepEqual(page.store.all("pageBrowsers"), []);
    await page.users.register(ascii("alice"), ascii(password));
    await spendAll();
    assert.equal(await browser.signIn("alice"), "result.refused");
  });

  it("is forgotten after half a year without signing in, and kept for who signs in", async () => {
    const day = 24 * 60;
    const browser = await known();
    page.minutes(182 * day);
    assert.equal(await browser.signIn("alice"), "in");
    page.minutes(182 * day);
    await spendAll();
    assert.equal(await browser.signIn("alice"), "in");
    page.minutes(184 * day);
    await spendAll();
    assert.equal(await browser.signIn("alice"), "result.refused");
  });

  it("is one of sixteen; the one that signed in longest ago gives way", async () => {
    const browsers: TestBrowser[] = [];
    for (let i = 0; i < 17; i++) {
      page.minutes(1);
      browsers.push(await known());
    }
    assert.equal(page.store.all("pageBrowsers").length, 16);
    await spendAll();
    assert.equal(await browsers[0]?.signIn("alice"), "result.refused");
    assert.equal(await browsers[1]?.signIn("alice"), "in");
  });

  it("is kept as a hash alone, and told to keep something of the same length when nobody has signed in", async () => {
    const browser = await known();
    const [mark] = browser.marks;
    const octets = JSON.stringify(page.store.all("pageBrowsers"));
    assert.ok(mark?.length === 32 && !octets.includes(hex(mark)));
    const stranger = page.browser("192.0.2.3");
    await stranger.guess("alice", 1);
    assert.deepEqual(
      stranger.marks.map(({ length }) => length),
      [32],
    );
    const noted = stranger.marks;
    await stranger.guess("alice", 1);
    assert.equal(stranger.marks, noted);
    assert.equal(page.store.all("pageBrowsers").length, 1);
  });

  it("keeps four marks at most, of Users who share it", async () => {
    for (const user of ["carol", "dave", "erin"]) await page.users.register(ascii(user), ascii(password));
    const browser = page.browser("192.0.2.1");
    for (const user of ["alice", "bob", "carol", "dave", "erin"])
      assert.equal(await browser.signIn(user), "in");
    assert.equal(browser.marks.length, 4);
  });
});
