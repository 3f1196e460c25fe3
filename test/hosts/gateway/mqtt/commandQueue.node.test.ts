import assert from "node:assert/strict";
import { CommandQueue, type SendTopic } from "../../../../hosts/gateway/mqtt/commandQueue.js";
import type { Outcome } from "../../../../src/base/outcome.js";
import { Result } from "../../../../src/codec/results.js";
import { refusal } from "../../../../src/procedure/procedure.js";

/** A queue whose commands end when the test says so. */
class Rig {
  readonly sent: string[] = [];
  readonly failed: string[] = [];
  readonly #under: ((outcome: Outcome<unknown>) => void)[] = [];
  readonly queue = new CommandQueue(
    ({ to, value }) => {
      this.sent.push(`${to} ${value}`);
      return new Promise((resolve) => this.#under.push(resolve));
    },
    { event: (name, fields) => void this.failed.push(`${name} ${Object.values(fields ?? {}).join(" ")}`) },
  );

  add(to: string, topic: string, value: string | boolean): void {
    this.queue.add({ kind: "sendTopic", pn: "home", to, topic, value } as SendTopic);
  }

  /** The first that is under way ends. */
  async ends(outcome: Outcome<unknown> = { value: undefined }): Promise<void> {
    this.#under.shift()?.(outcome);
    await new Promise(setImmediate);
  }
}

describe("commands that wait for a device", () => {
  it("are sixteen beside the one on its way; of one more the oldest is named busy, and all others go", async () => {
    const rig = new Rig();
    for (let n = 0; n <= 16; n++) rig.add("lamp", "say", `${n}`);
    assert.deepEqual([rig.sent, rig.failed], [["lamp 0"], []]);
    rig.add("lamp", "say", "17");
    assert.deepEqual(rig.failed, ["mqtt.failed lamp say result.busy"]);
    rig.add("oven", "say", "0");
    for (let n = 0; n < 18; n++) await rig.ends();
    const kept = Array.from({ length: 16 }, (_, n) => `lamp ${n + 2}`);
    assert.deepEqual(rig.sent, ["lamp 0", "oven 0", ...kept]);
    rig.add("lamp", "say", "18");
    assert.equal(rig.sent.at(-1), "lamp 18");
    assert.equal(rig.failed.length, 1);
  });

  it("are one of each state, the newest, which makes nothing give way however often it is set", async () => {
    const rig = new Rig();
    rig.add("lamp", "first", "0");
    for (let n = 0; n < 15; n++) rig.add("lamp", "say", `${n}`);
    for (let n = 0; n < 100; n++) rig.add("lamp", "light", n % 2 === 0);
    assert.deepEqual(rig.failed, []);
    for (let n = 0; n < 17; n++) await rig.ends();
    assert.deepEqual(rig.sent.slice(-2), ["lamp 14", "lamp false"]);
    assert.equal(rig.sent.length, 17);
  });

  it("go on after one that failed, which is named", async () => {
    const rig = new Rig();
    for (const n of ["0", "1"]) rig.add("lamp", "say", n);
    await rig.ends({ error: refusal(Result.noRoute) });
    assert.deepEqual(rig.failed, ["mqtt.failed lamp say result.noRoute"]);
    assert.deepEqual(rig.sent, ["lamp 0", "lamp 1"]);
  });
});
