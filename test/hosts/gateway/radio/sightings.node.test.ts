import assert from "node:assert/strict";
import type { NoblePeripheral } from "../../../../hosts/gateway/radio/noble.js";
import { Sightings } from "../../../../hosts/gateway/radio/sightings.js";
import { serviceUUID } from "../../../../src/link/service.js";

const uuid = serviceUUID.replaceAll("-", "");

/** What noble knows of a device. */
const peripheral = (
  id: string,
  state: number | undefined,
  name?: string,
  connectable = true,
): NoblePeripheral =>
  ({
    id,
    connectable,
    advertisement: {
      ...(name !== undefined && { localName: name }),
      serviceData: state === undefined ? [] : [{ uuid, data: Buffer.of(state) }],
    },
  }) as unknown as NoblePeripheral;

describe("which PNEs are in range", () => {
  let told: string[];
  let sightings: Sightings;

  beforeEach(() => {
    told = [];
    sightings = new Sightings({
      heard: (peer, { state, name }) => void told.push(`${peer} ${state} ${name}`),
      lost: (peer) => void told.push(`${peer} lost`),
    });
  });

  const round = (...heard: readonly NoblePeripheral[]): void => {
    sightings.begin();
    for (const one of heard) sightings.see(one);
    sightings.end();
  };

  it("are told once, and again when their state or name changes", () => {
    for (let i = 0; i < 3; i++) round(peripheral("a", 1, "Lamp"));
    round(peripheral("a", 3, "Lamp"));
    round(peripheral("a", 3, "Door"));
    assert.deepEqual(told, ["a 1 Lamp", "a 3 Lamp", "a 3 Door"]);
  });

  it("are none that say nothing of their state, or a state that there is not, or cannot be connected to", () => {
    round(peripheral("a", undefined), peripheral("b", 200), peripheral("c", 1, "x", false));
    assert.deepEqual(told, []);
    assert.equal(sightings.peripheral("a"), undefined);
  });

  it("have gone after three rounds that did not hear them, and not before", () => {
    round(peripheral("a", 1));
    round();
    round();
    round(peripheral("a", 1));
    round();
    round();
    assert.deepEqual(told, ["a 1 undefined"]);
    round();
    assert.deepEqual(told, ["a 1 undefined", "a lost"]);
    assert.equal(sightings.peripheral("a"), undefined);
  });

  it("are not missed while they are connected, and are heard anew afterwards", () => {
    round(peripheral("a", 1));
    sightings.connected("a");
    for (let i = 0; i < 5; i++) round();
    sightings.released("a");
    assert.deepEqual(told, ["a 1 undefined"]);
    round(peripheral("a", 1));
    assert.deepEqual(told, ["a 1 undefined", "a 1 undefined"]);
  });

  it("are told when the link's end comes, if they were heard before it", () => {
    round(peripheral("a", 1));
    sightings.connected("a");
    round(peripheral("a", 2));
    assert.deepEqual(told, ["a 1 undefined"]);
    sightings.released("a");
    assert.deepEqual(told, ["a 1 undefined", "a 2 undefined"]);
    assert.ok(sightings.peripheral("a"));
  });

  it("are missed again once a connection has not come up", () => {
    round(peripheral("a", 1));
    sightings.connected("a");
    sightings.failed("a");
    for (let i = 0; i < 3; i++) round();
    assert.equal(told.at(-1), "a lost");
  });

  it("are 1 000 at most", () => {
    round(...Array.from({ length: 1_200 }, (_, i) => peripheral(`${i}`, 1)));
    assert.equal(told.length, 1_000);
    sightings.lose();
    assert.equal(told.filter((line) => line.endsWith("lost")).length, 1_000);
  });
});
