import assert from "node:assert/strict";
import { MemoryServerStore } from "../../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import type { EntityRecord } from "../../../src/database/tables.js";
import {
  claimLifetime,
  commitKey,
  disown,
  maximumClaims,
  stageKey,
} from "../../../src/protocols/enrolment/ownership.js";

const start = Milliseconds(1_000);
const [alice, bob] = [ascii("alice"), ascii("bob")];

class Owners {
  readonly store = new MemoryServerStore();

  stage(device: string, userID = alice, now = start, role: "pne" | "gateway" = "pne"): Promise<string> {
    const entityID = ascii(device);
    const staged = {
      id: entityID,
      key: new Uint8Array(32),
      origin: "password" as const,
      createdAt: Seconds(1),
      userID,
      gatewayID: ascii("gw"),
    };
    return this.store.transaction((tables) => stageKey(tables, { role, entityID, userID }, staged, now));
  }

  async commit(device: string): Promise<void> {
    const entity = await this.row(device);
    assert.ok(entity?.staged);
    const { staged } = entity;
    await this.store.transaction((tables) => commitKey(tables, hex(ascii(device)), entity, staged));
  }

  row(device: string): Promise<EntityRecord | undefined> {
    return this.store.tables.entities.get(hex(ascii(device)));
  }
}

describe("whose a device is (EUK-UI-16, EUK-GW-10, C-12)", () => {
  it("is the User's who confirmed its key; others are refused, and so is another role", async () => {
    const owners = new Owners();
    assert.equal(await owners.stage("pne"), "staged");
    await owners.commit("pne");
    assert.equal(await owners.stage("pne", bob), "foreign");
    assert.equal(await owners.stage("pne", alice, start, "gateway"), "foreign");
    assert.equal(await owners.stage("pne"), "staged");
    assert.deepEqual((await owners.row("pne"))?.userID, alice);
  });

  it("is nobody's by a claim alone: another User may claim it too, and who confirms has it", async () => {
    const owners = new Owners();
    await owners.stage("pne", bob);
    assert.equal(await owners.stage("pne", alice), "staged");
    await owners.commit("pne");
    assert.deepEqual((await owners.row("pne"))?.userID, alice);
  });

  it("is forgotten when nobody confirms within a day; a committed one stays", async () => {
    const owners = new Owners();
    await owners.stage("pne");
    await owners.stage("kept");
    await owners.commit("kept");
    const later = Milliseconds(start + claimLifetime);
    await owners.stage("other", bob, later);
    assert.equal(await owners.row("pne"), undefined);
    assert.ok((await owners.row("kept"))?.committed);
  });

  it("cannot be claimed by the thousand: the oldest claim of a User gives way, never another's, never a device", async () => {
    const owners = new Owners();
    await owners.stage("mine");
    await owners.commit("mine");
    await owners.stage("taken-over");
    await owners.stage("taken-over", bob);
    for (let i = 0; i < maximumClaims * 3; i++) await owners.stage(`claim-${i}`);
    const { entities } = owners.store.rows();
    assert.equal(entities.length, 1 + 1 + maximumClaims);
    assert.ok((await owners.row("mine"))?.committed);
    assert.deepEqual((await owners.row("taken-over"))?.staged?.userID, bob);
  });

  it("has a bound for each User", async () => {
    const owners = new Owners();
    for (let i = 0; i < 256; i++) {
      await owners.stage(`device-${i}`);
      await owners.commit(`device-${i}`);
    }
    assert.equal(await owners.stage("one-more"), "tooMany");
    assert.equal(
      await owners.stage("device-3"),
      "staged",
      "a device that is already the User's is none more",
    );
    assert.equal(await owners.stage("one-more", bob), "staged");
  });

  it("ends with the User", async () => {
    const owners = new Owners();
    await owners.stage("mine");
    await owners.commit("mine");
    await owners.stage("claimed");
    await owners.stage("bobs", bob);
    await owners.stage("taken-over");
    await owners.stage("taken-over", bob);
    assert.equal(await owners.store.transaction((tables) => disown(tables, alice)), 1);
    assert.equal(await owners.row("mine"), undefined);
    assert.equal(await owners.row("claimed"), undefined);
    assert.ok(await owners.row("bobs"));
    assert.ok(await owners.row("taken-over"), "bob's claim by now");
  });
});
