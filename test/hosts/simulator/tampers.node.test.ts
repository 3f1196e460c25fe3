import assert from "node:assert/strict";
import type { Tamper } from "../../../hosts/simulator/world/air.js";
import { corrupt, duplicate, lose, reorder } from "../../../hosts/simulator/world/tampers.js";
import { AirPair } from "./airPair.js";

/** What the PNE receives of 1, 2, 3, 4 while the gateway gets 5, 6 untouched; how many writes were completed. */
async function through(tamper: Tamper): Promise<string> {
  const pair = new AirPair();
  pair.link.tamper = tamper;
  for (const octet of [1, 2, 3, 4]) pair.write("toPNE", Uint8Array.of(octet, octet));
  for (const octet of [5, 6]) pair.write("toGateway", Uint8Array.of(octet));
  await pair.run(100);
  assert.deepEqual(pair.noted("gateway"), ["30 gateway 05", "30 gateway 06"]);
  assert.equal(pair.noted("sent").length, 6, "the writer notices nothing");
  return pair
    .noted("pne")
    .map((line) => line.split(" ")[2])
    .join(" ");
}

describe("hands in the air", () => {
  it("let all pass that they are not meant for", async () => {
    assert.equal(await through(lose("toPNE", 9)), "0101 0202 0303 0404");
  });

  it("lose, double, corrupt and reorder exactly the n-th fragment of one direction", async () => {
    assert.equal(await through(lose("toPNE", 1)), "0101 0303 0404");
    assert.equal(await through(duplicate("toPNE", 0)), "0101 0101 0202 0303 0404");
    assert.equal(await through(corrupt("toPNE", 2)), "0101 0202 0302 0404");
    assert.equal(await through(corrupt("toPNE", 2, 0)), "0101 0202 0203 0404");
    assert.equal(await through(reorder("toPNE", 1)), "0101 0303 0202 0404");
  });

  it("hold the last fragment for ever when none follows", async () => {
    assert.equal(await through(reorder("toPNE", 3)), "0101 0202 0303");
  });

  it("are told the index in each direction, and may put more into the air than was sent", async () => {
    const pair = new AirPair();
    const told: string[] = [];
    pair.link.tamper = (fragment, direction, index) => {
      told.push(`${direction} ${index}`);
      return direction === "toPNE" ? [Uint8Array.of(0xee), fragment, Uint8Array.of(0xff)] : [fragment];
    };
    pair.write("toPNE", Uint8Array.of(1));
    pair.write("toPNE", Uint8Array.of(2));
    pair.write("toGateway", Uint8Array.of(3));
    await pair.run(100);
    assert.deepEqual(told, ["toPNE 0", "toPNE 1", "toGateway 0"]);
    assert.equal(pair.noted("pne").length, 6);
    assert.deepEqual(pair.link.traffic.toPNE, { fragments: 2, octets: 2 });
  });
});
