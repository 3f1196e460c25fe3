import assert from "node:assert/strict";
import type { Done } from "../../src/base/outcome.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { acknowledgement } from "../../src/codec/replies.js";
import { answerTimeout, Runner } from "../../src/pne/runner.js";
import { noDerivation, type Procedure, type Step } from "../../src/procedure/procedure.js";
import { ManualClock } from "../support/manualClock.js";

const message = (exchange: number): Uint8Array => encodeMessage(acknowledgement, exchange, {});

/** Asks once with this exchange; the answer is its outcome. */
function asking(exchange: number): Procedure<Uint8Array> {
  return {
    name: `ask ${exchange}`,
    start: (): Step<never> => ({ kind: "request", octets: message(exchange) }),
    receive: (answer): Step<Uint8Array> => ({ kind: "done", outcome: answer }),
    derived: noDerivation,
    dispose: () => {},
  };
}

function bench(): { readonly runner: Runner; readonly clock: ManualClock; readonly ends: string[] } {
  const clock = new ManualClock();
  const runner = new Runner({
    clock,
    pace: { iterations: 1, pause: Milliseconds(1) },
    send: () => {},
    protect: () => {},
    progress: () => {},
  });
  return { runner, clock, ends: [] };
}

const end =
  (ends: string[]): Done<unknown> =>
  (outcome) =>
    void ends.push("error" in outcome ? outcome.error.code : "done");

describe("the PNE's runner of procedures", () => {
  it("ends a request that nobody answers, and takes the late answer for no other", () => {
    const { runner, clock, ends } = bench();
    runner.run(asking(1), end(ends));
    clock.advance(answerTimeout);
    assert.deepEqual(ends, ["timeout"]);
    runner.run(asking(2), end(ends));
    runner.answer(message(1));
    assert.deepEqual(ends, ["timeout"]);
    runner.answer(message(2));
    assert.deepEqual(ends, ["timeout", "done"]);
  });

  it("takes an answer once", () => {
    const { runner, ends } = bench();
    runner.run(asking(1), end(ends));
    runner.answer(message(1));
    runner.answer(message(1));
    assert.deepEqual(ends, ["done"]);
  });

  it("ends with a named error for what is no message", () => {
    const { runner, ends } = bench();
    runner.run(asking(1), end(ends));
    runner.answer(Uint8Array.of(1, 2, 3));
    assert.deepEqual(ends, ["protocol.unexpected"]);
  });
});
