import assert from "node:assert/strict";
import { DeviceStorage, type SdkNamespace } from "../../hosts/esp32/storage/storage.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { euKey, localKey, snapshot } from "../support/storedKeys.js";

class PowerCut extends Error {}

type Manner = "before" | "after" | "torn";

/** NVS whose power goes at one of its writes or deletions; what it holds outlives that. */
class Nvs implements SdkNamespace {
  readonly values: Map<string, Uint8Array>;
  changes = 0;
  readonly #cut: number;
  readonly #manner: Manner;

  constructor(
    values: ReadonlyMap<string, Uint8Array>,
    cut = Number.POSITIVE_INFINITY,
    manner: Manner = "before",
  ) {
    this.values = new Map(values);
    this.#cut = cut;
    this.#manner = manner;
  }

  #change(key: string, value: Uint8Array | undefined): void {
    const now = this.changes++;
    if (now > this.#cut) throw new PowerCut();
    if (now === this.#cut && this.#manner === "before") throw new PowerCut();
    const torn = now === this.#cut && this.#manner === "torn";
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, torn ? value.slice(0, value.length >> 1) : value.slice());
    if (now === this.#cut) throw new PowerCut();
  }

  read(key: string): ArrayBuffer | undefined {
    return this.values.get(key)?.slice().buffer;
  }

  write(key: string, value: ArrayBuffer | Uint8Array): void {
    this.#change(key, new Uint8Array(value));
  }

  delete(key: string): void {
    this.#change(key, undefined);
  }

  close(): void {}

  [Symbol.iterator](): Iterator<string> {
    return this.values.keys();
  }
}

const opened = (nvs: Nvs): KeyStore =>
  new KeyStore(new DeviceStorage({ open: () => nvs }, "cpns"), nobleSuite);

/** An owner's device, about to get another key. */
function owned(): Nvs {
  const nvs = new Nvs(new Map());
  const store = opened(nvs);
  store.stage(euKey(1));
  store.commit(euKey(1).id);
  store.putLocalKey(localKey(1, 1, 0xb1));
  return nvs;
}

const works: readonly (readonly [string, (store: KeyStore) => void])[] = [
  ["a new key is stored", (store) => store.stage(euKey(2))],
  [
    "a new key is stored and takes the old one's place",
    (store) => {
      store.stage(euKey(2));
      store.commit(euKey(2).id);
    },
  ],
  ["a LocalEUKey is stored", (store) => store.putLocalKey(localKey(2, 7, 0xb2))],
  [
    "the device is given a name",
    (store) => {
      store.name = "Stairs";
    },
  ],
  ["everything is erased", (store) => store.factoryReset()],
];

describe("a power cut at every write to the device's storage (EUK-UI-21)", () => {
  for (const [title, work] of works) {
    it(`leaves what was, or what is to be, when ${title}`, () => {
      const whole = new Nvs(owned().values);
      const before = snapshot(opened(whole));
      const from = whole.changes;
      work(opened(whole));
      const after = snapshot(opened(new Nvs(whole.values)));
      const between = new Set([before, after]);
      if (title.includes("takes")) {
        const staged = new Nvs(owned().values);
        opened(staged).stage(euKey(2));
        between.add(snapshot(opened(staged)));
      }
      assert.ok(whole.changes > from);
      for (let cut = 0; cut < whole.changes - from; cut++) {
        for (const manner of ["before", "torn", "after"] as const) {
          const nvs = new Nvs(owned().values, cut, manner);
          // The adapter tells it as broken flash: the device is off by then.
          assert.throws(() => work(opened(nvs)));
          const found = snapshot(opened(new Nvs(nvs.values)));
          assert.ok(between.has(found), `cut ${cut} ${manner}:\n${found}`);
        }
      }
    });
  }
});
