import assert from "node:assert/strict";
import { CrashReports } from "../../src/device/crash.js";
import { english } from "../../src/ui/strings/english.js";
import { MemoryStore } from "../support/memoryStore.js";

describe("crash reports", () => {
  it("have a text for people each", () => {
    for (const reason of ["memory", "stack", "exception", "watchdog", "power", "unknown"]) {
      assert.ok(`crash.${reason}` in english.errors, reason);
    }
  });

  it("are told once", () => {
    const store = new MemoryStore();
    new CrashReports(store).record("exception");
    assert.equal(new CrashReports(store).take(), "exception");
    assert.equal(new CrashReports(store).take(), undefined);
  });

  it("fall back on what the chip knows of its reset", () => {
    assert.equal(new CrashReports(new MemoryStore(), "watchdog").take(), "watchdog");
    const store = new MemoryStore();
    new CrashReports(store).record("memory");
    assert.equal(new CrashReports(store, "unknown").take(), "memory");
  });

  it("are of no harm when flash holds something else, or cannot be read", () => {
    const store = new MemoryStore();
    store.write("crash", Uint8Array.of(0xff, 0x00));
    assert.equal(new CrashReports(store).take(), "unknown");
    const dead = {
      read: () => {
        throw new Error("flash");
      },
      write: () => {},
      delete: () => {},
    };
    assert.equal(new CrashReports(dead, "power").take(), "power");
  });
});
