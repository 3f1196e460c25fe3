import assert from "node:assert/strict";
import { makeImage } from "../../hosts/simulator/network/images.js";
import type { CutPlan } from "../../hosts/simulator/world/flash.js";
import { Milliseconds } from "../../src/base/units.js";
import type { TestNetwork } from "../support/network.js";
import { faceless, type UpdateBench, updating } from "../support/updating.js";

const manners: readonly CutPlan["manner"][] = ["before", "torn", "after"];
const image = makeImage({ version: "0.2.0", counter: 5 }, 5_000);
const whole = new Set(["0.1.0 simulator", "0.2.0"]);

describe("power cuts of a device that is updated", function () {
  this.timeout(300_000);
  let base: TestNetwork;
  const begin = (): Promise<UpdateBench> => updating({ devices: [faceless], after: base });

  /** One image or the other runs, whole; and the update comes to its end. */
  async function mended(bench: UpdateBench, where: string): Promise<void> {
    const { device } = bench;
    assert.equal(device.powered, false, `${where}: the power was cut`);
    device.powerOn();
    await bench.run(20_000);
    assert.ok(whole.has(device.version), `${where}: ${device.version}`);
    assert.equal(device.halted, undefined, where);
    if (bench.view?.pn === undefined) await bench.net.join();
    await bench.until("done");
    assert.equal(device.version, "0.2.0", where);
    const { slots } = device.options;
    assert.equal(slots.trial, false, where);
    assert.deepEqual(slots.read("running", image.image.length), image.image, where);
    // The counter is that of the image that was confirmed: an older one is refused.
    bench.order(makeImage({ version: "0.1.9", counter: 4 }));
    assert.equal((await bench.until("refused")).code, "update.older", where);
  }

  before(async () => {
    base = (await updating({ devices: [faceless] })).net;
  });

  it("at every write of the slot, at the switch and at the confirmation leave a whole image", async () => {
    const probe = await begin();
    probe.order(image);
    await probe.until("done");
    const { writes } = probe.device.options.slots;
    assert.equal(writes, 5 + 2);
    for (let n = 1; n <= writes; n++) {
      for (const manner of manners) {
        const bench = await begin();
        bench.device.options.slots.cutPower({ atWrite: n, manner });
        bench.order(image);
        await bench.net.clock.runWhile(() => bench.device.powered, Milliseconds(600_000));
        await mended(bench, `write ${n}, ${manner}`);
      }
    }
  });

  it("at every write of what the device keeps of the update do the same", async () => {
    const probe = await begin();
    const before = probe.device.options.updates.writes;
    probe.order(image);
    await probe.until("done");
    const writes = probe.device.options.updates.writes - before;
    assert.ok(writes >= 4 && writes <= 8, `${writes}`);
    for (let n = 1; n <= writes; n++) {
      for (const manner of manners) {
        const bench = await begin();
        bench.device.options.updates.cutPower({ atWrite: n, manner });
        bench.order(image);
        await bench.net.clock.runWhile(() => bench.device.powered, Milliseconds(600_000));
        await mended(bench, `write ${n}, ${manner}`);
      }
    }
  });

  it("between any two chunks do the same", async () => {
    for (let chunk = 1; chunk <= 5; chunk++) {
      const bench = await begin();
      bench.order(image);
      const { slots } = bench.device.options;
      await bench.net.clock.runWhile(() => slots.writes < chunk, Milliseconds(600_000));
      bench.device.powerOff();
      await mended(bench, `chunk ${chunk}`);
    }
  });

  it("while the new image is on trial bring the one before back, from which it is tried again", async () => {
    const bench = await begin();
    bench.order(image);
    await bench.net.clock.runWhile(() => bench.device.version !== "0.2.0", Milliseconds(600_000));
    bench.device.powerOff();
    bench.device.powerOn();
    assert.equal(bench.device.version, "0.1.0 simulator");
    bench.device.powerOff();
    await mended(bench, "on trial");
  });
});

describe("a device that is switched off for a while in the middle of an update", () => {
  const length = 100_000;
  const chunks = Math.ceil(length / 1024);

  /** Writes of the slot from then on; `meanwhile` is done while it is off. */
  async function writesAfter(
    meanwhile: (slots: UpdateBench["device"]["options"]["slots"]) => void,
  ): Promise<number> {
    const bench = await updating({ devices: [faceless] });
    const { slots } = bench.device.options;
    bench.order(makeImage({ version: "0.2.0" }, length));
    await bench.net.clock.runWhile(() => slots.writes < 70, Milliseconds(600_000));
    bench.device.powerOff();
    meanwhile(slots);
    const before = slots.writes;
    bench.device.powerOn();
    await bench.run(20_000);
    if (bench.view?.pn === undefined) await bench.net.join();
    await bench.until("done");
    assert.equal(bench.device.version, "0.2.0");
    return slots.writes - before;
  }

  it("fetches what is behind the last 64 KB that it noted", async () => {
    assert.equal(await writesAfter(() => {}), chunks - 64 + 2);
  });

  it("fetches it from its beginning after firmware came by cable, as nothing of it may be left", async () => {
    const writes = await writesAfter((slots) => {
      slots.write(0, new Uint8Array(1024));
      slots.flashed = true;
    });
    assert.equal(writes, chunks + 2);
  });
});

describe("a device that was switched to firmware of which it has noted nothing", () => {
  it("confirms it once it is in a network, and tells its gateway nothing of it", async () => {
    const bench = await updating({ devices: [faceless] });
    const { slots } = bench.device.options;
    bench.device.powerOff();
    for (let at = 0; at < image.image.length; at += 1000) {
      const until = Math.min(at + 1000, image.image.length);
      // None reaches over the end of a block.
      const split = Math.min(until, (Math.floor(at / 4096) + 1) * 4096);
      slots.write(at, image.image.subarray(at, split));
      if (split < until) slots.write(split, image.image.subarray(split, until));
    }
    slots.activate();
    bench.device.powerOn();
    assert.equal(slots.trial, true);
    await bench.run(20_000);
    if (bench.view?.pn === undefined) await bench.net.join();
    await bench.run(20_000);
    assert.equal(slots.trial, false);
    assert.equal(bench.device.version, "0.2.0");
    assert.equal(bench.update, undefined);
  });
});

describe("a gateway that loses its power in the middle of an update", () => {
  it("leaves the device as it is, and goes on when it is told of the image again", async () => {
    const bench = await updating({ devices: [faceless] });
    const long = makeImage({ version: "0.2.0" }, 100_000);
    bench.order(long);
    await bench.net.clock.runWhile(() => (bench.update?.offset ?? 0) < 50_000, Milliseconds(600_000));
    bench.net.network.restartGateway();
    await bench.run(30_000);
    assert.equal(bench.device.version, "0.1.0 simulator");
    bench.order(long);
    await bench.until("done");
    assert.equal(bench.device.version, "0.2.0");
    // What was there was not fetched again.
    assert.equal(bench.device.options.slots.writes, Math.ceil(100_000 / 1024) + 2);
  });
});
