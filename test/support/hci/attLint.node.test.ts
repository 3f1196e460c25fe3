import assert from "node:assert/strict";
import { AttLint, type Side } from "./attLint.js";

/** What the lint says to these PDUs, of which each begins with who sends it. */
function found(...pdus: readonly (readonly [Side, ...number[]])[]): readonly string[] {
  const lint = new AttLint();
  for (const [from, ...octets] of pdus) lint.see(from, Uint8Array.from(octets));
  return lint.violations.map((text) => text.replace(/ \(.*/, ""));
}

const mtu = (to: number) =>
  [
    ["client", 0x02, to, 0],
    ["server", 0x03, to, 0],
  ] as const;
const octets = (count: number): number[] => Array(count).fill(0);

describe("the lint of the attribute protocol", () => {
  it("finds nothing in what is right", () => {
    assert.deepEqual(
      found(
        ...mtu(100),
        ["client", 0x12, 3, 0, ...octets(97)],
        ["server", 0x1b, 5, 0, ...octets(97)],
        ["server", 0x13],
        ["client", 0x52, 3, 0, ...octets(97)],
        ["server", 0x1d, 5, 0],
        ["client", 0x0a, 3, 0],
        ["client", 0x1e],
        ["server", 0x01, 0x0a, 3, 0, 0x0a],
      ),
      [],
    );
  });

  it("finds every kind of what is wrong", () => {
    assert.deepEqual(found(["client", 0x12, 3, 0, ...octets(21)]), ["client: longer than the ATT_MTU of 23"]);
    assert.deepEqual(found(...mtu(40), ["server", 0x1b, 5, 0, ...octets(38)]), [
      "server: longer than the ATT_MTU of 40",
    ]);
    assert.deepEqual(found(["client", 0x77]), ["client: unknown, or of the other side"]);
    assert.deepEqual(found(["client"]), ["client: empty"]);
    assert.deepEqual(found(["client", 0x1b, 5, 0]), ["client: unknown, or of the other side"]);
    assert.deepEqual(found(["server", 0x0a, 3, 0]), ["server: request of the other side"]);
    assert.deepEqual(found(["client", 0x0a, 3, 0], ["client", 0x12, 3, 0]), [
      "client: second request before the answer to the first",
    ]);
    assert.deepEqual(found(["server", 0x13]), ["server: answer to nothing"]);
    assert.deepEqual(found(["client", 0x0a, 3, 0], ["server", 0x13]), ["server: no answer to 0xa"]);
    assert.deepEqual(found(["client", 0x0a, 3, 0], ["server", 0x01, 0x12, 3, 0, 1]), [
      "server: no answer to 0xa",
    ]);
    assert.deepEqual(found(...mtu(40), ["client", 0x02, 50, 0]), ["client: second exchange of the MTU"]);
    assert.deepEqual(found(["client", 0x02, 22, 0]), ["client: MTU below 23"]);
  });
});
