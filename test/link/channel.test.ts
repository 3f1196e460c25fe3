import assert from "node:assert/strict";
import { fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Secret } from "../../src/crypto/secret.js";
import { reassemblyTimeout } from "../../src/link/channel.js";
import { LinkError } from "../../src/link/errors.js";
import { RecordLayer } from "../../src/link/record.js";
import { codeOf } from "../support/codeOf.js";
import { ManualClock } from "../support/manualClock.js";
import { connectedEnds, TestEnd } from "../support/radioPair.js";

const message = (length: number, octet = 0x11): Uint8Array => {
  const out = new Uint8Array(length).fill(octet);
  out[0] = 0x84;
  return out;
};

function layer(role: "initiator" | "responder", clock = new ManualClock(), records = 100): RecordLayer {
  const sk = new Secret(new Uint8Array(32).fill(3));
  return new RecordLayer({ suite: nobleSuite, clock, sk, role, limits: { records, lifetime: Seconds(60) } });
}

/** An end of its own, for the fragments that it would send. */
class TestEndOf extends TestEnd {
  constructor(protectedBy?: RecordLayer) {
    super();
    if (protectedBy !== undefined) this.channel.protect(protectedBy);
  }

  sent(octets: Uint8Array): readonly Uint8Array[] {
    this.channel.send(octets);
    return this.port.written;
  }
}

describe("a channel", () => {
  it("carries messages of every size both ways, at the smallest and the largest MTU", () => {
    for (const maximumWrite of [20, 182, 514]) {
      const [a, b] = connectedEnds();
      a.port.maximumWrite = maximumWrite;
      b.port.maximumWrite = maximumWrite;
      const sizes = [1, 16, 17, 34, 35, 236, 237, 2048];
      for (const size of sizes) {
        a.channel.send(message(size));
        b.channel.send(message(size, 0x22));
      }
      assert.deepEqual(
        b.messages.map(hex),
        sizes.map((size) => hex(message(size))),
      );
      assert.deepEqual(
        a.messages.map(hex),
        sizes.map((size) => hex(message(size, 0x22))),
      );
      assert.ok(a.port.written.every((one) => one.length <= maximumWrite));
      assert.deepEqual([...a.failures, ...b.failures], []);
    }
  });

  it("writes one fragment at a time, the next when the last has left", () => {
    const end = new TestEnd();
    end.port.immediate = false;
    end.port.maximumWrite = 20;
    end.channel.send(message(50));
    end.channel.send(message(10));
    for (let written = 1; written <= 4; written++) {
      assert.equal(end.port.written.length, written);
      assert.equal(end.port.pending.length, 1);
      end.port.complete();
    }
    assert.equal(end.port.pending.length, 0);
  });

  it("cuts each fragment at the maximum write of its moment", () => {
    const end = new TestEnd();
    end.port.immediate = false;
    end.port.maximumWrite = 20;
    end.channel.send(message(500));
    end.port.maximumWrite = 100;
    end.port.complete();
    end.port.maximumWrite = 400;
    end.port.complete();
    assert.deepEqual(
      end.port.written.map((one) => one.length),
      [20, 100, 240],
    );
  });

  it("counts a completion once, however often the radio reports it", () => {
    const end = new TestEnd();
    end.port.immediate = false;
    end.port.maximumWrite = 20;
    end.channel.send(message(100));
    const first = end.port.pending.shift();
    first?.();
    first?.();
    first?.(new LinkError("link.write"));
    assert.equal(end.port.written.length, 2);
    assert.deepEqual(end.failures, []);
  });

  it("holds one message in flight and four waiting, then is busy", () => {
    const end = new TestEnd();
    end.port.immediate = false;
    for (let i = 0; i < 5; i++) end.channel.send(message(20));
    assert.equal(
      codeOf(() => end.channel.send(message(20))),
      "link.busy",
    );
    end.port.complete();
    end.channel.send(message(20));
  });

  it("takes no message that is empty or longer than 2048 octets, and spends no counter on it", () => {
    const [a, b] = connectedEnds();
    a.channel.protect(layer("initiator", a.clock, 1));
    b.channel.protect(layer("responder", b.clock, 1));
    for (const length of [0, 2049]) {
      assert.equal(
        codeOf(() => a.channel.send(message(2049).subarray(0, length))),
        "link.tooLong",
      );
    }
    a.channel.send(message(2048));
    assert.equal(b.messages.length, 1);
  });

  it("lets a message be answered, and the channel be closed, from within its delivery", () => {
    const [a, b] = connectedEnds();
    const send = b.channel.send.bind(b.channel);
    b.messages.push = () => {
      send(message(300, 0x33));
      b.channel.close();
      return 0;
    };
    a.channel.send(message(300));
    assert.deepEqual(
      a.messages.map((one) => one[1]),
      [0x33],
    );
  });

  it("does not grow the stack with the fragments of a port that completes at once", () => {
    const depth = { now: 0, most: 0 };
    const end = new TestEnd();
    const write = end.port.write.bind(end.port);
    end.port.maximumWrite = 20;
    end.port.write = (fragment, sent) => {
      depth.now++;
      depth.most = Math.max(depth.most, depth.now);
      write(fragment, sent);
      depth.now--;
    };
    end.channel.send(message(2048));
    assert.equal(end.port.written.length, 114);
    assert.equal(depth.most, 1);
  });

  it("does not change or wipe what it was given to send", () => {
    const [a] = connectedEnds();
    const plain = message(40);
    a.channel.send(plain);
    a.port.immediate = false;
    a.channel.send(plain);
    a.channel.send(plain);
    a.channel.close();
    assert.deepEqual(plain, message(40));
  });
});

describe("failures of a channel", () => {
  const first = fromHex("8100 0010 84");
  const stray = fromHex("0107 00");

  it("are told once and survived, the second one closes it", () => {
    const end = new TestEnd();
    end.channel.fragment(stray);
    assert.deepEqual(end.failures, ["link.order"]);
    end.channel.fragment(fromHex("c130 0002 8401"));
    assert.deepEqual(end.messages.map(hex), ["8401"]);
    end.channel.fragment(fromHex("c150 0002 8401"));
    assert.deepEqual(end.failures, ["link.order", "link.order final"]);
    end.channel.fragment(fromHex("c150 0002 8401"));
    assert.equal(end.messages.length, 1);
    assert.equal(
      codeOf(() => end.channel.send(message(9))),
      "link.closed",
    );
  });

  it("do not come of what is left of the message that failed", () => {
    const end = new TestEnd();
    end.channel.fragment(first);
    end.channel.fragment(stray);
    for (let i = 0; i < 5; i++) end.channel.fragment(stray);
    assert.deepEqual(end.failures, ["link.order"]);
  });

  it("come of a message that stops half way for 5 s", () => {
    const end = new TestEnd();
    end.channel.fragment(first);
    end.clock.advance(Milliseconds(reassemblyTimeout - 1));
    end.channel.fragment(fromHex("0101 22"));
    end.clock.advance(Milliseconds(reassemblyTimeout - 1));
    assert.deepEqual(end.failures, []);
    end.clock.advance(Milliseconds(1));
    assert.deepEqual(end.failures, ["link.reassembly"]);
    end.channel.fragment(fromHex("8120 0010 84"));
    end.clock.advance(reassemblyTimeout);
    assert.deepEqual(end.failures, ["link.reassembly", "link.reassembly final"]);
  });

  it("come of a message that trickles for 15 s, however few seconds pass between its fragments", () => {
    const end = new TestEnd();
    end.channel.fragment(fromHex("8100 0800 84"));
    for (let at = 1; at < 15; at++) {
      end.clock.advance(Milliseconds(1_000));
      end.channel.fragment(Uint8Array.of(0x01, at, 0x22));
      assert.deepEqual(end.failures, [], `${at} s`);
    }
    end.clock.advance(Milliseconds(1_000));
    assert.deepEqual(end.failures, ["link.reassembly"]);
    end.channel.fragment(fromHex("8110 0002 84"));
    end.channel.fragment(fromHex("4111 01"));
    assert.equal(end.clock.armed, 0, "the next message has its own time");
  });

  it("do not come of a silent peer between messages", () => {
    const end = new TestEnd();
    end.channel.fragment(fromHex("c100 0002 8401"));
    assert.equal(end.clock.armed, 0);
  });

  it("are final when a write fails or throws", () => {
    const failing = new TestEnd();
    failing.port.immediate = false;
    failing.channel.send(message(9));
    failing.channel.send(message(9));
    failing.port.complete(new LinkError("link.write"));
    assert.deepEqual(failing.failures, ["link.write final"]);
    assert.equal(failing.port.written.length, 1);
    const throwing = new TestEnd();
    throwing.port.write = () => {
      throw new TypeError("old characteristic object");
    };
    throwing.channel.send(message(9));
    assert.deepEqual(throwing.failures, ["link.write final"]);
    const named = new TestEnd();
    named.port.write = () => {
      throw new LinkError("link.closed");
    };
    named.channel.send(message(9));
    assert.deepEqual(named.failures, ["link.closed final"], "an error that has a name keeps it");
  });

  it("are not made of what is no fault of the link: that is thrown on", () => {
    const end = new TestEnd();
    const faulty = layer("responder");
    faulty.open = () => {
      throw new RangeError("a mistake of ours");
    };
    end.channel.protect(faulty);
    const [fragment] = new TestEndOf(layer("initiator")).sent(message(9));
    assert.throws(() => end.channel.fragment(fragment ?? message(3)), RangeError);
    assert.deepEqual(end.failures, []);
  });

  it("stop a message half way after five seconds, neither sooner nor later", () =>
    assert.equal(reassemblyTimeout, 5_000));
});

describe("a protected channel", () => {
  function protectedEnds(records = 100): readonly [TestEnd, TestEnd] {
    const [a, b] = connectedEnds();
    a.channel.protect(layer("initiator", a.clock, records));
    b.channel.protect(layer("responder", b.clock, records));
    return [a, b];
  }

  it("takes nothing plain, and before it is protected no record, each by its name (C-14)", () => {
    const [a] = protectedEnds();
    for (const fragment of new TestEndOf().sent(message(9))) a.channel.fragment(fragment);
    assert.deepEqual(a.failures, ["link.plain final"]);
    assert.deepEqual(a.messages, []);
    const plain = new TestEnd();
    for (const fragment of new TestEndOf(layer("initiator")).sent(message(9)))
      plain.channel.fragment(fragment);
    assert.deepEqual(plain.failures, ["record.form final"]);
    assert.deepEqual(plain.messages, []);
  });

  it("tells how far its session is used up, and of none without one", () => {
    const { channel, clock } = new TestEnd();
    const told = (): boolean | undefined => channel.session?.alive;
    assert.equal(told(), undefined);
    const own = layer("initiator", clock);
    channel.protect(own);
    assert.equal(told(), true);
    clock.advance(Milliseconds(60_000));
    assert.equal(told(), false, "its time is over");
  });

  it("carries every message as a record", () => {
    const [a, b] = protectedEnds();
    assert.deepEqual([a.channel.protected, new TestEnd().channel.protected], [true, false]);
    for (const size of [1, 200, 2048]) {
      a.channel.send(message(size));
      b.channel.send(message(size, 0x22));
    }
    assert.deepEqual(
      b.messages.map((one) => one.length),
      [1, 200, 2048],
    );
    assert.deepEqual(
      a.messages.map((one) => one.length),
      [1, 200, 2048],
    );
    assert.equal(a.port.written[0]?.[4], 0x01);
    assert.equal(
      a.port.written.some((one) => hex(one).includes("111111")),
      false,
    );
  });

  it("sends plain what was sent before it was protected", () => {
    const [a, b] = connectedEnds();
    a.port.immediate = false;
    a.channel.send(message(9));
    a.channel.send(message(10));
    a.channel.protect(layer("initiator", a.clock));
    a.channel.send(message(11));
    a.port.complete();
    b.channel.protect(layer("responder", b.clock));
    a.port.complete();
    assert.deepEqual(
      b.messages.map((one) => one.length),
      [9, 10, 11],
    );
  });

  it("ends when a message is lost on the radio: what it said must not go unnoticed", () => {
    const [a, b] = protectedEnds();
    a.port.onWrite = () => {};
    a.channel.send(message(9));
    a.port.onWrite = (fragment) => b.channel.fragment(fragment);
    a.channel.send(message(10));
    a.channel.send(message(11));
    assert.deepEqual(b.failures, ["link.order final"]);
    assert.equal(b.messages.length, 0);
  });

  it("ends with its session", () => {
    const [a, b] = protectedEnds(1);
    a.channel.send(message(9));
    assert.equal(
      codeOf(() => a.channel.send(message(9))),
      "record.expired",
    );
    assert.deepEqual(a.failures, []);
    const [c, d] = protectedEnds();
    c.port.immediate = false;
    c.port.onWrite = () => {};
    c.channel.send(message(9));
    d.clock.advance(Milliseconds(60_000));
    d.channel.fragment(c.port.written[0] as Uint8Array);
    assert.deepEqual(d.failures, ["record.expired final"]);
    assert.equal(b.messages.length, 1);
  });

  it("takes new keys in place of the old, which it wipes", () => {
    const [a, b] = protectedEnds(1);
    const old = layer("initiator");
    a.channel.protect(old);
    a.channel.protect(layer("initiator", a.clock));
    b.channel.protect(layer("responder", b.clock));
    assert.equal(
      codeOf(() => old.seal(message(9))),
      "record.expired",
    );
    a.channel.send(message(9));
    assert.equal(b.messages.length, 1);
  });

  it("wipes its keys when it closes, also keys that come later", () => {
    const end = new TestEnd();
    const [before, after] = [layer("initiator"), layer("initiator")];
    end.channel.protect(before);
    end.channel.close();
    end.channel.protect(after);
    for (const one of [before, after])
      assert.equal(
        codeOf(() => one.seal(message(9))),
        "record.expired",
      );
  });
});

describe("a closed channel", () => {
  it("is deaf, mute and has no timer", () => {
    const end = new TestEnd();
    end.port.immediate = false;
    end.channel.send(message(300));
    end.channel.send(message(9));
    end.channel.fragment(fromHex("8100 0010 84"));
    end.channel.close();
    end.channel.close();
    assert.equal(end.clock.armed, 0);
    end.port.complete(new LinkError("link.write"));
    end.channel.fragment(fromHex("c100 0002 8401"));
    assert.equal(end.port.written.length, 1);
    assert.deepEqual([end.messages.length, end.failures.length], [0, 0]);
    assert.equal(
      codeOf(() => end.channel.send(message(9))),
      "link.closed",
    );
  });
});
