import assert from "node:assert/strict";
import { ascii } from "../../src/base/octets.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { type Cut, cuts, MemoryStore, PowerCut } from "../support/memoryStore.js";
import { euKey, localKey, snapshot } from "../support/storedKeys.js";

/** One change of the KeyStore, and the octets that must be nowhere in flash once it has happened. */
interface Scenario {
  readonly name: string;
  readonly before: (keyStore: KeyStore) => void;
  readonly change: (keyStore: KeyStore) => void;
  readonly gone: readonly Uint8Array[];
  /** Secrets that must not come into flash unless the change has happened. */
  readonly fresh: readonly Uint8Array[];
}

const pn = (octet: number): Uint8Array => new Uint8Array(16).fill(octet);
/** Long enough to find half a key that was torn; every octet of a test key is the same. */
/** A part of a key, longer than an id of the same octets. */
const trace = (octet: number): Uint8Array => new Uint8Array(9).fill(octet);

function enrol(keyStore: KeyStore, octet: number, more?: Parameters<typeof euKey>[1]): void {
  keyStore.stage(euKey(octet, more));
  keyStore.commit(euKey(octet).id);
}

function inUse(keyStore: KeyStore): void {
  enrol(keyStore, 0xc1);
  keyStore.putLocalKey(localKey(1, 1, 0xb1));
  keyStore.putLocalKey(localKey(2, 2, 0xb2));
  keyStore.entityID = pn(9);
  keyStore.failures = 1;
  keyStore.failures = 2;
}

const scenarios: readonly Scenario[] = [
  {
    name: "staging the first key",
    before: () => {},
    change: (keyStore) => keyStore.stage(euKey(0xa2)),
    gone: [],
    fresh: [trace(0xa2)],
  },
  {
    name: "committing the first key",
    before: (keyStore) => keyStore.stage(euKey(0xa2)),
    change: (keyStore) => keyStore.commit(euKey(0xa2).id),
    gone: [],
    fresh: [],
  },
  {
    name: "staging beside a committed key",
    before: inUse,
    change: (keyStore) => keyStore.stage(euKey(0xa2)),
    gone: [],
    fresh: [trace(0xa2)],
  },
  {
    name: "staging over a staged key",
    before: (keyStore) => {
      inUse(keyStore);
      keyStore.stage(euKey(0xa2));
    },
    change: (keyStore) => keyStore.stage(euKey(0xa3)),
    gone: [trace(0xa2)],
    fresh: [trace(0xa3)],
  },
  {
    name: "replacing a committed key",
    before: (keyStore) => {
      inUse(keyStore);
      keyStore.stage(euKey(0xa2));
    },
    change: (keyStore) => keyStore.commit(euKey(0xa2).id),
    gone: [trace(0xc1)],
    fresh: [],
  },
  {
    name: "replacing the key by another User's",
    before: (keyStore) => {
      inUse(keyStore);
      keyStore.stage(euKey(0xa2, { userID: ascii("bob") }));
    },
    change: (keyStore) => keyStore.commit(euKey(0xa2).id),
    gone: [trace(0xc1), trace(0xb1), trace(0xb2)],
    fresh: [],
  },
  {
    name: "storing the first LocalEUKey",
    before: (keyStore) => enrol(keyStore, 0xc1),
    change: (keyStore) => keyStore.putLocalKey(localKey(1, 1, 0xb1)),
    gone: [],
    fresh: [trace(0xb1)],
  },
  {
    name: "replacing a LocalEUKey",
    before: inUse,
    change: (keyStore) => keyStore.putLocalKey(localKey(1, 3, 0xb3)),
    gone: [trace(0xb1)],
    fresh: [trace(0xb3)],
  },
  {
    name: "assigning an Entity ID",
    before: inUse,
    change: (keyStore) => {
      keyStore.entityID = pn(8);
    },
    gone: [],
    fresh: [],
  },
  {
    name: "counting a failure",
    before: inUse,
    change: (keyStore) => {
      keyStore.failures = 3;
    },
    gone: [],
    fresh: [],
  },
  {
    name: "clearing the failures",
    before: inUse,
    change: (keyStore) => {
      keyStore.failures = 0;
    },
    gone: [],
    fresh: [],
  },
  {
    name: "a factory reset",
    before: (keyStore) => {
      inUse(keyStore);
      keyStore.stage(euKey(0xa2));
    },
    change: (keyStore) => keyStore.factoryReset(),
    gone: [trace(0xc1), trace(0xa2), trace(0xb1), trace(0xb2)],
    fresh: [],
  },
];

/** Runs until power is cut; true when it was. */
function cutShort(run: () => void): boolean {
  try {
    run();
  } catch (error) {
    if (error instanceof PowerCut) return true;
    throw error;
  }
  return false;
}

/** A scenario run once without a cut: where it starts, how many operations it takes, what the store then shows. */
interface Outline {
  readonly start: MemoryStore;
  readonly operations: number;
  readonly old: string;
  readonly changed: string;
}

const outlines = new Map<Scenario, Outline>();

function outline(scenario: Scenario): Outline {
  const known = outlines.get(scenario);
  if (known !== undefined) return known;
  const start = new MemoryStore();
  scenario.before(new KeyStore(start, nobleSuite));
  const { flash, keyStore } = opened(start);
  const old = snapshot(keyStore);
  scenario.change(keyStore);
  const made = { start, operations: flash.operations, old, changed: snapshot(keyStore) };
  outlines.set(scenario, made);
  return made;
}

function opened(start: MemoryStore): { flash: MemoryStore; keyStore: KeyStore } {
  const flash = start.clone();
  return { flash, keyStore: new KeyStore(flash, nobleSuite) };
}

/** The device loses power at the n-th operation of the change. */
function cutAt(scenario: Scenario, n: number, how: Cut): MemoryStore {
  const { flash, keyStore } = opened(outline(scenario).start);
  flash.cutPower(n, how);
  assert.equal(
    cutShort(() => scenario.change(keyStore)),
    true,
  );
  flash.reboot();
  return flash;
}

/** The device has power again: what it shows, and whether flash holds what it must not. */
function rebooted(flash: MemoryStore, scenario: Scenario, where: string): string {
  flash.reboot();
  const shown = snapshot(new KeyStore(flash, nobleSuite));
  const { old, changed } = outline(scenario);
  assert.ok(shown === old || shown === changed, `${where}: neither old nor new:\n${shown}`);
  const unwanted = shown === changed ? scenario.gone : scenario.fresh;
  assert.equal(
    unwanted.some((secret) => flash.contains(secret)),
    false,
    `${where}: a secret is left`,
  );
  return shown;
}

describe("power cuts of the key store", () => {
  for (const scenario of scenarios) {
    it(`leave the old or the new state, and no other secret, in ${scenario.name}`, () => {
      const { operations, old, changed } = outline(scenario);
      assert.notEqual(old, changed);
      const seen = new Set<string>();
      for (let n = 1; n <= operations; n++) {
        for (const how of cuts) {
          seen.add(rebooted(cutAt(scenario, n, how), scenario, `${how} operation ${n}`));
        }
      }
      assert.equal(
        seen.size,
        2,
        "some cuts come early enough for the old state, some late enough for the new",
      );
    });
  }

  it("meet a start that finishes what an earlier cut left, itself cut at every operation", () => {
    for (const scenario of scenarios) {
      for (const how of cuts) cutTwice(scenario, how);
    }
  });

  it("never stand in the way for good: the change can be made after any of them", () => {
    const scenario = scenarios[2] as Scenario;
    const { changed, operations } = outline(scenario);
    for (let n = 1; n <= operations; n++) {
      for (const how of cuts) {
        const again = new KeyStore(cutAt(scenario, n, how), nobleSuite);
        scenario.change(again);
        assert.equal(snapshot(again), changed);
      }
    }
  });

  it("leave nothing at all in flash once a reset has begun", () => {
    const scenario = scenarios[scenarios.length - 1] as Scenario;
    const { operations, old } = outline(scenario);
    for (let n = 1; n <= operations; n++) {
      for (const how of cuts) {
        const flash = cutAt(scenario, n, how);
        const shown = rebooted(flash, scenario, `${how} operation ${n}`);
        if (shown !== old) assert.deepEqual(flash.names(), []);
        else assert.equal(n, 1, "only a cut of the mark itself leaves the old state");
      }
    }
  });

  function cutTwice(scenario: Scenario, how: Cut): void {
    const { operations } = outline(scenario);
    for (let n = 1; n <= operations; n++) {
      const first = cutAt(scenario, n, how);
      for (let m = 1, more = true; more; m++) {
        const flash = first.clone();
        flash.cutPower(m, how);
        more = cutShort(() => void new KeyStore(flash, nobleSuite));
        rebooted(flash, scenario, `${how} operation ${n}, then ${m} of the start`);
      }
    }
  }
});

describe("the search for faults by power cuts", () => {
  it("finds the fault of a value that is kept in one place only", () => {
    const shown = new Set<string>();
    for (const how of cuts) {
      const flash = new MemoryStore();
      flash.write("key", ascii("old value"));
      flash.cutPower(1, how);
      cutShort(() => flash.write("key", ascii("new value")));
      flash.reboot();
      const value = flash.read("key");
      shown.add(value === undefined ? "none" : String.fromCharCode(...value));
    }
    assert.equal(shown.has("old value") && shown.has("new value") && shown.has("none"), true);
    assert.equal(shown.has("new "), true, "a torn prefix");
    assert.equal(shown.size, 5, "garbage as well");
  });
});
