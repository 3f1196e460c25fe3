import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { digitalButton } from "../../../../hosts/esp32/keypad/buttons.js";
import { OneButton } from "../../../../hosts/esp32/keypad/oneButton.js";
import { nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import { VirtualClock } from "../../../../hosts/simulator/world/clock.js";
import { SeededRandom } from "../../../../hosts/simulator/world/random.js";
import { silentLog } from "../../../../src/base/ports.js";
import { Milliseconds } from "../../../../src/base/units.js";
import { CrashReports } from "../../../../src/device/crash.js";
import { NoDisplay } from "../../../../src/device/display/none.js";
import { Firmware } from "../../../../src/device/firmware.js";
import type { RadioDriver } from "../../../../src/device/radio.js";
import { KeyStore } from "../../../../src/keystore/keystore.js";
import type { PneNotice } from "../../../../src/pne/ports.js";
import { MemoryStore } from "../../../support/memoryStore.js";
import { ManualTicker } from "../keypad/mocks.js";

/** The chip's pins, by ECMA-419: what is not pulled low reads 1. */
function pins() {
  const low = new Set<number>();
  const opened = new Set<number>();
  class Digital {
    readonly Input = 0;
    readonly #pin: number;

    constructor({ pin }: { pin: number }) {
      if (opened.has(pin)) throw new Error("in use");
      opened.add(pin);
      this.#pin = pin;
    }

    read(): number {
      return low.has(this.#pin) ? 0 : 1;
    }

    close(): void {
      opened.delete(this.#pin);
    }
  }
  return { low, io: Object.assign(Digital, { Input: 0 }) as never };
}

/** The firmware of a board that has nothing but this button, with something in its flash; held for so long. */
async function held(milliseconds: number, pin = 0) {
  const clock = new VirtualClock();
  const ticker = new ManualTicker();
  const { low, io } = pins();
  const flash = new MemoryStore();
  new KeyStore(flash, nodeSuite).name = "cellar";
  const notices: PneNotice[] = [];
  let forgot = 0;
  const radio: RadioDriver = {
    start: (_name, { ready }) => ready(),
    advertise: () => {},
    forget: () => void forgot++,
  };
  const firmware = new Firmware({
    ...{ version: "test", name: "Sensor", clock, log: silentLog, suite: nodeSuite },
    pace: { iterations: 1_000, pause: Milliseconds(1) },
    display: new NoDisplay(),
    keypad: new OneButton(digitalButton(io, 0), ticker),
    radio,
    crashes: new CrashReports(flash),
    notice: (notice) => void notices.push(notice),
    random: () => new SeededRandom("button"),
    flash: () => flash,
    factory: () => new MemoryStore(),
    restart: () => assert.fail("a restart that nobody wants"),
  });
  firmware.boot();
  await clock.runFor(Milliseconds(2_000));
  assert.ok(firmware.pne !== undefined);
  low.add(pin);
  ticker.pass(milliseconds);
  await clock.runFor(Milliseconds(1_000));
  low.delete(pin);
  ticker.pass(1_000);
  await clock.runFor(Milliseconds(1_000));
  const { name } = new KeyStore(flash, nodeSuite);
  return { name, forgot, resets: notices.filter(({ kind }) => kind === "resetDone").length };
}

describe("a board without display and keypad, and its one button", () => {
  it("is one without UI, whose button the target has at a pin (C-31)", () => {
    const target = join(import.meta.dirname, "../../../../../hosts/esp32/targets/esp32_thing/target.ts");
    const text = readFileSync(target, "utf8");
    assert.match(text, /new OneButton\(digitalButton\(Digital, 0\)/);
    assert.match(text, /new NoDisplay\(\)/);
  });

  it("erases what the device was given, bonds too, once, after ten seconds", async () => {
    for (const time of [10_500, 25_000]) {
      const { name, forgot, resets } = await held(time);
      assert.deepEqual([resets, forgot, name], [1, 1, undefined]);
    }
  });

  it("does nothing before, and nothing at another pin", async () => {
    for (const [time, pin] of [
      [100, 0],
      [9_500, 0],
      [30_000, 9],
    ] as const) {
      const { name, resets } = await held(time, pin);
      assert.deepEqual([resets, name], [0, "cellar"], `${time} ms at ${pin}`);
    }
  });
});
