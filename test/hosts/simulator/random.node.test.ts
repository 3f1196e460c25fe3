import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { SeededRandom } from "../../../hosts/simulator/world/random.js";
import { hex } from "../../../src/base/octets.js";

describe("the seeded random generator", () => {
  it("is SHA-256 over key, label and counter", () => {
    const digest = (...parts: (string | Uint8Array)[]): Buffer => {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      return hash.digest();
    };
    const key = digest("seed");
    const counter = (n: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, n);
    const wanted = Buffer.concat([0, 1, 2].map((n) => digest(key, "block", counter(n))));
    assert.equal(hex(new SeededRandom("seed").octets(96)), wanted.toString("hex"));
    const forked = digest(digest(key, "fork", "radio"), "block", counter(0));
    assert.equal(hex(new SeededRandom("seed").fork("radio").octets(32)), forked.toString("hex"));
  });

  it("gives the same octets for the same seed, however they are drawn", () => {
    const [one, other] = [new SeededRandom(7), new SeededRandom("7")];
    const whole = hex(one.octets(100));
    assert.equal([1, 31, 40, 28].map((length) => hex(other.octets(length))).join(""), whole);
    assert.notEqual(hex(new SeededRandom("8").octets(100)), whole);
  });

  it("gives each fork its own stream, independent of the use of others and of nesting", () => {
    const fresh = hex(new SeededRandom("seed").fork("device").octets(32));
    const used = new SeededRandom("seed");
    used.octets(77);
    used.fork("gateway").octets(5);
    assert.equal(hex(used.fork("device").octets(32)), fresh);
    const forks = [
      used.fork("a").fork("b"),
      used.fork("a/b"),
      used.fork("ab"),
      used.fork("b").fork("a"),
      new SeededRandom("seed/a").fork("b"),
      new SeededRandom("seed"),
    ];
    assert.equal(new Set(forks.map((fork) => hex(fork.octets(16)))).size, forks.length);
  });

  it("draws every integer below a limit, and hits a probability about as often", () => {
    const random = new SeededRandom("dice");
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6000; i++) {
      const drawn = random.below(6);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    assert.equal(counts.length, 6);
    assert.ok(counts.every((count) => count > 850 && count < 1150));
    let hits = 0;
    for (let i = 0; i < 1000; i++) hits += random.chance(0.25) ? 1 : 0;
    assert.ok(hits > 200 && hits < 300);
    assert.equal(random.chance(0), false);
    assert.equal(random.chance(1), true);
    for (const below of [0, -1, Number.NaN, 2 ** 33]) assert.throws(() => random.below(below), RangeError);
  });
});
