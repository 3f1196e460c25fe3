import assert from "node:assert/strict";
import { makeImage } from "../../hosts/simulator/network/images.js";
import { ascii } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { alice, type TestNetwork } from "../support/network.js";
import { type UpdateBench, updating } from "../support/updating.js";

describe("new firmware that proves itself in a network of its own", function () {
  this.timeout(120_000);
  let base: TestNetwork;

  before(async () => {
    base = (await updating()).net;
  });

  /** On a link of its own, whose end comes a while after it was asked for, as on a radio. */
  async function proving(): Promise<UpdateBench> {
    const bench = await updating({ after: base });
    const { clock } = bench.net;
    bench.order(makeImage({ version: "0.2.0" }, 3_000));
    const connected = (): boolean => bench.device.version === "0.2.0" && bench.device.link !== undefined;
    await clock.runWhile(() => !connected(), Milliseconds(600_000));
    const { link } = bench.device;
    assert.ok(link);
    const disconnect = link.disconnect.bind(link);
    link.disconnect = (...how) => void clock.after(Milliseconds(300), () => disconnect(...how));
    return bench;
  }

  it("gives way to what its person begins meanwhile, and leaves no password of his", async () => {
    let interrupted = 0;
    for (let n = 1; n < 100; n++) {
      const bench = await proving();
      const password = ascii(alice.password);
      let seen = 0;
      bench.net.onFragment = (_, { direction }) => {
        if (direction === "toPNE" && ++seen === n)
          bench.net.clock.after(Milliseconds(0), () =>
            bench.device.command({ kind: "enrol", userID: ascii(alice.userID), password }),
          );
      };
      await bench.net.clock.runWhile(() => seen < n && bench.view?.pn === undefined, Milliseconds(5_000));
      if (seen < n) break;
      if (bench.view?.pn === undefined) interrupted++;
      await bench.run(60_000);
      assert.ok(
        password.every((octet) => octet === 0),
        `fragment ${n}`,
      );
    }
    assert.ok(interrupted > 3, `${interrupted}`);
  });
});
