import { readFileSync } from "node:fs";
import { fromHex } from "../../src/base/octets.js";
import type { Target } from "./target.js";
import { air } from "./targets/air.js";
import { decoder } from "./targets/decoder.js";
import { factory } from "./targets/factory.js";
import { fragments } from "./targets/fragments.js";
import { keystore } from "./targets/keystore.js";
import { records } from "./targets/records.js";
import { server } from "./targets/server.js";
import { ub } from "./targets/ub.js";

export const targets: readonly Target[] = [decoder, fragments, records, keystore, server, factory, ub, air];

/** Its seeds, and the inputs of test/fuzz/corpus: a line of hex each, text after # is for people. */
export function corpusOf({ name, seeds = [] }: Target): readonly Uint8Array[] {
  const file = new URL(`../../../test/fuzz/corpus/${name}.txt`, import.meta.url);
  const lines = readFileSync(file, "utf8").split("\n");
  const inputs = lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");
  return [...seeds, ...inputs.map(fromHex)];
}
