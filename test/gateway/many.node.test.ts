import assert from "node:assert/strict";
import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";

/** The time that all take to enrol at once, each with its own user, once all are connected. */
async function enrolAtOnce(count: number, latency: number): Promise<{ codes: string[]; took: number }> {
  const clock = new VirtualClock();
  const codes: string[] = [];
  const devices = Array.from({ length: count }, (_, i) => ({
    ...{ id: `pne-${i}`, keypad: "matrix", secure: false, reachable: true },
  })) as ConstructorParameters<typeof Network>[0]["devices"];
  const network = new Network({
    clock,
    seed: "many",
    mtu: 185,
    interval: Milliseconds(30),
    latency: Milliseconds(latency),
    devices,
    pneSuite: nodeSuite,
    observer: {
      notice: (_device, notice) => {
        if (notice.kind === "enrolled") codes.push("enrolled");
        if (notice.kind === "failed") codes.push(notice.code);
      },
    },
  });
  await network.start(devices.map(({ id }) => ({ userID: id, password: `${id}'s own` })));
  await clock.runWhile(() => network.gateway.view.devices.length < count, Milliseconds(120_000));
  const from = clock.now();
  for (const { id } of devices) {
    network.device(id).command({ kind: "enrol", userID: ascii(id), password: ascii(`${id}'s own`) });
  }
  await clock.runWhile(() => codes.length < count, Milliseconds(120_000));
  return { codes, took: clock.now() - from };
}

describe("64 devices that enrol at once, the Server 300 ms away", () => {
  it("all get their key within 8 s of the network's time", async () => {
    const { codes, took } = await enrolAtOnce(64, 300);
    assert.deepEqual(
      codes.filter((code) => code !== "enrolled"),
      [],
    );
    assert.equal(codes.length, 64);
    assert.ok(took <= 8_000, `${took} ms`);
  }).timeout(120_000);
});
