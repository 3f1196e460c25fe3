import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { recordKeys } from "../../src/crypto/keys/recordKeys.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Secret } from "../../src/crypto/secret.js";
import { reassemblyTimeout } from "../../src/link/channel.js";
import { Fragmenter, maximumSdu, Reassembler } from "../../src/link/fragment.js";
import { openRecord, RecordLayer, sealRecord } from "../../src/link/record.js";
import { codeOf } from "../support/codeOf.js";
import { ManualClock } from "../support/manualClock.js";
import { connectedEnds, TestEnd } from "../support/radioPair.js";

const hello = ascii("hello");
const sk = (octet = 0x5c): Secret => new Secret(new Uint8Array(32).fill(octet));
const layer = (role: "initiator" | "responder", octet?: number, sid?: Uint8Array): RecordLayer =>
  new RecordLayer({ suite: nobleSuite, clock: new ManualClock(), sk: sk(octet), role, ...(sid && { sid }) });

describe("attacks on records", () => {
  it("replay: a record opens once", () => {
    const [a, b] = [layer("initiator"), layer("responder")];
    const record = a.seal(hello);
    b.open(record);
    for (let i = 0; i < 3; i++)
      assert.equal(
        codeOf(() => b.open(record)),
        "record.replay",
      );
    assert.deepEqual(b.open(a.seal(hello)), hello);
  });

  it("reflection: a record does not open where it came from", () => {
    const [a, b] = [layer("initiator"), layer("responder")];
    const record = a.seal(hello);
    assert.equal(
      codeOf(() => a.open(record)),
      "record.forged",
    );
    assert.deepEqual(b.open(record), hello);
  });

  it("forgery: no octet of a record can be changed, cut off or added", () => {
    const [a, b] = [layer("initiator"), layer("responder")];
    const record = a.seal(hello);
    for (let at = 0; at < record.length; at++) {
      for (const bit of [0x01, 0x80]) {
        const forged = record.slice();
        forged[at] = (forged[at] as number) ^ bit;
        assert.match(codeOf(() => b.open(forged)) ?? "opened", /^record\.(form|forged|replay)$/);
      }
    }
    for (let length = 0; length < record.length; length++) {
      assert.match(codeOf(() => b.open(record.slice(0, length))) ?? "opened", /^record\.(form|forged)$/);
    }
    const longer = new Uint8Array(record.length + 1);
    longer.set(record);
    assert.equal(
      codeOf(() => b.open(longer)),
      "record.forged",
    );
    assert.deepEqual(b.open(record), hello, "nothing forged moved the counter");
  });

  it("counter ahead: a forged counter does not lock out the records that follow", () => {
    const [a, b] = [layer("initiator"), layer("responder")];
    const forged = a.seal(hello);
    forged.set(fromHex("000fffff"), 1);
    assert.equal(
      codeOf(() => b.open(forged)),
      "record.forged",
    );
    assert.deepEqual(b.open(a.seal(hello)), hello);
  });

  it("another session: its records do not open, and neither do those of another kind", () => {
    const sid = fromHex("0011223344556677");
    const receivers = [layer("responder", 0x5d), layer("responder", 0x5c, sid)];
    const record = layer("initiator").seal(hello);
    assert.equal(
      codeOf(() => receivers[0]?.open(record)),
      "record.forged",
    );
    const named = layer("initiator", 0x5c, sid).seal(hello);
    const renamed = named.slice();
    renamed[8] = 0x78;
    assert.equal(
      codeOf(() => receivers[1]?.open(renamed)),
      "record.forged",
    );
    const unnamed = new Uint8Array(named.length - 8);
    unnamed.set(named.subarray(9), 1);
    unnamed[0] = 0x01;
    assert.equal(
      codeOf(() => layer("responder").open(unnamed)),
      "record.forged",
    );
  });

  it("nonce reuse: equal plaintexts never give equal ciphertexts, in neither direction", () => {
    const [a, b] = [layer("initiator"), layer("responder")];
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      seen.add(hex(a.seal(hello).subarray(5)));
      seen.add(hex(b.seal(hello).subarray(5)));
    }
    assert.equal(seen.size, 40);
  });

  it("counter overflow: a counter that would wrap is not used", () => {
    const { initiatorToResponder: direction } = recordKeys(nobleSuite, sk());
    const last = sealRecord(nobleSuite, direction, 0xffffffff, hello);
    assert.equal(openRecord(nobleSuite, direction, 0xfffffffe, last).counter, 0xffffffff);
    assert.equal(
      codeOf(() => sealRecord(nobleSuite, direction, 0x100000000, hello)),
      "record.expired",
    );
  });
});

describe("attacks on a channel", () => {
  const whole = (message: Uint8Array, number: number): Uint8Array =>
    new Fragmenter(message, number).next(240) as Uint8Array;
  const plain = fromHex("84 01 02 03 04");

  it("downgrade: a plain message on a protected link is refused and ends the link", () => {
    const end = new TestEnd();
    end.channel.protect(layer("responder"));
    end.channel.fragment(whole(plain, 0));
    assert.deepEqual(end.failures, ["link.plain final"]);
    assert.equal(end.messages.length, 0);
  });

  it("downgrade: a message begun before protection does not arrive after it", () => {
    const end = new TestEnd();
    const long = new Uint8Array(30).fill(0x84);
    const fragmenter = new Fragmenter(long, 0);
    end.channel.fragment(fragmenter.next(20) as Uint8Array);
    end.channel.protect(layer("responder"));
    end.channel.fragment(fragmenter.next(20) as Uint8Array);
    assert.deepEqual(end.failures, ["link.plain final"]);
    assert.equal(end.messages.length, 0);
  });

  it("a record where no session is, is refused", () => {
    const end = new TestEnd();
    end.channel.fragment(whole(layer("initiator").seal(hello), 0));
    assert.deepEqual(end.failures, ["record.form final"]);
  });

  it("injection: a forged or replayed record ends the link", () => {
    for (const replayed of [false, true]) {
      const end = new TestEnd();
      const peer = layer("initiator");
      end.channel.protect(layer("responder"));
      const record = peer.seal(hello);
      if (replayed) end.channel.fragment(whole(record, 0));
      else record[20] = (record[20] as number) ^ 1;
      end.channel.fragment(whole(record, replayed ? 1 : 0));
      assert.deepEqual(end.failures, [replayed ? "record.replay final" : "record.forged final"]);
      assert.equal(end.messages.length, replayed ? 1 : 0);
    }
  });

  it("left over: fragments of an earlier connection do not complete a message of this one", () => {
    const earlier = new Fragmenter(new Uint8Array(60).fill(0x84), 3);
    earlier.next(20);
    const end = new TestEnd();
    end.channel.fragment(earlier.next(20) as Uint8Array);
    assert.deepEqual(end.failures, ["link.order"]);
    assert.equal(end.messages.length, 0);
  });

  it("declared length: memory is bounded by the limit, whatever a first fragment declares", () => {
    for (let length = maximumSdu + 1; length <= 0xffff; length += 997) {
      const first = Uint8Array.of(0x81, 0, length >> 8, length & 0xff, 0x84);
      assert.equal(
        codeOf(() => new Reassembler().push(first)),
        "link.tooLong",
      );
    }
  });

  it("slow peer: one that stops half way, twice, is disconnected", () => {
    const end = new TestEnd();
    for (const number of [0x00, 0x10]) {
      end.channel.fragment(Uint8Array.of(0x81, number, 0, 100, 0x84));
      end.clock.advance(reassemblyTimeout);
    }
    assert.deepEqual(end.failures, ["link.reassembly", "link.reassembly final"]);
    assert.equal(end.clock.armed, 0);
  });

  it("flood: stray fragments cost no memory, no timer and no more than two reports", () => {
    const end = new TestEnd();
    for (let i = 0; i < 1000; i++) end.channel.fragment(Uint8Array.of(0x01, i & 0xff, 0));
    assert.deepEqual(end.failures, ["link.order"]);
    for (let i = 0; i < 1000; i++) end.channel.fragment(Uint8Array.of(0xff));
    assert.deepEqual(end.failures, ["link.order", "link.fragment final"]);
    assert.equal(end.clock.armed, 0);
  });

  it("flood: a peer that takes nothing makes the sender busy, not large", () => {
    const end = new TestEnd();
    end.port.immediate = false;
    let taken = 0;
    while (codeOf(() => end.channel.send(plain)) === undefined) taken++;
    assert.equal(taken, 5);
  });

  it("endless ping-pong of a memory link does not eat the stack", () => {
    const [a, b] = connectedEnds();
    let left = 2000;
    const answerWith = (end: TestEnd): void => {
      end.messages.push = () => {
        if (left-- > 0) end.channel.send(plain);
        return 0;
      };
    };
    answerWith(a);
    answerWith(b);
    a.channel.send(plain);
    assert.equal(left, -1);
    assert.deepEqual([...a.failures, ...b.failures], []);
  });

  it("a late timer of a closed channel does nothing", () => {
    const end = new TestEnd();
    end.channel.fragment(Uint8Array.of(0x81, 0, 0, 100, 0x84));
    end.channel.close();
    end.clock.advance(Milliseconds(60_000));
    assert.deepEqual(end.failures, []);
  });
});
