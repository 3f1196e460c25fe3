import assert from "node:assert/strict";
import { Fragmenter, maximumSdu, Reassembler } from "../../../src/link/fragment.js";
import { named, parts, type Target } from "../target.js";

/** What a radio may deliver: never more than was declared, and afterwards a whole message comes through. */
export const fragments: Target = {
  name: "fragments",
  run(input) {
    const reassembler = new Reassembler();
    const outcomes = new Set<string>();
    let octets = 0;
    for (const fragment of parts(input)) {
      octets += fragment.length;
      const declared = ((fragment[2] ?? 0) << 8) | (fragment[3] ?? 0);
      const tooMuch = ((fragment[0] ?? 0) & 0x80) !== 0 && fragment.length > 4 && declared > maximumSdu;
      outcomes.add(
        named(() => {
          const message = reassembler.push(fragment);
          assert.ok(!tooMuch, "room for more than a message has");
          if (message === undefined) return "more";
          assert.ok(message.length <= maximumSdu && message.length <= octets);
          return `message ${Math.ceil(Math.log2(message.length + 1))}`;
        }),
      );
    }
    reassembler.reset();
    const fresh = new Fragmenter(Uint8Array.of(1, 2, 3), 9);
    assert.deepEqual(reassembler.push(fresh.next(20) ?? input), Uint8Array.of(1, 2, 3));
    return [...outcomes].sort().join(" ");
  },
};
