import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import { until } from "../../../support/until.js";
import { peerOf, Rig } from "./rig.js";

/** Everything that a connection could leave behind. */
function held(rig: Rig): Readonly<Record<string, number>> {
  const noble = rig.noble as unknown as EventEmitter & { _peripherals: Map<string, EventEmitter> };
  const listeners = (emitter: EventEmitter): number =>
    emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
  const resources = process.getActiveResourcesInfo();
  return {
    noble: listeners(noble),
    peripheral: listeners(noble._peripherals.get(peerOf(0)) as EventEmitter),
    process: listeners(process),
    timers: resources.filter((name) => name === "Timeout").length,
    handles: resources.filter((name) => name !== "Timeout" && name !== "Immediate").length,
    sockets: rig.adapter.sockets,
    stacks: rig.stacks,
    links: rig.adapter.controller.links,
  };
}

describe("200 connections of one device", () => {
  let rig: Rig;

  afterEach(() => rig.close());

  it("leave no listener, timer, handle or connection behind, however they ended", async () => {
    rig = new Rig();
    const device = rig.device();
    let early: Readonly<Record<string, number>> | undefined;
    for (let i = 0; i < 200; i++) {
      const link = await rig.connect(0);
      rig.heard.length = 0;
      if (i % 3 === 0) void link.write(new Uint8Array(5));
      if (i % 2 === 0) link.up.disconnect();
      else device.connection?.disconnect();
      await until(() => link.ended && device.connection === undefined, `the end of link ${i}`);
      if (i === 10) early = held(rig);
    }
    const { timers = 0, ...others } = held(rig);
    const { timers: before = 0, ...same } = early ?? {};
    assert.deepEqual(others, same);
    // Those of other tests end meanwhile.
    assert.ok(timers <= before, `${timers} timers, ${before} before`);
    assert.equal(device.radio.lints.length, 200);
    assert.deepEqual(rig.violations, []);
  });
});

describe("the neighbourhood", () => {
  let rig: Rig;

  afterEach(() => rig.close());

  it("takes no more memory than it has devices, however often they change their addresses", async () => {
    rig = new Rig({ speed: 20 });
    rig.device();
    await rig.hears(0);
    const noble = rig.noble as unknown as { _bindings: { _gap: { _discoveries: object } } };
    const known = (): string[] => Object.keys(noble._bindings._gap._discoveries);
    const empty = new Uint8Array(0);
    for (let hour = 0; hour < 3; hour++) {
      const strangers = Array.from(
        { length: 50 },
        (_, i) => `c1:00:00:00:0${hour}:${i.toString(16).padStart(2, "0")}`,
      );
      for (const address of strangers) {
        rig.air.advertise({ address, advertisement: empty, response: empty, connected: () => {} });
      }
      await until(() => known().length > 50, "the strangers to be heard");
      for (const address of strangers) rig.air.silence(address);
      await until(() => known().length === 1, "the strangers to be forgotten");
    }
    assert.deepEqual(known(), ["c6:00:00:00:00:00"]);
  });
});
