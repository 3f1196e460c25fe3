import assert from "node:assert/strict";
import { isDeaf, makeImage } from "../../../hosts/simulator/network/images.js";
import { Milliseconds } from "../../../src/base/units.js";
import { laterTime } from "../../../src/gateway/updates.js";
import { progressStep, trialTime } from "../../../src/pne/update.js";
import { faceless, updating, withKeypad } from "../../support/updating.js";

const maximumTrials = 3;

describe("an update over the air", () => {
  it("goes whole into the other slot, starts, reaches its gateway, and stays over restarts", async () => {
    const bench = await updating();
    const image = makeImage({ version: "0.2.0" });
    bench.order(image);
    const done = await bench.until("done");
    assert.deepEqual([done.version, done.offset, done.length], ["0.2.0", 20_000, 20_000]);
    const { slots } = bench.device.options;
    assert.equal(bench.device.version, "0.2.0");
    assert.equal(slots.trial, false);
    assert.deepEqual(slots.read("running", image.image.length), image.image);
    assert.ok(bench.view?.pn !== undefined);
    bench.device.powerOff();
    bench.device.powerOn();
    await bench.run(5_000);
    assert.equal(bench.device.version, "0.2.0");
  });

  it("is taken at once by a device without UI, on a link that is secure by itself", async () => {
    const bench = await updating({ devices: [faceless] });
    bench.order(makeImage({ version: "0.2.0" }));
    await bench.until("done");
    assert.equal(bench.device.version, "0.2.0");
    assert.ok(!bench.net.notices.some(({ kind }) => kind === "updateOffered"));
  });

  it("asks the person of a device with keypad, shows how far it is, and leaves the device usable", async () => {
    const bench = await updating({ yes: false });
    bench.order(makeImage({ version: "0.2.0" }, 60_000));
    await bench.until("offered");
    await bench.run(5_000);
    assert.equal(bench.device.screen.id, "update");
    assert.deepEqual(bench.view?.update, { version: "0.2.0" });
    assert.equal(bench.device.options.slots.writes, 0);
    bench.device.press({ kind: "matrix", key: "D" });
    await bench.run(1_500);
    const fraction = bench.device.screen.progress?.fraction ?? 0;
    assert.ok(fraction > 0 && fraction < 1, `${fraction}`);
    assert.equal((await bench.net.run({ kind: "sendToServer", text: "hello" }))?.kind, "message");
    await bench.until("done");
  });

  it("is put off by a person who says later, and offered again after twelve hours", async () => {
    const bench = await updating({ yes: false });
    bench.order(makeImage({ version: "0.2.0" }));
    await bench.until("offered");
    await bench.run(5_000);
    bench.device.press({ kind: "matrix", key: "C" });
    await bench.until("later");
    assert.equal(bench.view?.update, undefined);
    assert.notEqual(bench.device.screen.id, "update");
    await bench.run(laterTime - 60_000);
    assert.equal(bench.update?.state, "later");
    await bench.run(120_000);
    assert.equal(bench.update?.state, "offered");
  });

  it("never takes the screen from somebody who is typing, nor restarts the device under his hands", async () => {
    const bench = await updating({ devices: [withKeypad] });
    const { device } = bench;
    for (const key of ["B", "B", "B", "B", "D"] as const) device.press({ kind: "matrix", key });
    await bench.run(100);
    assert.equal(device.screen.id, "settings");
    device.press({ kind: "matrix", key: "D" });
    await bench.run(100);
    assert.equal(device.screen.id, "deviceName");
    bench.order(makeImage({ version: "0.2.0" }, 3_000));
    for (let i = 0; i < 120; i++) {
      device.press({ kind: "matrix", key: "2" });
      await bench.run(1_000);
      assert.equal(device.screen.id, "deviceName");
    }
    assert.equal(device.version, "0.1.0 simulator");
    await bench.until("done");
  });

  it("goes on where it was after a lost link, and asks nobody twice", async () => {
    const bench = await updating();
    bench.order(makeImage({ version: "0.2.0" }, 100_000));
    await bench.net.clock.runWhile(() => (bench.update?.offset ?? 0) < 30_000, Milliseconds(600_000));
    const before = bench.device.options.slots.writes;
    bench.device.link?.disconnect("test");
    await bench.until("done");
    const asked = bench.net.notices.filter(({ kind }) => kind === "updateOffered");
    assert.equal(asked.length, 1);
    // Every chunk, a switch and a confirmation: nothing was fetched twice.
    assert.ok(before >= 30);
    assert.equal(bench.device.options.slots.writes, Math.ceil(100_000 / 1024) + 2);
  });

  it("goes on from what it has kept after a power cut, and asks nobody twice", async () => {
    const bench = await updating();
    bench.order(makeImage({ version: "0.2.0" }, 3 * progressStep));
    await bench.net.clock.runWhile(
      () => (bench.update?.offset ?? 0) < 2 * progressStep + 20_000,
      Milliseconds(900_000),
    );
    bench.device.powerOff();
    bench.device.powerOn();
    await bench.run(5_000);
    const kept = bench.device.options.updates.writes;
    await bench.net.join();
    await bench.until("done");
    assert.equal(bench.net.notices.filter(({ kind }) => kind === "updateOffered").length, 1);
    const chunks = (3 * progressStep) / 1024;
    const { writes } = bench.device.options.slots;
    assert.ok(writes <= chunks + 22 + 2, `${writes}`);
    assert.ok(kept <= 3 && bench.device.options.updates.writes <= 8, "flash is written seldom");
  });

  it("keeps data of others going: a message passes between two chunks", async () => {
    const bench = await updating();
    bench.order(makeImage({ version: "0.2.0" }, 200_000));
    await bench.net.clock.runWhile(() => (bench.update?.offset ?? 0) < 10_000, Milliseconds(600_000));
    const began = bench.net.clock.now();
    const answer = await bench.net.run({ kind: "sendToGateway", text: "hello" });
    assert.equal(answer?.kind, "message");
    assert.ok(bench.net.clock.now() - began < 5_000);
    assert.equal(bench.update?.state, "sending");
  });

  it("comes to devices that were away, or not in a network, once they are", async () => {
    const bench = await updating();
    const { id } = bench;
    assert.equal((await bench.net.run({ kind: "leavePN" }))?.kind, "left");
    bench.net.network.gateway.command({ kind: "update", device: id, image: makeImage({ version: "0.2.0" }) });
    await bench.run(60_000);
    assert.equal(bench.update?.state, "waiting");
    await bench.net.join();
    await bench.until("done");
  });

  it("that a device has already is over at once", async () => {
    const bench = await updating();
    const image = makeImage({ version: "0.2.0" });
    bench.order(image);
    await bench.until("done");
    const { writes } = bench.device.options.slots;
    bench.order(image);
    await bench.until("done");
    assert.equal(bench.device.options.slots.writes, writes);
  });

  it("that a device has already, signed again with a higher counter, shuts out those before it", async () => {
    const bench = await updating();
    bench.order(makeImage({ version: "0.2.0", counter: 1 }));
    await bench.until("done");
    const { writes } = bench.device.options.slots;
    bench.order(makeImage({ version: "0.2.0", counter: 7 }));
    await bench.until("done");
    // The counter never falls.
    bench.order(makeImage({ version: "0.2.0", counter: 2 }));
    await bench.until("done");
    assert.equal(bench.device.options.slots.writes, writes);
    bench.order(makeImage({ version: "0.1.9", counter: 6 }));
    assert.equal((await bench.until("refused")).code, "update.older");
    bench.order(makeImage({ version: "0.3.0", counter: 7 }));
    await bench.until("done");
  });

  it("follows another one, back into the first slot", async () => {
    const bench = await updating();
    for (const version of ["0.2.0", "0.3.0", "0.4.0"]) {
      bench.order(makeImage({ version }));
      await bench.until("done");
      assert.equal(bench.device.version, version);
    }
  });

  it("is taken back by the gateway's owner while it is on its way", async () => {
    const bench = await updating();
    bench.order(makeImage({ version: "0.2.0" }, 100_000));
    await bench.net.clock.runWhile(() => (bench.update?.offset ?? 0) < 10_000, Milliseconds(600_000));
    bench.net.network.gateway.command({ kind: "cancelUpdate", device: "all" });
    assert.deepEqual(bench.net.network.gateway.view.updates, []);
    await bench.run(60_000);
    assert.equal(bench.device.version, "0.1.0 simulator");
    assert.equal(bench.view?.update, undefined);
    assert.ok(bench.view?.pn !== undefined);
  });
});

describe("new firmware that never reaches its gateway", () => {
  it("gives way to the one before after half an hour, or at the next start, and is named in the end", async () => {
    const bench = await updating({ devices: [faceless] });
    const deaf = makeImage({ version: "0.2.0-deaf" });
    assert.ok(isDeaf("0.2.0-deaf"));
    bench.order(deaf);
    for (let trial = 1; trial <= maximumTrials; trial++) {
      await bench.net.clock.runWhile(() => bench.device.version !== "0.2.0-deaf", Milliseconds(600_000));
      assert.equal(bench.device.options.slots.trial, true, `trial ${trial}`);
      if (trial === 1) {
        bench.device.powerOff();
        bench.device.powerOn();
      } else await bench.run(trialTime + 5_000);
      assert.equal(bench.device.version, "0.1.0 simulator");
      await bench.run(5_000);
      await bench.net.join();
    }
    const refused = await bench.until("refused");
    assert.equal(refused.code, "update.failed");
    await bench.run(3_600_000);
    assert.equal(bench.device.version, "0.1.0 simulator");
    // A mended one is taken.
    bench.order(makeImage({ version: "0.2.1" }));
    await bench.until("done");
  });

  it("does not raise the counter: the one before may be updated to another with the old counter", async () => {
    const bench = await updating({ devices: [faceless] });
    bench.order(makeImage({ version: "0.2.0-deaf", counter: 9 }));
    await bench.net.clock.runWhile(() => bench.device.version !== "0.2.0-deaf", Milliseconds(600_000));
    const { id } = bench;
    bench.device.powerOff();
    const image = makeImage({ version: "0.2.1", counter: 0 });
    bench.net.network.gateway.command({ kind: "update", device: id, image }, () => {});
    // Back in its network by itself.
    bench.device.powerOn();
    await bench.until("done");
  });
});
