import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { recordKeys } from "../../src/crypto/keys/recordKeys.js";
import { nobleSuite } from "../../src/crypto/noble.js";
import { Secret } from "../../src/crypto/secret.js";
import {
  linkRecord,
  openRecord,
  parseRecord,
  RecordLayer,
  recordOverhead,
  type SessionLimits,
  sealRecord,
  sessionHeaderLength,
  sessionRecord,
} from "../../src/link/record.js";
import { codeOf } from "../support/codeOf.js";
import { ManualClock } from "../support/manualClock.js";

const hello = ascii("hello");
const sid = fromHex("0011223344556677");
const sk = (): Secret => new Secret(new Uint8Array(32).fill(0x5c));

function pair(limits?: SessionLimits, id?: Uint8Array): readonly [RecordLayer, RecordLayer, ManualClock] {
  const clock = new ManualClock();
  const make = (role: "initiator" | "responder"): RecordLayer =>
    new RecordLayer({
      suite: nobleSuite,
      clock,
      sk: sk(),
      role,
      ...(id && { sid: id }),
      ...(limits && { limits }),
    });
  return [make("initiator"), make("responder"), clock];
}

const headerOf = (record: Uint8Array): unknown[] => {
  const parsed = parseRecord(record);
  return [parsed?.counter, parsed?.sid];
};

describe("an encrypted record", () => {
  it("has the documented header and overhead, on a link and in a session", () => {
    const [link] = pair();
    const first = link.seal(hello);
    assert.equal(hex(first.subarray(0, 5)), "0100000001");
    assert.equal(first.length, hello.length + recordOverhead);
    assert.equal(hex(link.seal(hello).subarray(0, 5)), "0100000002");
    const [session] = pair(undefined, sid);
    const named = session.seal(hello);
    assert.equal(hex(named.subarray(0, 13)), "020011223344556677" + "00000001");
    assert.equal(named.length, hello.length + sessionHeaderLength + 16);
    assert.deepEqual([linkRecord, sessionRecord], [first[0], named[0]]);
  });

  it("is AEAD under IV xor counter with the header as AAD (docs/PROTOCOL.md, Records)", () => {
    const direction = recordKeys(nobleSuite, sk()).initiatorToResponder;
    const nonce = direction.iv.slice();
    const counter = fromHex("81020304");
    for (let i = 0; i < 4; i++) nonce[8 + i] = (nonce[8 + i] as number) ^ (counter[i] as number);
    const aad = fromHex("01 81020304");
    const record = sealRecord(nobleSuite, direction, 0x81020304, hello);
    assert.equal(hex(record.subarray(5)), hex(nobleSuite.seal(direction.key.octets, nonce, hello, aad)));
  });

  it("opens at the other end, both ways, empty and long", () => {
    for (const id of [undefined, sid]) {
      const [initiator, responder] = pair(undefined, id);
      for (const plaintext of [hello, new Uint8Array(0), new Uint8Array(2048).fill(7)]) {
        assert.deepEqual(responder.open(initiator.seal(plaintext)), plaintext);
        assert.deepEqual(initiator.open(responder.seal(plaintext)), plaintext);
      }
    }
  });

  it("opens after others were lost, never after a later one", () => {
    const [initiator, responder] = pair();
    const [first, second, third] = [initiator.seal(hello), initiator.seal(hello), initiator.seal(hello)];
    responder.open(second);
    assert.equal(
      codeOf(() => responder.open(first)),
      "record.replay",
    );
    assert.deepEqual(responder.open(third), hello);
  });

  it("tells header and counter without a key, and what is no record", () => {
    const [link] = pair();
    const [session] = pair(undefined, sid);
    assert.deepEqual(headerOf(link.seal(hello)), [1, undefined]);
    assert.deepEqual(headerOf(session.seal(hello)), [1, sid]);
    const inner = new Uint8Array(40);
    inner.set(link.seal(hello), 3);
    assert.equal(parseRecord(inner.subarray(3))?.counter, 2);
    for (const none of [
      new Uint8Array(0),
      fromHex("84"),
      new Uint8Array(21),
      link.seal(new Uint8Array(0)).slice(0, 20),
    ]) {
      assert.equal(parseRecord(none), undefined);
    }
    assert.equal(parseRecord(session.seal(new Uint8Array(0)).slice(0, 28)), undefined);
  });

  it("can be sealed and opened with counters that a database keeps", () => {
    const { initiatorToResponder: direction } = recordKeys(nobleSuite, sk());
    const record = sealRecord(nobleSuite, direction, 7, hello, sid);
    assert.deepEqual(openRecord(nobleSuite, direction, 6, record), { plaintext: hello, counter: 7 });
    assert.equal(
      codeOf(() => openRecord(nobleSuite, direction, 7, record)),
      "record.replay",
    );
    const [, responder] = pair(undefined, sid);
    assert.deepEqual(responder.open(record), hello);
  });
});

describe("the limits of a session (GWA-01)", () => {
  const limits = { records: 3, lifetime: Seconds(60) };

  it("end it after so many records of one direction", () => {
    const [initiator, responder] = pair(limits);
    const records = [initiator.seal(hello), initiator.seal(hello)];
    assert.equal(initiator.alive, true);
    records.push(initiator.seal(hello));
    assert.equal(initiator.alive, false);
    assert.equal(
      codeOf(() => initiator.seal(hello)),
      "record.expired",
    );
    for (const record of records) assert.deepEqual(responder.open(record), hello);
    assert.equal(responder.alive, false);
    assert.deepEqual(initiator.open(responder.seal(hello)), hello, "the last request can be answered");
  });

  it("end it in time, at both ends", () => {
    const [initiator, responder, clock] = pair(limits);
    const record = initiator.seal(hello);
    clock.advance(Milliseconds(59_999));
    assert.deepEqual(responder.open(record), hello);
    const late = initiator.seal(hello);
    clock.advance(Milliseconds(1));
    assert.equal(initiator.alive, false);
    assert.equal(
      codeOf(() => initiator.seal(hello)),
      "record.expired",
    );
    assert.equal(
      codeOf(() => responder.open(late)),
      "record.expired",
    );
  });

  it("hold against a peer that goes beyond them", () => {
    const [, responder] = pair(limits);
    const { initiatorToResponder: direction } = recordKeys(nobleSuite, sk());
    const beyond = sealRecord(nobleSuite, direction, 4, hello);
    assert.equal(
      codeOf(() => responder.open(beyond)),
      "record.expired",
    );
  });
});

describe("the keys of a session", () => {
  it("are one per direction, and wiped with it", () => {
    const secret = sk();
    const layer = new RecordLayer({
      suite: nobleSuite,
      clock: new ManualClock(),
      sk: secret,
      role: "initiator",
    });
    assert.equal(secret.wiped, true);
    const record = layer.seal(hello);
    layer.wipe();
    assert.equal(
      codeOf(() => layer.seal(hello)),
      "record.expired",
    );
    assert.equal(
      codeOf(() => layer.open(record)),
      "record.expired",
    );
  });
});

describe("the answer to a record of a session", () => {
  const answer = (counter: number): Uint8Array => {
    const { responderToInitiator } = recordKeys(nobleSuite, sk());
    return sealRecord(nobleSuite, responderToInitiator, counter, hello, sid);
  };

  it("bears its counter, and opens for no other (docs/PROTOCOL.md, Records)", () => {
    const [initiator] = pair(undefined, sid);
    assert.deepEqual(initiator.openAnswer(7, answer(7)), hello);
    for (const counter of [6, 8])
      assert.equal(
        codeOf(() => initiator.openAnswer(counter, answer(7))),
        "record.replay",
      );
  });

  it("is refused by name when it is no record, and when a bit of it is another", () => {
    const [initiator] = pair(undefined, sid);
    for (const length of [0, 1, sessionHeaderLength])
      assert.equal(
        codeOf(() => initiator.openAnswer(7, answer(7).subarray(0, length))),
        "record.form",
      );
    const forged = answer(7);
    forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
    assert.equal(
      codeOf(() => initiator.openAnswer(7, forged)),
      "record.forged",
    );
  });
});

describe("a session that is never resumed", () => {
  it("holds no secret for it: with no resumptions there is no ticket", () => {
    for (const resumptions of [undefined, 0]) {
      const options = { suite: nobleSuite, clock: new ManualClock(), sk: sk(), role: "initiator" } as const;
      const layer = new RecordLayer({ ...options, ...(resumptions !== undefined && { resumptions }) });
      assert.equal(layer.ticketID, undefined);
    }
    const options = { suite: nobleSuite, clock: new ManualClock(), sk: sk(), role: "initiator" } as const;
    assert.notEqual(new RecordLayer({ ...options, resumptions: 1 }).ticketID, undefined);
  });
});

describe("the renewal of a session", () => {
  const due = (records: number, sealed: number): boolean => {
    const [layer] = pair({ records, lifetime: Seconds(800) });
    for (let i = 0; i < sealed; i++) layer.seal(hello);
    return layer.renewalDue;
  };

  it("falls due with the last eighth of its records, and with four that are left", () => {
    assert.deepEqual([due(80, 69), due(80, 70)], [false, true]);
    assert.deepEqual([due(16, 11), due(16, 12)], [false, true]);
  });

  it("falls due with what the other side has sent, too", () => {
    const [one, other] = pair({ records: 16, lifetime: Seconds(800) });
    for (let i = 0; i < 11; i++) one.open(other.seal(hello));
    assert.equal(one.renewalDue, false);
    one.open(other.seal(hello));
    assert.equal(one.renewalDue, true);
  });

  it("falls due with the last eighth of its time (GWA-01, GWA-02)", () => {
    const [layer, , clock] = pair({ records: 1000, lifetime: Seconds(800) });
    clock.advance(Milliseconds(699_999));
    assert.equal(layer.renewalDue, false);
    clock.advance(Milliseconds(1));
    assert.equal(layer.renewalDue, true);
  });
});
