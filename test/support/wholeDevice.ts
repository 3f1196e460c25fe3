import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { plainBody } from "../../hosts/simulator/network/body.js";
import { SeededRandom } from "../../hosts/simulator/world/random.js";
import { type Clock, silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { CrashReports } from "../../src/device/crash.js";
import { Firmware } from "../../src/device/firmware.js";
import type { RadioDriver } from "../../src/device/radio.js";
import type { PneCommand, PneNotice } from "../../src/pne/ports.js";
import { MemoryStore } from "./memoryStore.js";
import { until } from "./until.js";

type Final = Exclude<PneNotice["kind"], "state" | "progress">;

/** The firmware of a device with any radio, on any clock. */
export class WholeDevice {
  readonly notices: PneNotice[] = [];
  readonly store: MemoryStore;
  readonly firmware: Firmware;

  constructor(id: string, clock: Clock, radio: RadioDriver, store = new MemoryStore()) {
    this.store = store;
    const { display, keypad } = plainBody("keyboard")(clock);
    this.firmware = new Firmware({
      version: "test",
      name: id,
      clock,
      log: silentLog,
      suite: nodeSuite,
      pace: { iterations: 10_000, pause: Milliseconds(1) },
      display,
      keypad,
      radio,
      crashes: new CrashReports(store),
      notice: (notice) => void this.notices.push(notice),
      random: () => new SeededRandom(id),
      flash: () => store,
      factory: () => new MemoryStore(),
      restart: () => assert.fail("a restart that nobody wants"),
    });
    this.firmware.boot();
  }

  get connected(): boolean {
    return this.firmware.pne?.view.connected === true;
  }

  /** Gives a command, and waits in wall time for how it ends. */
  async run(command: PneCommand): Promise<Extract<PneNotice, { kind: Final }>> {
    await until(() => this.firmware.pne !== undefined, "the firmware to start");
    const from = this.notices.length;
    this.firmware.pne?.command(command);
    const end = (): PneNotice | undefined =>
      this.notices.slice(from).find(({ kind }) => kind !== "state" && kind !== "progress");
    await until(() => end() !== undefined, `the end of '${command.kind}'`);
    return end() as Extract<PneNotice, { kind: Final }>;
  }
}
