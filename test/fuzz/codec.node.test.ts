import assert from "node:assert/strict";
import * as cborg from "cborg";
import { SeededRandom } from "../../hosts/simulator/world/random.js";
import { hex } from "../../src/base/octets.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { CodecError } from "../../src/codec/errors.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Reader } from "../../src/codec/reader.js";
import { maximumBackhaulMessage } from "../../src/protocols/network/messages.js";

const random = new SeededRandom("codec fuzz");

function randomOctets(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  random.fill(octets);
  return octets;
}

/** A random value of the subset. */
function value(depth: number): unknown {
  switch (random.below(depth === 0 ? 5 : 7)) {
    case 0:
      return random.below(2) === 0 ? random.below(30) : random.below(0x7fffffff);
    case 1:
      return -1 - random.below(70_000);
    case 2:
      return randomOctets(random.below(40));
    case 3:
      return "a\u00e9\u6c34\u{10151}".slice(0, random.below(3));
    case 4:
      return random.below(2) === 0;
    case 5:
      return Array.from({ length: random.below(5) }, () => value(depth - 1));
    default:
      return new Map(
        Array.from({ length: random.below(5) }, () => [random.below(300) - 30, value(depth - 1)]),
      );
  }
}

function accepts(octets: Uint8Array): boolean {
  try {
    const reader = new Reader(octets);
    reader.skip(0);
    reader.end();
    return true;
  } catch (error) {
    if (error instanceof CodecError) return false;
    throw error;
  }
}

const strict = { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false };

describe("the codec against cborg", () => {
  it("accepts every deterministic encoding of the subset that cborg makes", () => {
    for (let i = 0; i < 5_000; i++) {
      const octets = cborg.encode(value(4), cborg.rfc8949EncodeOptions);
      assert.ok(accepts(octets), hex(octets));
    }
  });

  it("accepts nothing of mutated or random octets that cborg refuses or would encode differently", () => {
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const octets =
        random.below(3) === 0
          ? randomOctets(1 + random.below(20))
          : cborg.encode(value(3), cborg.rfc8949EncodeOptions);
      const flips = random.below(3);
      for (let n = 0; n < flips && octets.length > 0; n++) {
        octets[random.below(octets.length)] = random.below(256);
      }
      if (!accepts(octets)) continue;
      accepted++;
      const decoded: unknown = cborg.decode(octets, strict);
      assert.equal(hex(cborg.encode(decoded, cborg.rfc8949EncodeOptions)), hex(octets));
    }
    assert.ok(accepted > 3_000, `${accepted}`);
  });

  it("decodes mutated messages to what encodes to the same octets, or names the error", () => {
    let decodedOnes = 0;
    const failure = everyMessage.definitions.find((one) => one.name === "Failure");
    const connect = everyMessage.definitions.find((one) => one.name === "ConnectRequest");
    assert.ok(failure && connect);
    for (let i = 0; i < 20_000; i++) {
      const body = { entityID: randomOctets(16), rand: randomOctets(32), keyID: random.below(100_000) };
      const octets: Uint8Array =
        i % 2 === 0
          ? encodeMessage(connect, random.below(65_536), body)
          : encodeMessage(failure, random.below(65_536), { result: random.below(256) });
      octets[random.below(octets.length)] = random.below(256);
      try {
        const message = everyMessage.decode(octets, maximumBackhaulMessage);
        const definition = everyMessage.definitions.find((one) => one.name === message.name);
        assert.ok(definition);
        const again = encodeMessage(definition, message.exchange, message.body, maximumBackhaulMessage);
        // A flip can turn a key into an extension, which is passed over and not written again.
        const same = everyMessage.decode(again, maximumBackhaulMessage);
        assert.deepEqual(same.body, message.body);
        if (again.length === octets.length) assert.equal(hex(again), hex(octets));
        decodedOnes++;
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
      }
    }
    assert.ok(decodedOnes > 5_000, `${decodedOnes}`);
  });
});
