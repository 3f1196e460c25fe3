import assert from "node:assert/strict";
import { CpnsError } from "../../../src/base/errors.js";
import { ascii, equalBytes } from "../../../src/base/octets.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { acknowledgement, failure } from "../../../src/codec/replies.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { encode } from "../../../src/codec/schema.js";
import { Establishment } from "../../../src/protocols/network/establishment.js";
import { proofTime } from "../../../src/protocols/network/invitations.js";
import type { MemberSetup } from "../../../src/protocols/network/memberSetup.js";
import {
  pnAuthenticationRequest,
  pnInventory,
  pnRegistrationResponse,
} from "../../../src/protocols/network/messages.js";
import { codeOf } from "../../support/codeOf.js";
import { ended, noFault, noInfo } from "../../support/ended.js";
import { ManualClock } from "../../support/manualClock.js";

const pnID = new Uint8Array(16).fill(1);
const other = new Uint8Array(16).fill(2);
const hash = new Uint8Array(32).fill(3);
const inventory = (id: Uint8Array = pnID) =>
  encode(pnInventory, { pnID: id, gateway: ascii("gw"), members: [] });
type Exchange = ConstructorParameters<typeof Establishment>[0]["exchange"];

/** A PNE that proves itself when it is asked to, unless told otherwise, and what it is told. */
class Taking {
  readonly verdicts: string[] = [];
  readonly pne: Uint8Array;
  readonly entry = { pneInfo: new Uint8Array(8), rand: new Uint8Array(32).fill(2), flags: 0 };
  over = false;
  hash: Uint8Array | undefined;
  asked = 0;
  fails = false;

  constructor(
    name: string,
    readonly initiator = false,
    readonly proves = true,
  ) {
    this.pne = ascii(name);
  }

  get setup(): MemberSetup {
    return this as unknown as MemberSetup;
  }

  authenticate(rand: Uint8Array, wrapped?: { entityID: Uint8Array }): void {
    this.asked = rand[0] ?? 0;
    if (wrapped !== undefined) assert.ok(equalBytes(wrapped.entityID, this.pne));
    if (this.fails) throw new CpnsError("pn.notTrusted");
    if (this.proves) this.hash = hash;
  }

  verdict(result: number, said?: Uint8Array, proof?: Uint8Array): void {
    if (this.over) return;
    this.over = true;
    this.hash = undefined;
    this.verdicts.push(`${resultName(result)}${said && proof ? " with all" : ""}`);
  }
}

class Bench {
  readonly clock = new ManualClock();
  readonly begun: (boolean | undefined)[] = [];
  readonly ends: string[] = [];
  instead = 0;
  readonly establishment: Establishment;

  /** `answers`: to the registration, and to the proofs. */
  constructor(
    answers: readonly (Uint8Array | undefined)[],
    { room, standing = false }: { room?: number; standing?: boolean } = {},
  ) {
    const exchange: Exchange = (_, done, errand) => {
      const answer = answers[this.begun.length];
      this.begun.push(errand?.begun);
      done(answer === undefined ? { error: new CpnsError("result.busy") } : { value: answer });
    };
    const options = {
      clock: this.clock,
      fault: noFault,
      pnID,
      setupType: 1,
      gatewayInfo: noInfo(),
      exchange,
      room,
    };
    this.establishment = new Establishment(
      {
        ...options,
        done: (outcome) =>
          void this.ends.push(
            ended(
              outcome,
              "value" in outcome
                ? outcome.value.members.map(({ pne }) => String.fromCharCode(...pne)).join()
                : "",
            ),
          ),
        ...(standing && { instead: () => void this.instead++ }),
      },
      1,
    );
  }

  run(...all: readonly Taking[]): this {
    for (const one of all) this.establishment.add(one.setup);
    this.establishment.start();
    this.establishment.answered();
    return this;
  }
}

const offer = (id: Uint8Array = pnID, members: readonly string[] = []) =>
  encodeMessage(pnAuthenticationRequest, 1, {
    ...{ pnID: id, rand: new Uint8Array(32).fill(9) },
    members: members.map((name) => ({ entityID: ascii(name) })),
  });
const word = (
  said: readonly (readonly [string, number, boolean])[],
  id: Uint8Array | undefined = pnID,
  result: number = Result.ok,
) =>
  encodeMessage(pnRegistrationResponse, 2, {
    ...{ pnID, result, ...(id && { pnInventory: inventory(id) }) },
    members: said.map(([name, own, proof]) => ({
      entityID: ascii(name),
      result: own,
      ...(proof && { hash }),
    })),
  });

describe("what the Server answers for a PN that is set up (PNI-05, PNI-12)", () => {
  it("lets in who has a Result of ok with a HASH, and refuses whom it says nothing of", () => {
    const all = ["a", "b", "c", "d"].map((name) => new Taking(name, name === "a"));
    const said = word([
      ["a", Result.ok, true],
      ["b", Result.notAuthorized, false],
      ["c", Result.ok, false],
    ]);
    const bench = new Bench([offer(pnID, ["b", "a"]), said]).run(...all);
    assert.deepEqual(bench.ends, ["a"]);
    assert.deepEqual(
      all.map(({ verdicts }) => verdicts),
      [["ok with all"], ["notAuthorized"], ["ok"], ["refused"]],
    );
    assert.deepEqual(bench.begun, [false, true], "the second goes before what is new");
    assert.ok(all.every(({ asked }) => asked === 9));
    assert.equal(bench.clock.armed, 0);
  });

  it("ends it for all when it is no answer to what was asked, or of another PN", () => {
    for (const [answers, result] of [
      [[offer(other)], "protocol"],
      [[word([])], "protocol"],
      [[encodeMessage(acknowledgement, 1, {})], "protocol"],
      [[encodeMessage(failure, 1, { result: Result.full })], "full"],
      [[undefined], "busy"],
      [[offer(), offer()], "protocol"],
      [[offer(), word([["a", Result.ok, true]], other)], "protocol"],
      [[offer(), undefined], "busy"],
    ] as const) {
      const [a, b] = [new Taking("a", true), new Taking("b")];
      const bench = new Bench(answers).run(a, b);
      assert.deepEqual([bench.ends, a.verdicts, b.verdicts], [[`result.${result}`], [result], [result]]);
      assert.equal(bench.clock.armed, 0);
      bench.establishment.answered();
      bench.establishment.changed();
      bench.establishment.start();
      assert.equal(bench.ends.length, 1);
    }
  });

  it("says why nobody is in by the first reason that is not only a refusal", () => {
    const reason = (said: readonly (readonly [string, number, boolean])[], result: number = Result.refused) =>
      new Bench([
        offer(),
        encodeMessage(pnRegistrationResponse, 2, {
          ...{ pnID, result },
          members: said.map(([name, own]) => ({ entityID: ascii(name), result: own })),
        }),
      ]).run(new Taking("a", true), new Taking("b")).ends[0];
    assert.equal(
      reason([
        ["a", Result.refused, false],
        ["b", Result.notAuthorized, false],
      ]),
      "result.notAuthorized",
    );
    assert.equal(reason([["a", Result.refused, false]]), "result.refused");
    assert.equal(reason([["a", Result.ok, false]], Result.ok), "result.refused");
    assert.equal(reason([], Result.full), "result.full");
  });

  it("goes on without who does not prove himself, and whose key does not open", () => {
    const [a, b, c] = [new Taking("a", true), new Taking("b", false, false), new Taking("c")];
    c.fails = true;
    const bench = new Bench([offer(), word([["a", Result.ok, true]])]).run(a, b, c);
    assert.deepEqual([c.verdicts, bench.begun.length], [["refused"], 1]);
    bench.clock.advance(proofTime);
    assert.deepEqual([a.verdicts, b.verdicts, bench.ends], [["ok with all"], ["refused"], ["a"]]);
  });

  it("is instead of all that where a PN stands that lets them not in, or is full, and only then", () => {
    for (const [result, elsewhere] of [
      [Result.notAuthorized, 1],
      [Result.full, 1],
      [Result.busy, 0],
    ] as const) {
      const a = new Taking("a", true);
      const bench = new Bench([encodeMessage(failure, 1, { result })], { standing: true }).run(a);
      assert.deepEqual(
        [bench.instead, bench.ends.length, a.verdicts.length],
        [elsewhere, 1 - elsewhere, 1 - elsewhere],
      );
    }
    const late = new Bench([offer(), encodeMessage(failure, 1, { result: Result.full })], { standing: true });
    late.run(new Taking("a", true));
    assert.deepEqual([late.instead, late.ends], [0, ["result.full"]], "it had been told");
  });
});

describe("who takes part in a PN that is set up", () => {
  it("is each once, as many as there is room for, and nobody when it is too late", () => {
    const { establishment } = new Bench([], { room: 2 });
    establishment.add(new Taking("a", true).setup);
    assert.equal(
      codeOf(() => establishment.add(new Taking("a").setup)),
      "result.refused",
    );
    assert.equal(establishment.full, false);
    const b = new Taking("b");
    establishment.add(b.setup);
    assert.deepEqual([establishment.full, establishment.inviting], [true, true]);
    assert.equal(
      codeOf(() => establishment.add(new Taking("c").setup)),
      "result.full",
    );
    b.over = true;
    establishment.add(new Taking("b").setup);
    const over = new Bench([undefined]).run(new Taking("a", true)).establishment;
    assert.equal(over.inviting, false);
    assert.equal(
      codeOf(() => over.add(new Taking("c").setup)),
      "pn.tooLate",
    );
  });

  it("is nobody where all have gone: it is declined", () => {
    const bench = new Bench([]).run();
    assert.deepEqual(bench.ends, ["result.declined"]);
  });

  it("goes with those who have started it, and not with others", () => {
    const [a, b, c] = [new Taking("a", true), new Taking("b", true), new Taking("c")];
    const bench = new Bench([]);
    for (const one of [a, b, c]) bench.establishment.add(one.setup);
    bench.establishment.start();
    for (const one of [c, a]) {
      one.over = true;
      bench.establishment.changed();
      assert.deepEqual(bench.ends, []);
    }
    b.over = true;
    bench.establishment.changed();
    assert.deepEqual([bench.ends, bench.clock.armed], [["result.noRoute"], 0]);
  });

  it("is asked for at once when there is no room for more, though some have not answered", () => {
    const bench = new Bench([undefined], { room: 1 });
    bench.establishment.add(new Taking("a", true).setup);
    bench.establishment.start();
    assert.deepEqual(bench.ends, ["result.busy"]);
  });
});
