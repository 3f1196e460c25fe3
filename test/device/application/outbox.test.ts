import assert from "node:assert/strict";
import { CpnsError } from "../../../src/base/errors.js";
import type { Done } from "../../../src/base/outcome.js";
import { finished } from "../../../src/base/outcome.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Sender, Value } from "../../../src/device/application/application.js";
import { Outbox } from "../../../src/device/application/outbox.js";
import { decodeTopicMessage } from "../../../src/protocols/topics/message.js";
import { ManualClock } from "../../support/manualClock.js";

const maximumWaiting = 16;

type Code = CpnsError["code"];

/** An outbox whose way is in the hands of the test. */
class Desk {
  readonly clock = new ManualClock();
  ready = true;
  readonly posted: { readonly to: Sender; readonly number: number; readonly value: Value }[] = [];
  readonly ended: string[] = [];
  #done: Done<undefined> | undefined;
  readonly outbox = new Outbox({
    clock: this.clock,
    ready: () => this.ready,
    post: (to, payload, done) => {
      const { number, value } = decodeTopicMessage(payload);
      this.posted.push({ to, number, value });
      this.#done = done;
    },
  });

  add(value: Value, to: Sender = "gateway", event = false, within = 30_000): void {
    const until = Milliseconds(this.clock.now() + within);
    const sent = (code?: Code): void => void this.ended.push(`${value} ${code ?? "arrived"}`);
    this.outbox.add({ to, topic: "t", value, event, until, sent });
  }

  answer(code?: Code): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(code === undefined ? finished : { error: new CpnsError(code) });
  }

  pass(milliseconds: number): void {
    this.clock.advance(Milliseconds(milliseconds));
  }
}

describe("what an application has sent", () => {
  it("goes one by one, and is counted from 1", () => {
    const desk = new Desk();
    for (const event of ["a", "b", "c"]) desk.add(event, "gateway", true);
    assert.equal(desk.posted.length, 1);
    for (let n = 0; n < 3; n++) {
      desk.answer();
      desk.pass(10);
    }
    assert.deepEqual(
      desk.posted.map(({ number, value }) => [number, value]),
      [
        [1, "a"],
        [2, "b"],
        [3, "c"],
      ],
    );
    assert.deepEqual(desk.ended, ["a arrived", "b arrived", "c arrived"]);
    assert.equal(desk.clock.armed, 0, "nothing waits for nothing");
  });

  it("is said again with the same number when no answer has come, before anything newer to the same addressee", () => {
    const desk = new Desk();
    desk.add("a", { member: "01" }, true);
    desk.add("b", { member: "01" }, true);
    desk.add("c", { member: "02" }, true);
    desk.answer("result.noRoute");
    desk.pass(10);
    assert.deepEqual(desk.posted.at(-1), { to: { member: "02" }, number: 2, value: "c" });
    desk.answer();
    desk.pass(1_000);
    assert.deepEqual(desk.posted.at(-1), { to: { member: "01" }, number: 1, value: "a" });
    desk.answer();
    desk.pass(10);
    assert.deepEqual(desk.posted.at(-1), { to: { member: "01" }, number: 3, value: "b" });
    assert.deepEqual(desk.ended, ["c arrived", "a arrived"]);
  });

  it("ends by the name of what was in its way once its time is over, or as late when nothing was tried", () => {
    const desk = new Desk();
    desk.add("a", "gateway", true, 3_000);
    desk.answer("result.busy");
    desk.pass(1_500);
    desk.answer("linkLost");
    desk.ready = false;
    desk.add("b", "gateway", true, 3_000);
    desk.pass(5_000);
    assert.deepEqual(desk.ended, ["a linkLost", "b topic.late"]);
    assert.equal(desk.outbox.length, 0);
  });

  it("is not tried again when the answer is a refusal", () => {
    const desk = new Desk();
    desk.add(1);
    desk.answer("result.notListed");
    desk.pass(60_000);
    assert.deepEqual([desk.ended, desk.posted.length], [["1 result.notListed"], 1]);
  });

  it("waits while the PN GW is away, where a newer value takes the place of an older one, but for events", () => {
    const desk = new Desk();
    desk.ready = false;
    for (const value of [20, 21, 22]) desk.add(value);
    desk.add("ring", "gateway", true);
    desk.add("ring", "gateway", true);
    desk.add(5, "server");
    assert.deepEqual(desk.ended, ["20 topic.dropped", "21 topic.dropped"]);
    desk.ready = true;
    desk.outbox.pump();
    for (let n = 0; n < 4; n++) {
      desk.answer();
      desk.pass(10);
    }
    assert.deepEqual(
      desk.posted.map(({ value }) => value),
      [22, "ring", "ring", 5],
    );
  });

  it("has bounds: the oldest that is no event is dropped first, then the oldest event", () => {
    const desk = new Desk();
    desk.ready = false;
    desk.add("e0", "gateway", true);
    desk.add(1, { member: "01" });
    for (let n = 1; n < maximumWaiting; n++) desk.add(`e${n}`, "gateway", true);
    assert.deepEqual(desk.ended, ["1 topic.dropped"]);
    desk.add("last", "gateway", true);
    assert.deepEqual(desk.ended, ["1 topic.dropped", "e0 topic.dropped"]);
    assert.equal(desk.outbox.length, maximumWaiting);
  });

  it("is late while it is on its way, where it was to be there in less than 30 s; else its answer tells", () => {
    for (const [within, ended] of [
      [29_999, ["a topic.late"]],
      [30_000, []],
    ] as const) {
      const desk = new Desk();
      desk.add("a", "gateway", false, within);
      desk.pass(within - 1);
      assert.deepEqual(desk.ended, []);
      desk.pass(1);
      assert.deepEqual(desk.ended, ended);
    }
  });

  it("drops what is under way for nothing newer: it may have arrived", () => {
    const desk = new Desk();
    desk.add(1);
    desk.add(2);
    assert.deepEqual(desk.ended, []);
    desk.answer();
    assert.deepEqual(desk.ended, ["1 arrived"]);
  });

  it("is nothing more in another PN, whose numbers begin anew; an answer that comes late changes nothing", () => {
    const desk = new Desk();
    desk.add(1);
    desk.add("x", "gateway", true);
    desk.outbox.clear("pn.notMember");
    assert.deepEqual(desk.ended, ["1 pn.notMember", "x pn.notMember"]);
    desk.add(2);
    assert.equal(desk.posted.at(-1)?.number, 1);
    desk.answer();
    assert.deepEqual(desk.ended.slice(2), ["2 arrived"]);
  });

  it("may send again from what it is told, without end and without a loop", () => {
    const desk = new Desk();
    let again = 0;
    const more = (): void => {
      if (again++ < 5) {
        desk.outbox.add({
          to: "gateway",
          topic: "t",
          value: again,
          event: true,
          until: Milliseconds(1e6),
          sent: more,
        });
      }
    };
    more();
    for (let n = 0; n < 5; n++) {
      desk.answer();
      desk.pass(5);
    }
    assert.equal(again, 6);
  });
});
