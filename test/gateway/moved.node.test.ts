import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { Result } from "../../src/codec/results.js";
import { placeOf } from "../../src/server/programs/views.js";
import { Family } from "../support/family.js";
import { outcome } from "../support/network.js";
import { lampTopic, Probe, temperature } from "../support/probe.js";

describe("a device that goes from one PN GW to another one, before the first has missed it", () => {
  const spec = (topic: Probe) => Family.spec("kitchen", { application: () => topic });
  let home: Family;
  let office: Network;
  let id: Uint8Array;
  const told: string[] = [];
  const server = () => home.network.server;

  before(async () => {
    home = await new Family([spec(new Probe(temperature))], { poll: true }).ready();
    assert.equal(outcome(await home.join()), "joined");
    id = fromHex(home.id("kitchen"));
    office = new Network({
      clock: home.clock,
      seed: "office",
      mtu: 185,
      interval: Milliseconds(30),
      poll: true,
      gatewayID: ascii("gateway-02"),
      database: () => home.network.serverStore.database,
      pneSuite: nodeSuite,
      devices: [spec(new Probe(lampTopic))],
      observer: { notice: (_, notice) => void told.push(outcome(notice)) },
    });
    const credentials = { userID: ascii("operator"), password: ascii("operator's own password") };
    office.gateway.command({ kind: "enrol", ...credentials });
    await home.pass(5);
    const device = office.device("kitchen");
    device.options.flash.restore(home.device.options.flash.snapshot());
    home.device.powerOff();
    device.powerOn();
    await home.pass(5);
    device.command({ kind: "createPN" });
    await home.pass(10);
    assert.ok(told.includes("joined"), told.join());
    assert.equal(home.network.gateway.view.pns.length, 1, "nobody has missed it");
  });

  const wait = async <T>(answer: Promise<T>): Promise<T> => {
    const passing = home.pass(10);
    const made = await answer;
    await passing;
    return made;
  };

  it("is where its newest session is: for programs, for topics, and for what the Server tells it (C-30)", async () => {
    const place = await home.network.serverStore.read((tables) => placeOf(tables, id));
    assert.equal(place && hex(place.gatewayID), hex(ascii("gateway-02")));
    assert.deepEqual(await server().topics(id), [lampTopic]);
    assert.equal(await wait(server().send(id, ascii("Hello!"))), Result.ok);
    assert.equal(told.at(-1), "message");
  });

  it("is given another EUKey there, when the Server wants that (C-38)", async () => {
    const key = () => home.network.serverStore.get("entities", hex(id))?.committed.id ?? assert.fail();
    const before = hex(key());
    assert.equal(await wait(server().reassign(id)), Result.ok);
    assert.notEqual(hex(key()), before);
  });
});
