import assert from "node:assert/strict";
import {
  DeviceStorage,
  FactoryStorage,
  type SdkNamespace,
  type SdkStorage,
} from "../../../hosts/esp32/storage/storage.js";
import { codeOf } from "../../support/codeOf.js";

/** NVS as the SDK gives it: ArrayBuffers, and errors with ESP-IDF's codes as messages. */
class Nvs implements SdkNamespace {
  readonly values = new Map<string, ArrayBuffer>();
  error: string | undefined;

  #check(): void {
    if (this.error !== undefined) throw new Error(this.error);
  }

  read(key: string): ArrayBuffer | undefined {
    this.#check();
    return this.values.get(key);
  }

  write(key: string, value: ArrayBuffer | Uint8Array): void {
    this.#check();
    this.values.set(key, new Uint8Array(value).slice().buffer);
  }

  delete(key: string): void {
    this.#check();
    this.values.delete(key);
  }

  close(): void {}

  [Symbol.iterator](): Iterator<string> {
    return this.values.keys();
  }
}

function flash(nvs: Nvs): SdkStorage {
  return {
    open: ({ mode }) => {
      if (mode === "r" && nvs.values.size === 0) throw new Error("ESP_ERR_NVS_NOT_FOUND");
      return nvs;
    },
  };
}

describe("the device's storage over ECMA-419", () => {
  it("gives back what was written, and a name that was never written is absent", () => {
    const storage = new DeviceStorage(flash(new Nvs()), "cpns");
    storage.write("euk.a", Uint8Array.of(1, 2, 3));
    assert.deepEqual(storage.read("euk.a"), Uint8Array.of(1, 2, 3));
    assert.equal(storage.read("euk.b"), undefined);
    assert.deepEqual(storage.names(), ["euk.a"]);
    storage.delete("euk.a");
    assert.deepEqual(storage.names(), []);
  });

  it("tells full flash from broken flash, by the names of ESP-IDF's codes and by their numbers", () => {
    const nvs = new Nvs();
    const storage = new DeviceStorage(flash(nvs), "cpns");
    for (const [message, code] of [
      ["ESP_ERR_NVS_NOT_ENOUGH_SPACE", "store.full"],
      ["ESP_ERR_NVS_NO_FREE_PAGES", "store.full"],
      ["ERROR 0x1105(4357)", "store.full"],
      ["ERROR 0x110d(4365)", "store.full"],
      ["ESP_ERR_NVS_REMOVE_FAILED", "store.broken"],
      ["ERROR 0x1108(4360)", "store.broken"],
    ] as const) {
      nvs.error = message;
      assert.equal(
        codeOf(() => storage.write("a", Uint8Array.of(1))),
        code,
        message,
      );
    }
  });

  it("refuses what NVS would cut or refuse", () => {
    const storage = new DeviceStorage(flash(new Nvs()), "cpns");
    assert.throws(() => storage.write("a name that is long", Uint8Array.of(1)), RangeError);
    assert.equal(
      codeOf(() => storage.write("a", new Uint8Array(4001))),
      "store.full",
    );
  });

  it("reports flash that cannot be opened or read", () => {
    const dead: SdkStorage = {
      open: () => {
        throw new Error("ESP_ERR_NVS_NOT_INITIALIZED");
      },
    };
    assert.equal(
      codeOf(() => new DeviceStorage(dead, "cpns")),
      "store.broken",
    );
    const nvs = new Nvs();
    const storage = new DeviceStorage(flash(nvs), "cpns");
    nvs.error = "ERROR 0x1107(4359)";
    assert.equal(
      codeOf(() => storage.read("a")),
      "store.broken",
    );
  });
});

describe("the factory's namespace", () => {
  it("is empty when it was never written", () => {
    assert.equal(new FactoryStorage(flash(new Nvs()), "cpns-factory").read("device"), undefined);
  });

  it("is read only, by its type and by its mode", () => {
    const nvs = new Nvs();
    nvs.values.set("device", Uint8Array.of(5).buffer);
    const modes: (string | undefined)[] = [];
    const sdk: SdkStorage = {
      open: (options) => {
        modes.push(options.mode);
        return nvs;
      },
    };
    const factory = new FactoryStorage(sdk, "cpns-factory");
    assert.deepEqual(factory.read("device"), Uint8Array.of(5));
    assert.deepEqual(modes, ["r"]);
    assert.ok(!("write" in factory) && !("delete" in factory));
  });
});
