import assert from "node:assert/strict";
import { FamiliarBrowsers } from "../../../../hosts/gateway/pages/familiar.js";
import { Guesses } from "../../../../hosts/gateway/pages/guesses.js";
import { hasToken, idleTime, type Session, Sessions } from "../../../../hosts/gateway/pages/sessions.js";
import { hex } from "../../../../src/base/octets.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { StoreError } from "../../../../src/keystore/errors.js";
import { MemoryStore } from "../../../support/memoryStore.js";

const longestTime = 12 * 3_600_000;

describe("sessions of the gateway's page", () => {
  let now = 0;
  let ended: Session[];
  let sessions: Sessions;
  beforeEach(() => {
    now = 1_000;
    ended = [];
    sessions = new Sessions(
      () => Milliseconds(now),
      (session) => ended.push(session),
    );
  });

  it("are found by their cookie alone, which is 32 random octets", () => {
    const one = sessions.begin();
    const two = sessions.begin();
    assert.match(one.cookie, /^[0-9a-f]{64}$/);
    assert.notEqual(one.cookie, two.cookie);
    assert.notEqual(one.session.token, one.cookie);
    assert.equal(sessions.find(one.cookie, false), one.session);
    assert.equal(sessions.find(two.cookie, false), two.session);
    for (const other of [undefined, "", "x", one.cookie.slice(1), one.session.token, `${one.cookie}0`])
      assert.equal(sessions.find(other, true), undefined);
  });

  it("end when nobody does anything for half an hour, and after twelve hours at the latest", () => {
    const { cookie, session } = sessions.begin();
    now += idleTime - 1;
    assert.equal(sessions.find(cookie, false), session, "looking does not keep it");
    now += 1;
    assert.equal(sessions.find(cookie, true), undefined);
    assert.deepEqual(ended, [session]);
    const long = sessions.begin();
    const begun = now;
    for (; now - begun < longestTime; now += idleTime / 2)
      assert.equal(sessions.find(long.cookie, true), long.session);
    now = begun + longestTime - 1;
    assert.equal(sessions.find(long.cookie, false), long.session);
    now += 1;
    assert.equal(sessions.find(long.cookie, true), undefined);
  });

  it("are 32 at most: the one that was idle for longest gives way", () => {
    const all = Array.from({ length: 32 }, () => sessions.begin());
    const [first, second] = all;
    sessions.find(first?.cookie, true);
    sessions.begin();
    assert.equal(sessions.size, 32);
    assert.equal(sessions.find(first?.cookie, false), first?.session);
    assert.equal(sessions.find(second?.cookie, false), undefined);
  });

  it("end one by one, or all together", () => {
    const all = [sessions.begin(), sessions.begin(), sessions.begin()];
    sessions.end(all[1]?.session ?? assert.fail());
    assert.equal(sessions.find(all[1]?.cookie, false), undefined);
    assert.equal(sessions.size, 2);
    sessions.endAll(all[2]?.session);
    assert.equal(sessions.find(all[2]?.cookie, false), all[2]?.session);
    sessions.endAll();
    assert.equal(sessions.size, 0);
    assert.equal(ended.length, 3);
  });

  it("have a token, which nothing else stands for", () => {
    const { session } = sessions.begin();
    assert.equal(hasToken(session, session.token), true);
    for (const other of [undefined, "", [session.token], session.token.slice(1), "\u{1f600}".repeat(32)])
      assert.equal(hasToken(session, other), false);
    assert.equal(hasToken(session, sessions.begin().session.token), false);
  });
});

describe("guesses at the gateway's page", () => {
  let now = 0;
  let guesses: Guesses;
  beforeEach(() => {
    now = 0;
    guesses = new Guesses(() => Milliseconds(now));
  });
  const taken = (address: string, times: number): number =>
    Array.from({ length: times }, () => guesses.take({ address })).filter((may) => may).length;

  it("are six at once from an address, and one each five minutes after", () => {
    assert.equal(taken("192.0.2.1", 20), 6);
    now += 299_000;
    assert.equal(taken("192.0.2.1", 20), 0);
    now += 2_000;
    assert.equal(taken("192.0.2.1", 20), 1);
  });

  it("are sixty at once from all addresses together, and one a minute; who is at the machine is not kept out", () => {
    let all = 0;
    for (let i = 0; i < 250; i++) all += taken(`192.0.2.${i}`, 6);
    assert.equal(all, 60);
    assert.equal(guesses.take({ address: "192.0.2.251" }), false);
    assert.equal(taken("127.0.0.1", 10), 6);
    assert.equal(taken("0:0:0:0", 10), 6);
    now += 24 * 3_600_000;
    all = 0;
    for (let i = 0; i < 250; i++) all += taken(`198.51.100.${i}`, 6);
    assert.equal(all, 60);
  });

  it("that were right cost nothing", () => {
    for (let i = 0; i < 100; i++) {
      assert.equal(guesses.take({ address: "192.0.2.1" }), true);
      guesses.giveBack({ address: "192.0.2.1" });
    }
    assert.equal(taken("192.0.2.1", 10), 6);
    guesses.giveBack({ address: "192.0.2.9" });
    assert.equal(taken("192.0.2.9", 10), 6, "nothing is saved up");
  });
});

describe("browsers that were signed in at the gateway's page before", () => {
  it("are known by a cookie, over a restart, sixteen of them, and kept by its hash alone", () => {
    const store = new MemoryStore();
    const browsers = new FamiliarBrowsers(store);
    const cookies = Array.from({ length: 17 }, () => browsers.add());
    const [first, ...others] = cookies;
    for (const one of [browsers, new FamiliarBrowsers(store)]) {
      assert.equal(one.find(first), undefined);
      const found = others.map((cookie) => one.find(cookie));
      assert.deepEqual([new Set(found).size, found.includes(undefined)], [16, false]);
      for (const other of [undefined, "", "x", "0".repeat(64)]) assert.equal(one.find(other), undefined);
    }
    const kept = hex(store.read("page-browsers") ?? assert.fail("nothing is kept"));
    for (const cookie of cookies) assert.equal(kept.includes(cookie), false);
    browsers.forget();
    assert.equal(new FamiliarBrowsers(store).find(others[0]), undefined);
  });

  it("are none where the record is damaged, and those that there were where the disk is full", () => {
    const store = new MemoryStore();
    store.write("page-browsers", Uint8Array.of(1, 2, 3));
    const browsers = new FamiliarBrowsers(store);
    const cookie = browsers.add();
    store.write = () => {
      throw new StoreError("store.full", "page-browsers");
    };
    assert.throws(() => browsers.add(), { code: "store.full" });
    assert.notEqual(browsers.find(cookie), undefined);
  });
});
