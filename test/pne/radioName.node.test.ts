import assert from "node:assert/strict";
import { hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Pne } from "../../src/pne/pne.js";
import { defaultMethods, type PnePorts } from "../../src/pne/ports.js";
import { ManualClock } from "../support/manualClock.js";
import { MemoryStore } from "../support/memoryStore.js";

const factoryEntityID = Uint8Array.of(1, 2, 0xab, 0xcd);

/** A PNE that lets itself be found, and the names under which it does. */
function found(flash: MemoryStore, more: Partial<PnePorts> = {}) {
  const names: (string | undefined)[] = [];
  const clock = new ManualClock();
  const pne = new Pne({
    suite: nobleSuite,
    random: { fill: (into) => into.fill(7) },
    clock,
    log: { event() {} },
    flash,
    radio: { advertise: (state, name) => void (state !== undefined && names.push(name)) },
    policy: {
      hasUI: true,
      ...defaultMethods,
      localEUKeyCriterion: "r01",
      reachable: true,
      acceptInvitations: false,
    },
    pace: { iterations: 1, pause: Milliseconds(1) },
    notify: () => {},
    ...more,
  });
  pne.start();
  clock.advance(Milliseconds(5_000));
  return { pne, names };
}

describe("the name under which a PNE is found", () => {
  it("is CPNS and four digits of its Entity ID until somebody has named it", () => {
    assert.equal(hex(factoryEntityID).slice(-4), "abcd");
    assert.deepEqual(found(new MemoryStore(), { factoryEntityID }).names, ["CPNS-abcd"]);
    assert.deepEqual(found(new MemoryStore()).names, ["CPNS"]);
    assert.deepEqual(found(new MemoryStore(), { factoryEntityID, name: "Lamp" }).names, ["Lamp"]);
  });

  it("is its owner's at once, and after a restart", () => {
    const flash = new MemoryStore();
    const { pne, names } = found(flash, { factoryEntityID });
    pne.command({ kind: "setName", name: "K\u00fcche" });
    assert.deepEqual(names, ["CPNS-abcd", "K\u00fcche"]);
    assert.deepEqual(found(flash, { factoryEntityID, name: "Lamp" }).names, ["K\u00fcche"]);
    pne.command({ kind: "factoryReset" });
    assert.deepEqual(found(flash, { factoryEntityID }).names, ["CPNS-abcd"]);
  });
});
