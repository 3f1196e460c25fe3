import assert from "node:assert/strict";
import { epoch } from "../../../hosts/simulator/world/clock.js";
import { Milliseconds } from "../../../src/base/units.js";
import { AirPair, filled } from "./airPair.js";

describe("a connection in the air", () => {
  it("moves at its own connection events only, and rests when there is nothing to send", async () => {
    const pair = await new AirPair().run(40);
    pair.write("toPNE", Uint8Array.of(1));
    await pair.run(100);
    assert.deepEqual(pair.log, ["60 pne 01", "60 sent 01"]);
    assert.equal(await pair.clock.runUntilIdle(Milliseconds(1000)), true);
    assert.equal(pair.clock.now(), epoch + 140);
  });

  it("takes an answer to what arrived with the next event, in both directions", async () => {
    const pair = new AirPair();
    pair.onPNE = () => pair.write("toGateway", Uint8Array.of(2));
    pair.onGateway = () => {
      if (pair.noted("pne").length < 2) pair.write("toPNE", Uint8Array.of(3));
    };
    pair.write("toPNE", Uint8Array.of(1));
    await pair.run(1000);
    assert.deepEqual(
      pair.noted("0").filter((line) => !line.includes("sent")),
      ["30 pne 01", "60 gateway 02", "90 pne 03", "120 gateway 02"],
    );
    assert.equal(pair.link.radioTime, 90);
  });

  it("lets a writer that waits for completion use the whole event, but no more than it holds", async () => {
    const pair = new AirPair({ perEvent: 4 });
    pair.stream("toPNE", [1, 2, 3, 4, 5, 6]);
    pair.stream("toGateway", [11, 12, 13, 14, 15]);
    await pair.run(100);
    assert.deepEqual(pair.noted("pne"), [
      "30 pne 01",
      "30 pne 02",
      "30 pne 03",
      "30 pne 04",
      "60 pne 05",
      "60 pne 06",
    ]);
    assert.deepEqual(pair.noted("gateway"), [
      "30 gateway 0b",
      "30 gateway 0c",
      "30 gateway 0d",
      "30 gateway 0e",
      "60 gateway 0f",
    ]);
  });

  it("completes each write once, after its delivery, in order", async () => {
    const pair = new AirPair({ perEvent: 1 });
    for (const octet of [1, 2, 3]) pair.write("toGateway", Uint8Array.of(octet));
    await pair.run(100);
    assert.deepEqual(pair.log, [
      "30 gateway 01",
      "30 sent 01",
      "60 gateway 02",
      "60 sent 02",
      "90 gateway 03",
      "90 sent 03",
    ]);
  });

  it("refuses a ninth fragment in the queue, and takes more once some have left", async () => {
    const pair = new AirPair({ perEvent: 4 });
    for (let octet = 1; octet <= 9; octet++) pair.write("toPNE", Uint8Array.of(octet));
    assert.deepEqual(pair.log, ["0 link.busy 09"]);
    pair.write("toGateway", Uint8Array.of(0x21));
    await pair.run(30);
    for (let octet = 10; octet <= 14; octet++) pair.write("toPNE", Uint8Array.of(octet));
    assert.deepEqual(pair.noted("busy"), ["0 link.busy 09", "30 link.busy 0e"]);
    await pair.run(100);
    assert.equal(pair.noted("pne").length, 12);
  });

  for (const mtu of [23, 185, 517]) {
    it(`cuts silently at MTU − 3 = ${mtu - 3} and counts it as a fault of the sender`, async () => {
      const pair = new AirPair({ mtu });
      assert.equal(pair.link.maximumWrite, mtu - 3);
      pair.write("toGateway", filled(mtu - 3, 1));
      pair.write("toGateway", filled(mtu - 2, 2));
      pair.write("toPNE", filled(600, 3));
      await pair.run(100);
      assert.deepEqual(
        pair.captured.map(({ octets }) => octets.length),
        [mtu - 3, mtu - 3, mtu - 3],
      );
      assert.equal(pair.noted("sent").length, 3);
      assert.equal(pair.link.violations, 2);
    });
  }

  it("knows no MTU below 23 or above 517", () => {
    for (const mtu of [0, 22, 518, 23.5, Number.NaN]) assert.throws(() => new AirPair({ mtu }), RangeError);
  });

  it("keeps its own copy of what is written, and gives each receiver one", async () => {
    const pair = new AirPair();
    const fragment = filled(2, 1);
    pair.write("toPNE", fragment);
    fragment.fill(7);
    pair.onPNE = (received) => received.fill(9);
    await pair.run(30);
    assert.equal(pair.noted("pne 0101").length, 1);
    assert.deepEqual(pair.captured[0]?.octets, filled(2, 1));
  });

  it("is seen with time, direction and link, and counts fragments, octets and radio time", async () => {
    const pair = new AirPair({ perEvent: 1 });
    for (const length of [10, 20, 30]) pair.write("toGateway", filled(length, 1));
    pair.write("toPNE", filled(5, 2));
    assert.equal(pair.link.radioTime, 0);
    await pair.run(500);
    const seen = pair.captured.map(
      (one) => `${one.at - epoch} ${one.direction} ${one.link} ${one.octets.length}`,
    );
    assert.deepEqual(seen, ["30 toPNE 1 5", "30 toGateway 1 10", "60 toGateway 1 20", "90 toGateway 1 30"]);
    assert.deepEqual(pair.link.traffic, {
      toGateway: { fragments: 3, octets: 60 },
      toPNE: { fragments: 1, octets: 5 },
    });
    assert.equal(pair.link.radioTime, 60);
  });
});

describe("the end of a connection in the air", () => {
  it("is heard by both ends at once, and fails what was not sent yet, after they heard", async () => {
    const pair = new AirPair();
    pair.write("toPNE", Uint8Array.of(1));
    pair.write("toGateway", Uint8Array.of(2));
    pair.link.disconnect("done", "pne");
    pair.write("toPNE", Uint8Array.of(3));
    await pair.run(5000);
    assert.deepEqual(pair.log, [
      "0 pne closed: done",
      "0 link.closed 02",
      "0 over: done",
      "0 gateway closed: done",
      "0 link.closed 01",
      "0 link.closed 03",
    ]);
    assert.equal(pair.link.open, false);
    pair.link.disconnect("again");
    pair.link.vanish("pne");
    assert.equal(pair.log.length, 6);
  });

  it("leaves the peer of a vanished end waiting for the supervision timeout", async () => {
    const pair = await new AirPair().run(10);
    pair.write("toPNE", Uint8Array.of(1));
    pair.write("toGateway", Uint8Array.of(2));
    pair.link.vanish("pne");
    pair.write("toGateway", Uint8Array.of(3));
    await pair.run(1999);
    assert.deepEqual(pair.log, []);
    pair.write("toPNE", Uint8Array.of(4));
    await pair.run(5000);
    assert.deepEqual(pair.log, [
      "2010 over: supervision timeout",
      "2010 gateway closed: supervision timeout",
      "2010 link.closed 01",
      "2010 link.closed 04",
    ]);
  });

  it("is over at once when both ends have vanished", async () => {
    const pair = new AirPair();
    pair.link.vanish("gateway");
    await pair.run(100);
    pair.link.vanish("pne");
    await pair.run(5000);
    assert.deepEqual(pair.log, ["100 over: power lost"]);
  });

  it("comes with the supervision timeout when out of reach, for both ends", async () => {
    const pair = new AirPair({ supervision: Milliseconds(500) });
    pair.link.setReach(false);
    pair.write("toPNE", Uint8Array.of(1));
    await pair.run(1000);
    assert.deepEqual(pair.log, [
      "500 pne closed: supervision timeout",
      "500 over: supervision timeout",
      "500 gateway closed: supervision timeout",
      "500 link.closed 01",
    ]);
  });

  it("does not come when reach is back in time: nothing is lost, as the radio repeats", async () => {
    const pair = new AirPair();
    pair.stream("toPNE", [1, 2, 3, 4, 5, 6]);
    await pair.run(30);
    pair.link.setReach(false);
    await pair.run(1900);
    assert.equal(pair.noted("pne").length, 4);
    pair.link.setReach(true);
    await pair.run(5000);
    assert.deepEqual(
      pair.noted("pne 0").map((line) => line.split(" ")[2]),
      ["01", "02", "03", "04", "05", "06"],
    );
    assert.equal(pair.link.open, true);
  });

  it("is heard only by the end that hangs up out of reach, the other one waits", async () => {
    const pair = new AirPair();
    pair.link.setReach(false);
    await pair.run(100);
    pair.link.disconnect("hung up", "gateway");
    await pair.run(5000);
    assert.deepEqual(pair.noted("closed"), [
      "100 gateway closed: hung up",
      "2000 pne closed: supervision timeout",
    ]);
  });

  it("comes at the n-th fragment when planned, which does not arrive", async () => {
    for (const n of [1, 2, 3, 4]) {
      const pair = new AirPair();
      pair.link.dropAt(n);
      pair.stream("toPNE", [1, 2]);
      pair.stream("toGateway", [3, 4]);
      await pair.run(100);
      assert.equal(pair.captured.length, n - 1);
      assert.deepEqual(pair.noted("closed:"), ["30 pne closed: link lost", "30 gateway closed: link lost"]);
      assert.equal(pair.noted("link.closed").length, n <= 2 ? 2 : 1, `drop at ${n}`);
    }
  });

  it("in the middle of an event stops what else the event would have moved", async () => {
    const pair = new AirPair();
    pair.onPNE = () => pair.link.vanish("pne");
    for (const octet of [1, 2, 3]) pair.write("toPNE", Uint8Array.of(octet));
    pair.write("toGateway", Uint8Array.of(4));
    await pair.run(5000);
    assert.deepEqual(pair.noted("pne"), ["30 pne 01"]);
    assert.deepEqual(pair.noted("sent"), ["30 sent 01"]);
    assert.deepEqual(pair.noted("link.closed"), ["2030 link.closed 02", "2030 link.closed 03"]);
    assert.deepEqual(pair.noted("gateway 04"), []);
  });

  it("rejects the run with what a receiver throws", async () => {
    const pair = new AirPair();
    pair.onPNE = () => {
      throw new Error("broken firmware");
    };
    pair.write("toPNE", Uint8Array.of(1));
    await assert.rejects(pair.run(100), /broken firmware/);
  });
});
