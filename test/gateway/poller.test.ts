import assert from "node:assert/strict";
import { hex } from "../../src/base/octets.js";
import type { Done } from "../../src/base/outcome.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage, messageSet } from "../../src/codec/message.js";
import { Result } from "../../src/codec/results.js";
import { Poller } from "../../src/gateway/poller.js";
import { ProcedureError, refusal } from "../../src/procedure/procedure.js";
import { poll, pollResponse } from "../../src/protocols/push/messages.js";
import { ManualClock } from "../support/manualClock.js";

const maximumPushesAtOnce = 7;
const maximumReports = 16;

const asked = messageSet(poll);
const idOf = (n: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, n >> 8, n & 0xff);
const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

interface Held {
  readonly exchange: number;
  readonly done: Done<Uint8Array>;
}

/** A PN GW's poll at a Server that answers when the test wants. */
class Rig {
  readonly clock = new ManualClock();
  /** Numbers of the pushes that were acted upon. */
  readonly acted: number[] = [];
  /** What is acted upon and not over yet. */
  readonly under: Done<undefined>[] = [];
  refusals = 0;
  /** Numbers that each poll has reported. */
  readonly reported: number[][] = [];
  #held: Held | undefined;
  readonly poller: Poller;

  constructor() {
    const server = {
      poll: (octets: Uint8Array, done: Done<Uint8Array>): void => {
        const { exchange, body } = asked.decode(octets);
        this.reported.push((body.pushes ?? []).map(({ id }) => Number.parseInt(hex(id), 16)));
        this.#held = { exchange, done };
      },
    };
    const ports = { clock: this.clock, log: { event: () => {} } };
    this.poller = new Poller(
      ports as unknown as ConstructorParameters<typeof Poller>[0],
      server as unknown as ConstructorParameters<typeof Poller>[1],
      ({ id }, done) => {
        this.acted.push(Number.parseInt(hex(id), 16));
        this.under.push(done);
      },
      () => this.refusals++,
    );
    this.poller.start();
  }

  get held(): boolean {
    return this.#held !== undefined;
  }

  #take(): Held {
    const held = this.#held ?? assert.fail("no poll is open");
    this.#held = undefined;
    return held;
  }

  tells(pushes: readonly number[]): void {
    const { exchange, done } = this.#take();
    const list = pushes.map((n) => ({ id: idOf(n), kind: 1 }));
    done({ value: encodeMessage(pollResponse, exchange, { pushes: list }) });
  }

  fails(error = refusal(Result.serverUnreachable)): void {
    this.#take().done({ error });
  }

  /** All that is acted upon is over. */
  settle(): void {
    for (const done of this.under.splice(0)) done({ value: undefined });
  }

  pass(ms: number): void {
    this.clock.advance(Milliseconds(ms));
  }

  /** Takes these pushes in as many polls as they need, acts upon them, and polls again. */
  through(pushes: readonly number[]): void {
    for (let i = 0; i < pushes.length; i += maximumPushesAtOnce) {
      this.tells(pushes.slice(i, i + maximumPushesAtOnce));
      this.settle();
      this.pass(0);
    }
  }
}

describe("the poll of a PN GW", () => {
  it("pauses twice as long after each failure, up to a minute, and goes on at once after an answer", () => {
    const rig = new Rig();
    for (const seconds of [2, 4, 8, 16, 32, 60, 60, 60]) {
      rig.fails();
      rig.pass(seconds * 1_000 - 1);
      assert.equal(rig.held, false, `too early, of ${seconds} s`);
      rig.pass(1);
      assert.equal(rig.held, true, `too late, of ${seconds} s`);
    }
    rig.through([1]);
    assert.equal(rig.held, true);
    rig.fails();
    rig.pass(2_000);
    assert.equal(rig.held, true, "the first pause again");
  });

  it("asks a Server that answers at once with nothing once a second", () => {
    const rig = new Rig();
    for (let i = 0; i < 3; i++) {
      rig.tells([]);
      rig.pass(999);
      assert.equal(rig.held, false);
      rig.pass(1);
      assert.equal(rig.held, true);
    }
    rig.pass(1_000);
    rig.tells([]);
    rig.pass(0);
    assert.equal(rig.held, true, "one that was held for a second is followed by the next at once");
  });

  it("says each time that no key is taken any more, and nothing of that for other failures", () => {
    const rig = new Rig();
    rig.fails(refusal(Result.gatewayNotEnrolled));
    rig.pass(2_000);
    rig.fails(new ProcedureError("linkLost"));
    assert.equal(rig.refusals, 1);
  });

  it("acts once upon each of the last 64 pushes, however often they come, and reports them again", () => {
    const rig = new Rig();
    rig.through(numbers(0, 64));
    assert.deepEqual(rig.acted, numbers(0, 64));
    rig.through([0, 63]);
    assert.equal(rig.acted.length, 64, "both are known");
    rig.through([64]);
    assert.deepEqual(rig.reported.flat().slice(64), [0, 63, 64]);
    rig.through([1, 64]);
    assert.equal(rig.acted.length, 65, "64 are known: 1 to 64");
    rig.through([0]);
    assert.equal(rig.acted.length, 66, "the 65th before is as if it were new");
  });

  it("does not begin again what is under way, though 64 others have come since", () => {
    const rig = new Rig();
    rig.tells([500]);
    const [slow] = rig.under.splice(0) as [Done<undefined>];
    for (let i = 0; i < 70; i += maximumPushesAtOnce) {
      rig.pass(8_000);
      rig.tells(numbers(i, maximumPushesAtOnce));
      rig.settle();
    }
    rig.pass(8_000);
    rig.tells([500]);
    assert.equal(rig.acted.filter((n) => n === 500).length, 1);
    slow({ value: undefined });
    rig.pass(0);
    assert.ok(rig.reported.at(-1)?.includes(500));
  });

  it("reports sixteen at once and keeps the rest for the next; an answer that is lost loses none", () => {
    const rig = new Rig();
    rig.tells([0]);
    rig.pass(8_000);
    for (let i = 1; i < 17; i += 4) {
      rig.tells(numbers(i, 4));
      rig.pass(8_000);
    }
    assert.equal(rig.acted.length, maximumReports + 1);
    rig.tells([]);
    rig.settle();
    rig.pass(0);
    assert.deepEqual(rig.reported.at(-1), numbers(0, maximumReports));
    rig.fails();
    rig.pass(2_000);
    assert.deepEqual(rig.reported.at(-1), numbers(0, maximumReports));
    rig.tells([]);
    rig.pass(1_000);
    assert.deepEqual(rig.reported.at(-1), [maximumReports]);
    rig.tells([]);
    rig.pass(1_000);
    assert.deepEqual(rig.reported.at(-1), []);
  });
});
