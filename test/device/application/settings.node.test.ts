import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { silentLog } from "../../../src/base/ports.js";
import { FlashSettings } from "../../../src/device/application/settings.js";
import { eraseAll, markReset } from "../../../src/keystore/reset.js";
import { codeOf } from "../../support/codeOf.js";
import { cuts, MemoryStore, PowerCut } from "../../support/memoryStore.js";

const of = (store: MemoryStore): FlashSettings => new FlashSettings(store, nodeSuite, silentLog);

describe("settings of an application", () => {
  it("are there after a restart, and gone after a factory reset", () => {
    const store = new MemoryStore();
    of(store).set("on", "yes");
    of(store).set("room", "Küche");
    assert.deepEqual(
      [of(store).get("on"), of(store).get("room"), of(store).get("other")],
      ["yes", "Küche", undefined],
    );
    markReset(store);
    eraseAll(store);
    assert.equal(of(store).get("on"), undefined);
  });

  it("have bounds, and keep the old ones when something is refused", () => {
    const settings = of(new MemoryStore());
    for (let n = 0; n < 8; n++) settings.set(`n${n}`, "x".repeat(64));
    assert.equal(
      codeOf(() => settings.set("n8", "x")),
      "application.setting",
    );
    assert.equal(
      codeOf(() => settings.set("n0", "x".repeat(65))),
      "application.setting",
    );
    assert.equal(
      codeOf(() => settings.set("", "x")),
      "application.setting",
    );
    assert.equal(
      codeOf(() => settings.set("x".repeat(17), "x")),
      "application.setting",
    );
    assert.equal(settings.get("n0"), "x".repeat(64));
    assert.equal(settings.get("n8"), undefined);
  });

  it("are written only when they change: flash wears", () => {
    const store = new MemoryStore();
    let writes = 0;
    const counting = Object.assign(Object.create(store) as MemoryStore, {
      write: (name: string, value: Uint8Array) => {
        writes++;
        store.write(name, value);
      },
      read: (name: string) => store.read(name),
    });
    const settings = of(counting);
    for (let n = 0; n < 100; n++) settings.set("on", "yes");
    assert.equal(writes, 1);
  });

  it("are the old ones or the new ones after a power cut at any write, in any manner", () => {
    const before = new MemoryStore();
    of(before).set("on", "old");
    of(before).set("other", "stays");
    let cut = 0;
    for (const how of cuts) {
      for (let at = 1; at <= 3; at++) {
        const store = before.clone();
        const settings = of(store);
        store.cutPower(at, how);
        try {
          settings.set("on", "new");
        } catch (error) {
          if (!(error instanceof PowerCut)) throw error;
          cut++;
        }
        store.reboot();
        const now = of(store);
        assert.ok(["old", "new"].includes(now.get("on") ?? ""), `${how} ${at}: ${now.get("on")}`);
        assert.equal(now.get("other"), "stays");
      }
    }
    assert.equal(cut, cuts.length);
  });

  it("that are no settings are none", () => {
    const store = new MemoryStore();
    of(store).set("on", "yes");
    for (const name of store.names()) store.write(name, Uint8Array.of(1, 2, 3));
    assert.equal(of(store).get("on"), undefined);
  });
});
