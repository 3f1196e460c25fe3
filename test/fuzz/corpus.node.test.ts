import assert from "node:assert/strict";
import { SeededRandom } from "../support/seededRandom.js";
import { mutated } from "./mutate.js";
import { corpusOf, targets } from "./targets.js";

describe("what is fuzzed", () => {
  for (const target of targets) {
    it(`has no fault in the ${target.name} with its corpus, nor with some inputs near it`, async () => {
      const corpus = corpusOf(target);
      const random = new SeededRandom(11);
      const seen = new Set<string>();
      for (const input of corpus) seen.add(await target.run(input));
      assert.ok(seen.size > 1, "the corpus shows one behaviour only");
      const pick = (): Uint8Array => corpus[random.below(corpus.length)] ?? new Uint8Array(0);
      for (let round = 0; round < (target.few ?? 300); round++)
        await target.run(mutated(pick(), pick(), random));
    });
  }
});
