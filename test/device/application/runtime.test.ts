import assert from "node:assert/strict";
import { Milliseconds } from "../../../src/base/units.js";
import { Result } from "../../../src/codec/results.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import type { ApplicationHost } from "../../../src/device/board.js";
import { encodeTopicMessage } from "../../../src/protocols/topics/message.js";
import { ManualClock } from "../../support/manualClock.js";
import { MemoryStore } from "../../support/memoryStore.js";

/** An application that notes what it is told. */
function running() {
  const clock = new ManualClock();
  const told: unknown[] = [];
  const runtime = new ApplicationRuntime({
    name: "notes",
    contents: [{ name: "text", kind: "text", direction: "understands" }],
    start: () => ({ message: (_, topic, value) => void told.push([topic, value]) }),
  });
  runtime.start({
    ...{ clock, suite: nobleSuite, flash: new MemoryStore(), log: { event() {} } },
    ...{ pne: { core: { joined: undefined } }, changed() {}, failed: assert.fail },
  } as unknown as ApplicationHost);
  const pass = (): void => clock.advance(Milliseconds(0));
  pass();
  return { told, pass, runtime };
}

describe("messages that an application has not seen yet", () => {
  it("are 8 at most: the next sender hears that it is busy, until it has seen them", () => {
    const { told, pass, runtime } = running();
    const say = (value: string): Result =>
      runtime.received("gateway", encodeTopicMessage({ number: 0, topic: "text", value }));
    for (let n = 1; n <= 8; n++) assert.equal(say(`${n}`), Result.ok);
    assert.equal(say("9"), Result.busy);
    assert.deepEqual(told, []);
    pass();
    assert.deepEqual(
      told,
      Array.from({ length: 8 }, (_, n) => ["text", `${n + 1}`]),
    );
    assert.equal(say("10"), Result.ok);
  });
});
