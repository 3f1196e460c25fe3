import assert from "node:assert/strict";
import { hex } from "../../src/base/octets.js";
import { LinkError } from "../../src/link/errors.js";
import { Fragmenter, Reassembler } from "../../src/link/fragment.js";
import { SeededRandom } from "../support/seededRandom.js";

function cut(message: Uint8Array, number: number, random: SeededRandom): Uint8Array[] {
  const fragmenter = new Fragmenter(message, number);
  const out: Uint8Array[] = [];
  for (;;) {
    const fragment = fragmenter.next(20 + random.below(40));
    if (fragment === undefined) return out;
    out.push(fragment);
  }
}

/** What comes out of a reassembler; every failure must be a LinkError. */
function received(fragments: readonly Uint8Array[]): { messages: string[]; failures: number } {
  const reassembler = new Reassembler();
  const messages: string[] = [];
  let failures = 0;
  for (const fragment of fragments) {
    try {
      const message = reassembler.push(fragment);
      if (message !== undefined) messages.push(hex(message));
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      failures++;
    }
  }
  return { messages, failures };
}

/** Loses, repeats or swaps one fragment. */
function disturb(fragments: Uint8Array[], random: SeededRandom): void {
  const at = random.below(fragments.length);
  const one = fragments[at] as Uint8Array;
  const next = fragments[at + 1];
  const what = random.below(3);
  if (what === 0) fragments.splice(at, 1);
  else if (what === 1) fragments.splice(at, 0, one);
  else if (next !== undefined) fragments.splice(at, 2, next, one);
}

describe("fragments that a radio lost, repeated or swapped", () => {
  it("never make a message that was not sent", () => {
    const random = new SeededRandom(77);
    let disturbed = 0;
    for (let run = 0; run < 1500; run++) {
      const messages = [0, 1, 2, 3].map(() => random.octets(1 + random.below(150)));
      const fragments = messages.flatMap((message, number) => cut(message, number, random));
      for (let i = random.below(4); i > 0 && fragments.length > 0; i--) disturb(fragments, random);
      const sent = messages.map(hex);
      const { messages: got, failures } = received(fragments);
      for (const message of got) assert.ok(sent.includes(message), `run ${run}: ${message}`);
      if (failures > 0) disturbed++;
    }
    assert.ok(disturbed > 500, `${disturbed} runs were disturbed`);
  });
});

describe("fragments of random octets", () => {
  it("are refused by a LinkError or passed over, never more than declared", () => {
    const random = new SeededRandom(78);
    const heads = [0x01, 0x41, 0x81, 0xc1];
    let whole = 0;
    for (let run = 0; run < 2000; run++) {
      const fragments: Uint8Array[] = [];
      for (let i = 0; i < 6; i++) {
        const fragment = random.octets(random.below(12));
        // Random octets alone would hardly ever get past the header.
        if (fragment.length > 3 && random.below(4) > 0) {
          fragment[0] = heads[random.below(4)] as number;
          fragment[1] = (i & 1) as number;
          if (random.below(2) === 0) fragment.set([0, random.below(12)], 2);
        }
        fragments.push(fragment);
      }
      for (const message of received(fragments).messages) {
        whole++;
        assert.ok(message.length <= 2 * 6 * 12);
      }
    }
    assert.ok(whole > 20, `${whole} messages came together`);
  });
});
