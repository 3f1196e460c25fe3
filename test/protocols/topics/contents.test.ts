import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import { encode, field, list, record, text, uint } from "../../../src/codec/schema.js";
import {
  encodeContents,
  offered,
  readContents,
  type Topic,
  understood,
} from "../../../src/protocols/topics/contents.js";
import { isContents } from "../../../src/protocols/topics/offered.js";
import { codeOf } from "../../support/codeOf.js";

const maximumContents = 200;
const maximumTopics = 8;

const temperature: Topic = { name: "temperature", kind: "number", direction: "offers", unit: "°C" };
const lamp: Topic = { name: "lamp", kind: "switch", direction: "both" };
const topics = (count: number, length: number): Topic[] =>
  Array.from({ length: count }, (_, n) => ({ ...lamp, name: `${n}`.padEnd(length, "x") }));

describe("contents information (C-30)", () => {
  it("is a list of topics in few octets, each with name, kind, direction and unit", () => {
    const octets = encodeContents([temperature, lamp]);
    assert.equal(
      hex(octets),
      "82" + "a4006b74656d7065726174757265010002010363c2b043" + "a300646c616d7001010203",
    );
    assert.deepEqual(readContents(octets), [temperature, lamp]);
  });

  it("has room for eight topics, in 200 octets", () => {
    assert.deepEqual(readContents(encodeContents(topics(maximumTopics, 16))), topics(maximumTopics, 16));
    assert.ok(encodeContents(topics(maximumTopics, 16)).length <= maximumContents);
    const units = topics(8, 16).map((topic): Topic => ({ ...topic, kind: "number", unit: "12345678" }));
    assert.equal(
      codeOf(() => encodeContents(units)),
      "topic.contents",
    );
    assert.equal(
      codeOf(() => encodeContents(topics(9, 2))),
      "topic.contents",
    );
    assert.equal(
      codeOf(() => encodeContents([])),
      "topic.contents",
    );
  });

  it("takes 1 to 8 topics and 200 octets, and neither one more (C-30)", () => {
    for (const [count, good] of [
      [0, false],
      [1, true],
      [7, true],
      [8, true],
      [9, false],
    ] as const) {
      assert.equal(
        codeOf(() => encodeContents(topics(count, 2))),
        good ? undefined : "topic.contents",
        `${count}`,
      );
    }
    // Eight names of 16 letters are 185 octets; a unit takes two and its letters.
    const sized = (octets: number): Topic[] =>
      topics(8, 16).map(
        (topic, n): Topic =>
          n > 1 ? topic : { ...topic, kind: "number", unit: "u".repeat(n === 0 ? 8 : octets - 185 - 12) },
      );
    for (const length of [199, 200]) {
      const made = encodeContents(sized(length));
      assert.equal(made.length, length);
      assert.ok(isContents(made));
      assert.deepEqual(readContents(made), sized(length));
    }
    assert.equal(
      codeOf(() => encodeContents(sized(201))),
      "topic.contents",
    );
  });

  it("refuses by name a topic twice, names of other characters, and a unit of what is no number", () => {
    for (const wrong of [
      [lamp, { ...temperature, name: "lamp" }],
      [{ ...lamp, name: "Lamp" }],
      [{ ...lamp, name: "a/b" }],
      [{ ...lamp, name: "-a" }],
      [{ ...lamp, name: "" }],
      [{ ...lamp, name: "x".repeat(17) }],
      [{ ...lamp, unit: "W" }],
      [{ ...temperature, unit: "" }],
      [{ ...temperature, unit: "123456789" }],
    ] as Topic[][]) {
      assert.equal(
        codeOf(() => encodeContents(wrong)),
        "topic.contents",
        JSON.stringify(wrong),
      );
    }
  });

  it("of somebody else is read as far as this release knows it, and is nothing when it is no list of topics", () => {
    const newer = list(
      record({ name: field(0, text(1, 16)), kind: field(1, uint(255)), direction: field(2, uint(3)) }),
      1,
      8,
    );
    const octets = encode(newer, [
      { name: "colour", kind: 77, direction: 1 },
      { name: "lamp", kind: 1, direction: 3 },
      { name: "Bad/name", kind: 1, direction: 3 },
      { name: "nowhere", kind: 1, direction: 0 },
    ]);
    assert.ok(isContents(octets));
    assert.deepEqual(readContents(octets), [lamp]);
    for (const garbage of [Uint8Array.of(0x80), Uint8Array.of(0xff), new Uint8Array(200)]) {
      assert.ok(!isContents(garbage));
      assert.deepEqual(readContents(garbage), []);
    }
    assert.deepEqual(readContents(undefined), []);
  });

  it("tells what a device sends from what it takes", () => {
    const all = [temperature, lamp, { ...lamp, name: "heater", direction: "understands" as const }];
    assert.deepEqual(
      all.map(({ name }) => [offered(all, name) !== undefined, understood(all, name) !== undefined]),
      [
        [true, false],
        [true, true],
        [false, true],
      ],
    );
  });
});
