import assert from "node:assert/strict";
import { concat, fromHex, hex } from "../../src/base/octets.js";
import { FrameReader, frame, Kind } from "../../src/link/virtualRadio.js";

/** What a reader takes of these pieces, and whether it goes on after each. */
function read(...pieces: readonly Uint8Array[]) {
  const taken: string[] = [];
  const reader = new FrameReader((kind, payload) => void taken.push(`${kind} ${hex(payload)}`));
  return { taken, goesOn: pieces.map((piece) => reader.push(piece)) };
}

describe("a frame of the virtual radio", () => {
  it("is its length, its kind and what it carries (docs/VIRTUAL-RADIO.md)", () => {
    assert.equal(hex(frame(Kind.disconnect)), "000103");
    assert.equal(hex(frame(Kind.fragment, fromHex("a1b2"))), "000302a1b2");
    assert.equal(hex(frame(Kind.fragment, new Uint8Array(255))).slice(0, 6), "010002");
  });

  it("is found in a stream wherever that is cut", () => {
    const long = new Uint8Array(255).fill(7);
    const stream = concat(frame(Kind.advertise, fromHex("00")), frame(Kind.fragment, long), frame(Kind.sent));
    const whole = [`${Kind.advertise} 00`, `${Kind.fragment} ${hex(long)}`, `${Kind.sent} `];
    for (let cut = 0; cut <= stream.length; cut++) {
      const { taken, goesOn } = read(stream.subarray(0, cut), stream.subarray(cut));
      assert.deepEqual([taken, goesOn], [whole, [true, true]], `cut at ${cut}`);
    }
    assert.deepEqual(read(...Array.from(stream, (octet) => Uint8Array.of(octet))).taken, whole);
  });

  it("of no length, or of more than 256 octets, ends the connection before anything is kept", () => {
    assert.deepEqual(read(fromHex("010102")), { taken: [], goesOn: [false] });
    assert.deepEqual(read(fromHex("000002")), { taken: [], goesOn: [false] });
    assert.deepEqual(read(fromHex("ffff02")), { taken: [], goesOn: [false] });
    assert.deepEqual(read(fromHex("010002")), { taken: [], goesOn: [true] });
  });
});
