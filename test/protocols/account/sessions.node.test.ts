import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import {
  accountGuestsRequest,
  accountSignInRequest,
  accountSignOutRequest,
} from "../../../src/protocols/account/messages.js";
import {
  beginSession,
  endSession,
  sessionName,
  userBySession,
  userOf,
} from "../../../src/protocols/account/session.js";
import { type AccountPage, password, type TestBrowser } from "../../support/accountPage.js";
import { act, list, SignedIn } from "../../support/signedIn.js";

let user: SignedIn;
let page: AccountPage;
let browser: TestBrowser;
async function begin(): Promise<void> {
  user = await SignedIn.start();
  ({ page, browser } = user);
}

describe("a session of the page (REG-03)", () => {
  beforeEach(begin);

  const requests = [
    list(),
    act("hall", 1),
    encodeMessage(accountSignOutRequest, 5, { everywhere: false }),
    encodeMessage(accountGuestsRequest, 5, {}),
  ];

  it("is needed for all but signing in, and ends by its time, by signing out, and with the User", async () => {
    for (const token of [undefined, new Uint8Array(32), browser.token?.slice(0, 31)]) {
      const other = page.browser();
      other.token = token;
      for (const request of requests) assert.equal(await user.told(request, other), "sessionExpired");
    }
    assert.equal(await user.told(list()), "AccountDevicesResponse");
    const { token } = browser;
    await browser.signOut(false);
    browser.token = token;
    assert.equal(await user.told(list()), "sessionExpired");
    assert.equal(await browser.signIn("alice"), "in");
    const [ends] = page.store.all("pageSessions").map(([, { endsAt }]) => endsAt);
    page.time = (ends ?? 0) - 1;
    assert.equal(await user.told(list()), "AccountDevicesResponse");
    page.time += 1;
    assert.equal(await user.told(list()), "sessionExpired");
  });

  it("ends with all others of the User when he says so, and all browsers are strange again", async () => {
    const [other, bobs] = [page.browser(), page.browser()];
    await other.signIn("alice");
    await bobs.signIn("bob");
    assert.ok(page.store.size("pageBrowsers") > 0);
    await browser.signOut(true);
    assert.equal(await user.told(list(), other), "sessionExpired");
    assert.equal(await user.told(list(), bobs), "AccountDevicesResponse");
    const mine = page.store
      .all("pageBrowsers")
      .filter(([, one]) => hex(one.identity) === hex(page.user("alice").identity));
    assert.deepEqual(mine, []);
  });

  it("alone ends where he says nothing of others", async () => {
    const other = page.browser();
    await other.signIn("alice");
    const browsers = page.store.size("pageBrowsers");
    await browser.signOut(false);
    assert.equal(await user.told(list(), other), "AccountDevicesResponse");
    assert.equal(page.store.size("pageBrowsers"), browsers);
  });

  it("is one of sixteen of a User; the oldest gives way, and nobody else's", async () => {
    const { ports, store } = page;
    await page.browser().signIn("bob");
    const tokens: Uint8Array[] = [];
    for (let n = 0; n < 16; n++) {
      page.time += 1;
      tokens.push(await store.transaction((tables) => beginSession(ports, tables, page.user("alice"))));
    }
    assert.equal(await user.told(list()), "sessionExpired", "the one of before");
    const who = (token: Uint8Array | undefined) => store.read((tables) => userOf(ports, tables, token));
    for (const token of tokens) assert.deepEqual((await who(token))?.userID, ascii("alice"));
    const [first, second] = tokens;
    assert.equal(first?.length, 32);
    const name = sessionName(ports, first as Uint8Array);
    assert.equal(name, hex(nodeSuite.sha256(first as Uint8Array)));
    assert.deepEqual((await store.read((tables) => userBySession(tables, name)))?.userID, ascii("alice"));
    assert.equal(store.size("pageSessions"), 17);
    await store.transaction((tables) => endSession(ports, tables, new Uint8Array(32), true));
    assert.equal(store.size("pageSessions"), 17, "none of that token");
    await store.transaction((tables) => endSession(ports, tables, first as Uint8Array, false));
    assert.deepEqual([await who(first), (await who(second))?.userID], [undefined, ascii("alice")]);
    await store.transaction((tables) => endSession(ports, tables, second as Uint8Array, true));
    assert.equal(store.size("pageSessions"), 1);
  });
});

describe("what a browser hears of who signs in", () => {
  beforeEach(begin);

  it("is as long whatever came of it, marks and all", async () => {
    const sizes = new Set<number>();
    const marks: number[] = [];
    for (const [user, typed] of [
      ["alice", undefined],
      ["alice", "a wrong one"],
      ["nobody", undefined],
    ] as const) {
      const other = page.browser();
      const send = other.send.bind(other);
      other.send = async (octets) => {
        const answer = await send(octets);
        if (messageSet(accountSignInRequest).includes(octets)) sizes.add(answer.length);
        return answer;
      };
      await other.signIn(user, ...(typed === undefined ? [] : [typed]));
      marks.push(...other.marks.map(({ length }) => length));
    }
    assert.equal(sizes.size, 1);
    assert.deepEqual(marks, [32, 32, 32]);
  });

  it("is noted at the Server only when somebody has come in", async () => {
    const before = user.audit().length;
    await page.browser().signIn("alice", "a wrong one");
    assert.equal(user.audit().length, before);
    await page.browser().signIn("alice");
    assert.deepEqual(user.audit().slice(before), [`account.signedIn {"user":"${hex(ascii("alice"))}"}`]);
  });

  it("is a refusal of who registers where the page takes nobody new, and no hindrance to a User's new password", async () => {
    const [other, { server }] = [page.browser(), page];
    const origin = { id: ascii(`page ${other.source}`), source: other.source, closed: true };
    const register = (user: string, old: string | undefined, token: Uint8Array | undefined) => {
      other.send = async (octets) => (await server.handle(octets, { ...origin, token })).answer;
      return other.changePassword(user, old);
    };
    assert.equal(await register("dave", undefined, undefined), "result.notAuthorized");
    assert.equal(page.store.get("users", hex(ascii("dave"))), undefined);
    assert.equal(await register("alice", password, browser.token), "changed");
  });

  it("deletes an account with what hung on it, by who has proven the password twice", async () => {
    await user.device("hall");
    assert.equal(await browser.delete("alice"), "deleted");
    assert.equal(page.store.size("entities"), 0);
    assert.deepEqual(user.audit().at(-1), `account.deleted {"user":"${hex(ascii("alice"))}","devices":1}`);
    assert.equal(await user.told(list()), "sessionExpired");
  });
});
