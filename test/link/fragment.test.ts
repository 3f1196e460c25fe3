import assert from "node:assert/strict";
import { concat, fromHex, hex } from "../../src/base/octets.js";
import { Fragmenter, fragmentCount, Reassembler } from "../../src/link/fragment.js";
import { codeOf } from "../support/codeOf.js";
import { SeededRandom } from "../support/seededRandom.js";

const maximumFragment = 240;
const maximumSdu = 2_069;

function cut(message: Uint8Array, maximumWrite: number | (() => number), number = 0): Uint8Array[] {
  const fragmenter = new Fragmenter(message, number);
  const room = typeof maximumWrite === "number" ? () => maximumWrite : maximumWrite;
  const out: Uint8Array[] = [];
  for (let one = fragmenter.next(room()); one !== undefined; one = fragmenter.next(room())) out.push(one);
  return out;
}

const message = (length: number): Uint8Array => new SeededRandom(length + 1).octets(length);

/** Pushes all; the one message that must come out with the last fragment. */
function join(reassembler: Reassembler, fragments: readonly Uint8Array[]): string {
  const whole = fragments.map((one) => reassembler.push(one));
  assert.equal(
    whole.findIndex((one) => one !== undefined),
    fragments.length - 1,
  );
  return hex(whole[fragments.length - 1] ?? new Uint8Array(0));
}

describe("fragments over GATT", () => {
  it("have the documented octets: flags, numbers, and the length on the first", () => {
    assert.deepEqual(cut(fromHex("84 01 02 03"), 20, 5).map(hex), ["c150" + "0004" + "84010203"]);
    const octets = message(16 + 18 + 2);
    assert.deepEqual(cut(octets, 20, 17).map(hex), [
      `8110${"0024"}${hex(octets.subarray(0, 16))}`,
      `0111${hex(octets.subarray(16, 34))}`,
      `4112${hex(octets.subarray(34))}`,
    ]);
  });

  it("fit every ATT_MTU from 23 to 517, never above MTU − 3 nor 240 octets, and come together again", () => {
    const reassembler = new Reassembler();
    let number = 0;
    for (let mtu = 23; mtu <= 517; mtu++) {
      for (const length of [1, mtu - 7, mtu - 6, 237, 2 * mtu, maximumSdu]) {
        const octets = message(length);
        const fragments = cut(octets, mtu - 3, number++);
        assert.ok(fragments.every((one) => one.length <= Math.min(mtu - 3, maximumFragment)));
        assert.ok(fragments.slice(0, -1).every((one) => one.length === Math.min(mtu - 3, maximumFragment)));
        assert.equal(fragments.length, fragmentCount(length, mtu), `${length} at ${mtu}`);
        assert.equal(join(reassembler, fragments), hex(octets));
      }
    }
  });

  it("take every length of a message, at the smallest MTU", () => {
    const reassembler = new Reassembler();
    const octets = message(maximumSdu);
    let number = 0;
    for (let length = 1; length <= maximumSdu; length += length < 100 ? 1 : 61) {
      const part = octets.subarray(0, length);
      assert.equal(join(reassembler, cut(part, 20, number++)), hex(part));
    }
  });

  it("follow a maximum write that changes between fragments", () => {
    const random = new SeededRandom(9);
    for (let run = 0; run < 50; run++) {
      const octets = message(1 + random.below(maximumSdu));
      const rooms: number[] = [];
      const fragments = cut(octets, () => {
        rooms.push(20 + random.below(495));
        return rooms[rooms.length - 1] as number;
      });
      fragments.forEach((one, i) => void assert.ok(one.length <= (rooms[i] as number)));
      assert.equal(join(new Reassembler(), fragments), hex(octets));
    }
  });

  it("are cut for MTU 23 while a stack does not know its MTU yet", () => {
    for (const unknown of [0, -3, 19]) assert.equal(cut(message(100), unknown)[0]?.length, 20);
  });

  it("are not made of nothing nor of more than a link carries", () => {
    for (const length of [0, maximumSdu + 1]) {
      assert.equal(
        codeOf(() => new Fragmenter(new Uint8Array(length), 0)),
        "link.tooLong",
      );
    }
  });

  it("number messages modulo 16", () => {
    const reassembler = new Reassembler();
    for (let number = 0; number < 40; number++) join(reassembler, cut(message(30), 20, number));
  });
});

describe("putting fragments together", () => {
  const three = (number = 0): readonly Uint8Array[] => cut(message(50), 20, number);
  const at = (index: number, number = 0): Uint8Array => three(number)[index] as Uint8Array;
  let reassembler: Reassembler;
  beforeEach(() => {
    reassembler = new Reassembler();
  });

  it("tells whether a message is under way", () => {
    assert.equal(reassembler.pending, false);
    reassembler.push(at(0));
    assert.equal(reassembler.pending, true);
    reassembler.push(at(1));
    reassembler.push(at(2));
    assert.equal(reassembler.pending, false);
  });

  it("does not keep the radio's buffer", () => {
    const fragments = three().map((one) => one.slice());
    const whole = fragments.map((one) => {
      const result = reassembler.push(one);
      one.fill(0xff);
      return result;
    });
    assert.equal(hex(whole[2] ?? new Uint8Array(0)), hex(message(50)));
  });

  const refused: readonly (readonly [string, string, () => readonly Uint8Array[]])[] = [
    ["a fragment out of order, or after a lost one", "link.order", () => [at(0), at(2)]],
    ["a repeated fragment", "link.order", () => [at(0), at(1), at(1)]],
    ["a repeated first fragment", "link.order", () => [at(0), at(0)]],
    ["a fragment without its first", "link.order", () => [at(1)]],
    ["a fragment of another message", "link.order", () => [at(0), at(1, 1)]],
    ["a first fragment amid a message", "link.order", () => [at(0), at(0, 1)]],
    ["a lost message", "link.order", () => [at(0, 1)]],
    ["a first fragment that is numbered as a later one", "link.order", () => [fromHex("8101 0004 aabb")]],
    ["nothing", "link.fragment", () => [new Uint8Array(0)]],
    ["a header without content", "link.fragment", () => [at(0), fromHex("0101")]],
    ["a first header without content", "link.fragment", () => [fromHex("8100 0004")]],
    ["an empty message", "link.fragment", () => [fromHex("c100 0000 aa")]],
    ["more content than declared", "link.fragment", () => [fromHex("c100 0001 aabb")]],
    [
      "more content than declared, later",
      "link.fragment",
      () => [fromHex("8100 0002 aa"), fromHex("4101 bbcc")],
    ],
    ["an end before the declared length", "link.fragment", () => [fromHex("c100 0003 aabb")]],
    ["a whole message without its end", "link.fragment", () => [fromHex("8100 0002 aabb")]],
    ["reserved flags", "link.fragment", () => [fromHex("c900 0001 aa")]],
    ["another layout", "link.fragment", () => [fromHex("c200 0001 aa")]],
    [
      "a fragment above 240 octets",
      "link.fragment",
      () => [concat(fromHex("8100 0200"), new Uint8Array(237))],
    ],
    ["a message above the limit", "link.tooLong", () => [fromHex("8100 0816 aa")]],
    ["a message far above the limit", "link.tooLong", () => [fromHex("8100 ffff aa")]],
  ];
  for (const [what, code, fragments] of refused) {
    it(`refuses ${what} and takes the next message`, () => {
      const all = fragments();
      for (const one of all.slice(0, -1)) assert.equal(reassembler.push(one), undefined);
      assert.equal(
        codeOf(() => reassembler.push(all[all.length - 1] as Uint8Array)),
        code,
      );
      assert.equal(reassembler.pending, false);
      assert.equal(join(reassembler, three(9)), hex(message(50)));
    });
  }

  it("passes over what is left of a message that failed", () => {
    reassembler.push(at(0));
    assert.equal(
      codeOf(() => reassembler.push(at(2))),
      "link.order",
    );
    assert.equal(reassembler.push(at(1)), undefined);
    assert.equal(reassembler.push(at(2)), undefined);
    assert.equal(join(reassembler, three(1)), hex(message(50)));
  });

  it("passes over what is left after a reset, and checks numbers again afterwards", () => {
    reassembler.push(at(0));
    reassembler.reset();
    assert.equal(reassembler.push(at(1)), undefined);
    assert.equal(join(reassembler, three(7)), hex(message(50)));
    assert.equal(
      codeOf(() => reassembler.push(at(0, 7))),
      "link.order",
    );
  });
});
