import assert from "node:assert/strict";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { commitKey, disown, release, seen, stagedName, stageKey } from "../../src/database/ownership.js";
import { claimLifetime, type EntityRecord, type StagedRecord } from "../../src/database/rows/entities.js";

const maximumEntities = 256;
const maximumGateways = 16;
const maximumClaims = 64;

const start = Milliseconds(1_800_000_000_000);
const day = 24 * 3_600_000;
const [alice, bob] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];

class Owners {
  now = start;
  readonly store = new MemoryServerStore({ clock: { now: () => this.now } });
  #keys = 0;

  /** What came of it; the key's id, when it was staged, is kept for `commit`. */
  async stage(
    device: string,
    owner = alice,
    { role = "pne" as "pne" | "gateway", gateway = "gw" } = {},
  ): Promise<string> {
    const id = new Uint8Array(8);
    id.set([++this.#keys >> 8, this.#keys & 255]);
    const claim = {
      role,
      entityID: ascii(device),
      owner,
      userID: ascii("name"),
      gatewayID: ascii(gateway),
      id,
      key: new Uint8Array(32).fill(7),
      origin: "password" as const,
      createdAt: Seconds(1),
    };
    return this.store.transaction((tables) => stageKey(tables, claim, this.now));
  }

  /** Commits the youngest claim of this User to the device. */
  async commit(device: string, owner = alice): Promise<boolean> {
    const claims = this.store.all("staged").map(([, one]) => one);
    const own = claims.filter(
      (one) => hex(one.owner) === hex(owner) && hex(one.entityID) === hex(ascii(device)),
    );
    const claim = own.at(-1) ?? assert.fail(`no claim to ${device}`);
    return this.take(claim);
  }

  take(claim: StagedRecord): Promise<boolean> {
    return this.store.transaction((tables) => commitKey(tables, claim, this.now));
  }

  /** A claim by way of this PN GW, a moment after what was before. */
  async claim(gateway: string, owner = alice): Promise<StagedRecord> {
    this.now = Milliseconds(this.now + 1);
    assert.equal(await this.stage("pne", owner, { gateway }), "staged");
    return (
      this.store.all("staged").find(([, one]) => hex(one.gatewayID) === hex(ascii(gateway)))?.[1] ??
      assert.fail()
    );
  }

  /** PN GWs whose claims may still be confirmed. */
  get waiting(): readonly string[] {
    return this.store
      .all("staged")
      .map(([, one]) => String.fromCharCode(...one.gatewayID))
      .sort();
  }

  async own(device: string, owner = alice, options = {}): Promise<string> {
    const staged = await this.stage(device, owner, options);
    if (staged === "staged") await this.commit(device, owner);
    return staged;
  }

  row(device: string): EntityRecord | undefined {
    return this.store.get("entities", hex(ascii(device)));
  }
}

describe("whose a device is (EUK-UI-16, EUK-GW-10, C-12)", () => {
  it("is the User's who confirmed its key; others are refused, and so is another role", async () => {
    const owners = new Owners();
    assert.equal(await owners.own("pne"), "staged");
    assert.equal(await owners.stage("pne", bob), "foreign");
    assert.equal(await owners.stage("pne", alice, { role: "gateway" }), "foreign");
    assert.equal(await owners.stage("pne"), "staged");
    assert.deepEqual(owners.row("pne")?.owner, alice);
  });

  it("shows a new owner nothing of what it has said to the former one, and its own owner all of it", async () => {
    const owners = new Owners();
    await owners.own("pne", alice);
    const reading = { identity: alice, entityID: ascii("pne"), topic: "lamp", kind: 1, at: start };
    await owners.store.transaction(({ readings }) =>
      readings.put(`${hex(ascii("pne"))}/lamp`, {
        ...{ ...reading, value: Uint8Array.of(1), points: new Uint8Array(12) },
        endsAt: Milliseconds(start + day),
      }),
    );
    await owners.claim("another gateway", alice);
    assert.equal(await owners.commit("pne", alice), true);
    assert.equal(owners.store.size("readings"), 1);
    // The factory's key lets who has the device take it.
    await owners.store.transaction(({ devices }) =>
      devices.put(hex(ascii("pne")), { temporaryKey: new Uint8Array(32) }),
    );
    await owners.claim("Bob's gateway", bob);
    assert.equal(owners.store.size("readings"), 1, "a claim takes nothing");
    assert.equal(await owners.commit("pne", bob), true);
    assert.equal(owners.store.size("readings"), 0);
  });

  it("is nobody's by a claim alone: another User may claim it too, and who confirms has it", async () => {
    const owners = new Owners();
    await owners.stage("pne", bob);
    assert.equal(await owners.own("pne", alice), "staged");
    assert.deepEqual(owners.row("pne")?.owner, alice);
  });

  it("lets nobody take a delivered key away: each User has a place of his own at each PN GW", async () => {
    const owners = new Owners();
    await owners.stage("pne", alice);
    const [name] = owners.store.all("staged")[0] ?? assert.fail();
    await owners.stage("pne", bob);
    await owners.stage("pne", alice, { gateway: "another" });
    assert.ok(owners.store.get("staged", name), "still there to be confirmed");
    await owners.stage("pne", alice);
    assert.equal(owners.store.get("staged", name), undefined, "only by himself, at the same PN GW");
    assert.equal(owners.store.size("staged"), 3);
  });

  it("is forgotten when nobody confirms within a day; a committed one stays", async () => {
    const owners = new Owners();
    await owners.stage("pne");
    await owners.own("kept");
    const [claim] = owners.store.all("staged").map(([, one]) => one);
    const name = stagedName(ascii("pne"), claim?.id ?? assert.fail());
    owners.now = Milliseconds(start + claimLifetime);
    assert.equal(await owners.store.read(({ staged }) => staged.get(name)), undefined);
    await owners.store.sweep();
    assert.equal(owners.store.size("staged"), 0);
    assert.equal(await owners.store.read(({ staged }) => staged.count("owner", hex(alice))), 0);
    assert.ok(owners.row("kept"));
  });

  it("cannot be claimed by the thousand: the oldest claim of a User gives way, never another's, never a device", async () => {
    const owners = new Owners();
    await owners.own("mine");
    await owners.stage("bobs", bob);
    for (let i = 0; i < maximumClaims + 20; i++) {
      owners.now = Milliseconds(owners.now + 1);
      await owners.stage(`claim-${i}`);
    }
    assert.equal(owners.store.size("staged"), maximumClaims + 1);
    const left = owners.store.all("staged").map(([, one]) => String.fromCharCode(...one.entityID));
    assert.ok(left.includes("bobs") && left.includes("claim-20") && !left.includes("claim-19"));
    assert.ok(owners.row("mine"));
  });

  it("has a bound for each User and for his PN GWs, told as such, and again his own is none more", async () => {
    const owners = new Owners();
    for (let i = 0; i < maximumGateways; i++) await owners.own(`gw-${i}`, alice, { role: "gateway" });
    assert.equal(await owners.stage("gw-more", alice, { role: "gateway" }), "full");
    for (let i = maximumGateways; i < maximumEntities; i++) await owners.own(`device-${i}`);
    assert.equal(await owners.stage("one-more"), "full");
    assert.equal(await owners.stage("device-30"), "staged");
    assert.equal(await owners.stage("one-more", bob), "staged");
  });

  it("lets a device that was not seen for half a year make room for a new one, and no other", async () => {
    const owners = new Owners();
    for (let i = 0; i < maximumEntities; i++) await owners.own(`device-${i}`);
    const old = owners.row("device-0") ?? assert.fail();
    owners.now = Milliseconds(start + 181 * day);
    for (let i = 1; i < maximumEntities; i++) {
      const name = hex(ascii(`device-${i}`));
      const entity = owners.store.get("entities", name) ?? assert.fail();
      await owners.store.transaction((tables) => seen(tables, name, entity, owners.now));
    }
    assert.equal(await owners.own("new"), "staged");
    assert.equal(owners.row("device-0"), undefined);
    assert.deepEqual(old.owner, alice);
    assert.equal(await owners.stage("another new"), "full");
  });

  it("ends with the User", async () => {
    const owners = new Owners();
    await owners.own("mine");
    await owners.stage("claimed");
    await owners.stage("bobs", bob);
    assert.equal(await owners.store.transaction((tables) => disown(tables, alice, owners.now)), 1);
    assert.equal(owners.row("mine"), undefined);
    assert.equal(owners.store.size("staged"), 1, "bob's");
    assert.equal(await owners.store.read(({ entities }) => entities.count("owner", hex(alice))), 0);
  });
});

describe("the order of a device's keys", () => {
  it("is that in which they were made: a commit forgets what is not younger, and keeps what is", async () => {
    const owners = new Owners();
    await owners.claim("first");
    const second = await owners.claim("second");
    const third = await owners.claim("third");
    assert.equal(await owners.take(second), true);
    assert.deepEqual(owners.waiting, ["third"]);
    assert.equal(await owners.take(third), true);
    assert.deepEqual(owners.waiting, []);
    assert.deepEqual(owners.row("pne")?.gatewayID, ascii("third"));
  });

  it("is not turned back: a key that is not younger than the youngest one ever committed is refused", async () => {
    const owners = new Owners();
    const older = await owners.claim("older");
    const younger = await owners.claim("younger");
    assert.equal(await owners.take(younger), true);
    assert.equal(await owners.take(older), false);
    assert.equal(await owners.take(younger), false);
    assert.deepEqual(owners.row("pne")?.gatewayID, ascii("younger"));
  });

  it("outlasts a release, a removal, and a clock that is set back", async () => {
    const owners = new Owners();
    const older = await owners.claim("older");
    assert.equal(await owners.take(await owners.claim("younger")), true);
    await owners.store.transaction((tables) => release(tables, ascii("pne"), owners.now));
    assert.equal(await owners.take(older), false);
    await owners.store.transaction((tables) => disown(tables, alice, owners.now));
    assert.equal(await owners.take(older), false);
    assert.equal(owners.row("pne"), undefined);
    owners.now = Milliseconds(start - day);
    assert.equal(await owners.take(await owners.claim("next", bob)), true);
    assert.deepEqual(owners.row("pne")?.owner, bob);
    assert.equal(await owners.take(older), false);
  });
});
