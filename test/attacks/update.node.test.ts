import assert from "node:assert/strict";
import { makeImage } from "../../hosts/simulator/network/images.js";
import { fromHex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import type { UpdateImage } from "../../src/gateway/updates.js";
import { eraseAll } from "../../src/keystore/reset.js";
import { maximumTrials, progressStep } from "../../src/pne/update.js";
import { Report } from "../../src/protocols/data/report.js";
import { headerLength } from "../../src/protocols/update/image.js";
import { damagedPause, UpdateKind } from "../../src/protocols/update/kinds.js";
import { updateReport } from "../../src/protocols/update/messages.js";
import type { TestNetwork } from "../support/network.js";
import { faceless, type UpdateBench, updating, withKeypad } from "../support/updating.js";

const stranger = fromHex("11".repeat(32));

describe("whoever wants another firmware on a device", function () {
  this.timeout(300_000);
  let base: TestNetwork;
  const begin = (): Promise<UpdateBench> => updating({ devices: [faceless], after: base });

  before(async () => {
    base = (await updating({ devices: [faceless] })).net;
  });

  async function refused(bench: UpdateBench, image: UpdateImage, code: string): Promise<void> {
    const { writes } = bench.device.options.slots;
    bench.order(image);
    assert.equal((await bench.until("refused")).code, code);
    assert.equal(bench.device.options.slots.writes, writes, "nothing was written");
    assert.equal(bench.device.version, "0.1.0 simulator");
  }

  it("cannot sign it by another key, nor for another board, nor larger than a slot", async () => {
    const bench = await begin();
    await refused(bench, makeImage({ version: "6.6.6", secretKey: stranger }), "update.notSigned");
    await refused(bench, makeImage({ version: "6.6.6", board: "esp32/nodemcu" }), "update.otherBoard");
    await refused(bench, makeImage({ version: "6.6.6", length: 0x100001 }), "update.tooBig");
  });

  it("cannot raise its counter by the image that it runs, under a header that nobody has signed", async () => {
    const bench = await begin();
    bench.order(makeImage({ version: "0.2.0" }));
    await bench.until("done");
    bench.order(makeImage({ version: "0.2.0", counter: 9, secretKey: stranger }));
    assert.equal((await bench.until("refused")).code, "update.notSigned");
    bench.order(makeImage({ version: "0.2.1" }));
    await bench.until("done");
  });

  it("cannot wear out a slot of flash by beginning again and again, with images that are genuine", async () => {
    const bench = await begin();
    const images = [1, 2].map((n) => makeImage({ version: `0.2.${n}` }, 200_000));
    let begun = 0;
    for (let i = 0; i < 20; i++) {
      bench.order(images[i % 2] as UpdateImage);
      await bench.run(3_000);
      if (bench.update?.state === "sending") begun++;
    }
    assert.equal(begun, 6);
    await bench.run(600_000);
    assert.equal((await bench.until("done")).version, "0.2.2");
  });

  it("cannot alter one octet of the header, whichever", async () => {
    const bench = await begin();
    const good = makeImage({ version: "6.6.6" });
    for (let at = 5; at < headerLength; at++) {
      const header = good.header.slice();
      header[at] = (header[at] as number) ^ 1;
      const before = bench.update;
      bench.net.network.gateway.command(
        { kind: "update", device: bench.id, image: { ...good, header } },
        (said) => {
          // The gateway itself does not take what is no header.
          if ("error" in said) assert.equal(said.error.code, "update.form");
        },
      );
      if (bench.update === before || bench.update?.state === "refused") continue;
      const { code } = await bench.until("refused");
      assert.ok(code === "update.notSigned" || code === "update.form", `octet ${at}: ${code}`);
    }
    assert.equal(bench.device.options.slots.writes, 0);
  });

  it("cannot bring an older one back, nor after a factory reset", async () => {
    const bench = await begin();
    bench.order(makeImage({ version: "0.3.0", counter: 3 }));
    await bench.until("done");
    bench.order(makeImage({ version: "0.2.0", counter: 2 }));
    assert.equal((await bench.until("refused")).code, "update.older");
    bench.device.command({ kind: "factoryReset" });
    await bench.run(5_000);
    await bench.net.enrol();
    await bench.net.join();
    bench.order(makeImage({ version: "0.2.0", counter: 2 }));
    assert.equal((await bench.until("refused")).code, "update.older");
  });

  it("cannot bring back what is older than firmware that came by cable, nor after all flash was erased", async () => {
    const bench = await updating({ devices: [{ ...faceless, updateCounter: 3 }] });
    await refused(bench, makeImage({ version: "0.2.0", counter: 2 }), "update.older");
    bench.order(makeImage({ version: "0.3.0", counter: 3 }));
    await bench.until("done");
  });

  it("cannot change what was signed on its way: any octet of any chunk", async () => {
    const size = 3_000;
    for (const at of [0, 1, 1023, 1024, 2047, 2999]) {
      const bench = await begin();
      const good = makeImage({ version: "0.2.0" }, size);
      const read = (offset: number, length: number): Uint8Array => {
        const octets = good.read(offset, length);
        if (at >= offset && at < offset + length) octets[at - offset] = (octets[at - offset] as number) ^ 4;
        return octets;
      };
      bench.order({ ...good, read });
      assert.equal((await bench.until("refused")).code, "update.damaged", `octet ${at}`);
      await bench.run(3_600_000);
      assert.equal(bench.device.version, "0.1.0 simulator");
      bench.order(good);
      await bench.until("done");
    }
  });

  const junk = (): UpdateImage => ({
    ...makeImage({ version: "0.2.0" }, 5_000),
    read: (_, length) => new Uint8Array(length),
  });

  it("cannot have flash written for ever by a genuine header and octets that are not its own", async () => {
    const bench = await begin();
    const { slots } = bench.device.options;
    for (let n = 1; n <= maximumTrials; n++) {
      const { writes } = slots;
      bench.order(junk());
      if (n > 1) await bench.run(damagedPause - 10_000);
      assert.equal(slots.writes, writes, "not at once again");
      assert.equal((await bench.until("refused")).code, "update.damaged");
      assert.equal(slots.writes, writes + 5);
    }
    await bench.run(damagedPause);
    await refused(bench, junk(), "update.failed");
    bench.order(makeImage({ version: "0.2.1" }));
    await bench.until("done");
  });

  it("asks the person again before octets are fetched that have come damaged", async () => {
    const bench = await updating({ devices: [withKeypad] });
    for (let n = 1; n <= 2; n++) {
      bench.order(junk());
      assert.equal((await bench.until("refused")).code, "update.damaged");
      assert.equal(bench.net.notices.filter(({ kind }) => kind === "updateOffered").length, n);
      await bench.run(damagedPause);
    }
  });

  it("is asked himself when the owner before has said yes, and reset the device or had it erased", async () => {
    const resets: readonly ((bench: UpdateBench) => void)[] = [
      ({ device }) => device.command({ kind: "factoryReset" }),
      // As a device that is halted erases its records.
      ({ device }) => {
        device.powerOff();
        eraseAll(device.options.flash);
        device.powerOn();
      },
    ];
    const { entityID } = faceless;
    const devices = [{ ...withKeypad, ...(entityID && { entityID }) }];
    const { net: owned } = await updating({ devices });
    for (const reset of resets) {
      const bench = await updating({ devices, after: owned });
      bench.order(makeImage({ version: "0.2.0" }, 3 * progressStep));
      await bench.net.clock.runWhile(
        () => (bench.update?.offset ?? 0) < 2 * progressStep,
        Milliseconds(900_000),
      );
      bench.net.onNotice = () => {};
      reset(bench);
      await bench.run(5_000);
      const { writes } = bench.device.options.slots;
      await bench.net.enrol();
      await bench.net.join();
      await bench.until("offered");
      await bench.run(60_000);
      assert.deepEqual(bench.view?.update, { version: "0.2.0" });
      assert.equal(bench.device.options.slots.writes, writes);
    }
  });

  it("cannot have it start by a gateway that gives too little, too much, or nothing", async () => {
    const good = makeImage({ version: "0.2.0" }, 5_000);
    const lies: readonly UpdateImage["read"][] = [
      (offset, length) => good.read(offset, length - 1),
      (offset, length) => new Uint8Array([...good.read(offset, length), 0]),
      () => new Uint8Array(0),
      (offset, length) => (offset < 2_000 ? good.read(offset, length) : new Uint8Array(1)),
      () => {
        throw new Error("the file is gone");
      },
    ];
    for (const read of lies) {
      const bench = await begin();
      bench.net.faultsExpected = true;
      bench.order({ ...good, read });
      await bench.run(600_000);
      assert.equal(bench.device.version, "0.1.0 simulator");
      assert.equal(bench.device.halted, undefined);
      assert.ok(bench.device.powered);
    }
  });

  it("finds no device that takes one without a key, and each says so", async () => {
    const bench = await updating({ devices: [{ ...faceless, updateKey: new Uint8Array(0) }] });
    await refused(bench, makeImage({ version: "0.2.0" }), "update.noKey");
  });

  it("has flash that does not keep it named, and the old image stays", async () => {
    const bench = await begin();
    bench.device.options.slots.worn.add(2_500);
    bench.order(makeImage({ version: "0.2.0" }, 5_000));
    assert.equal((await bench.until("refused")).code, "update.broken");
    assert.equal(bench.device.version, "0.1.0 simulator");
  });

  it("gets nowhere by losing, doubling, cutting or altering a fragment of it, each in turn", async () => {
    const hands: readonly ((fragment: Uint8Array) => readonly Uint8Array[])[] = [
      () => [],
      (fragment) => [fragment, fragment],
      (fragment) => [fragment.slice(0, fragment.length - 1)],
      (fragment) => {
        const altered = fragment.slice();
        altered[fragment.length - 1] = (altered[fragment.length - 1] as number) ^ 1;
        return [altered];
      },
    ];
    const image = makeImage({ version: "0.2.0" }, 3_000);
    const { net: protectedBase } = await updating();
    for (const hand of hands) {
      for (const n of [1, 4, 9, 14, 20]) {
        const bench = await updating({ after: protectedBase });
        let seen = 0;
        bench.order(image);
        bench.net.hand = (fragment) => (++seen === n ? hand(fragment) : [fragment]);
        await bench.until("done");
        assert.deepEqual(bench.device.options.slots.read("running", 3_000), image.image);
      }
    }
  });

  it("cannot fetch an image, or report of one, without being the device that it is for", async () => {
    const two = [faceless, { ...faceless, id: "other", entityID: new Uint8Array(16).fill(9) }];
    const bench = await updating({ devices: two });
    const other = bench.net.network.devices[1];
    assert.ok(other);
    await bench.net.enrol(undefined, other);
    await bench.net.join(other);
    bench.order(makeImage({ version: "0.2.0" }));
    await bench.until("done");
    assert.equal(other.version, "0.1.0 simulator");
    assert.equal(other.options.slots.writes, 0);
  });

  it("has a device say no more of it in a while than it may say of anything", async () => {
    const bench = await updating({ yes: false });
    const { net } = bench;
    const { core } = bench.device.pne ?? assert.fail();
    const image = makeImage({ version: "0.2.0" });
    bench.order(image);
    await bench.until("offered");
    const from = net.clock.now();
    let said = 0;
    const say = (): void => {
      const { connection } = core;
      if (connection === undefined || ++said > 400) return;
      const body = { kind: UpdateKind.restarting, image: fromHex(image.id) };
      connection.whenFree(() =>
        core.quietly(
          connection,
          new Report("update", encodeMessage(updateReport, connection.nextExchange(), body)),
          say,
        ),
      );
    };
    say();
    await net.clock.runWhile(() => said < 401, Milliseconds(300_000));
    const taken = net.log.filter((line) => line.includes("update.reported")).length;
    const time = net.clock.now() - from;
    assert.ok(said === 401 && taken > 0 && taken <= 41 + time / 100, `${taken} of ${said} in ${time} ms`);
  });

  it("waits in vain on a link that nothing protects, and outside of a network", async () => {
    const bench = await begin();
    assert.equal((await bench.net.run({ kind: "leavePN" }))?.kind, "left");
    await bench.run(10_000);
    bench.order(makeImage({ version: "0.2.0" }));
    await bench.run(Milliseconds(120_000));
    assert.equal(bench.update?.state, "waiting");
    assert.equal(bench.device.options.slots.writes, 0);
  });
});
