import assert from "node:assert/strict";
import { ascii, fromHex, hex } from "../../../src/base/octets.js";
import type { Random } from "../../../src/base/ports.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { fromPNE, toPNE } from "../../../src/catalogue/legs.js";
import type { Received } from "../../../src/codec/message.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { failure } from "../../../src/codec/replies.js";
import { Result } from "../../../src/codec/results.js";
import { resumedSession, resumptionSecret, ticketID } from "../../../src/crypto/keys/resumption.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { Secret } from "../../../src/crypto/secret.js";
import { fragmentCount } from "../../../src/link/fragment.js";
import { RecordLayer } from "../../../src/link/record.js";
import type { Ticket } from "../../../src/link/ticket.js";
import { Resumption, resume } from "../../../src/protocols/authentication/resumption.js";
import {
  type resumeRequest,
  resumeResponse,
} from "../../../src/protocols/authentication/resumptionMessages.js";
import { codeOf } from "../../support/codeOf.js";
import { ManualClock } from "../../support/manualClock.js";

const sk = (octet = 0x5c): Secret => new Secret(new Uint8Array(32).fill(octet));
const secret = (octet?: number): Secret => resumptionSecret(nobleSuite, sk(octet));
const ticket = (octet?: number): Ticket => ({ secret: secret(octet), until: Milliseconds(1000), left: 3 });

function counter(first = 1): Random {
  let next = first;
  return { fill: (into) => into.fill(next++) };
}

function decoded(octets: Uint8Array): Received<typeof resumeRequest> {
  const message = fromPNE.decode(octets);
  assert.ok(message.name === "ResumeRequest");
  return message;
}

describe("resumption of a session in one round trip (GWA-01, GWA-02)", () => {
  it("gives both sides the same new session key and name", () => {
    const asking = new Resumption(nobleSuite, counter(), ticket());
    const answered = resume(nobleSuite, counter(7), secret(), decoded(asking.start(1)));
    assert.ok(answered);
    const session = asking.receive(answered.response);
    assert.equal(hex(session.sk.octets), hex(answered.sk.octets));
    assert.equal(hex(session.sid), hex(answered.sid));
  });

  it("is within 60 octets on air, both messages with the headers of their fragments", () => {
    const asking = new Resumption(nobleSuite, counter(), ticket());
    const request = asking.start(1);
    const answered = resume(nobleSuite, counter(7), secret(), decoded(request));
    assert.ok(answered);
    const headers = 4 * (fragmentCount(request.length, 185) + fragmentCount(answered.response.length, 185));
    assert.equal(request.length + answered.response.length + headers, 60);
  });

  it("depends on fresh nonces of both sides", () => {
    const keys = new Set<string>();
    for (const [own, peer] of [
      [1, 2],
      [1, 3],
      [4, 2],
    ] as const) {
      const [c, s] = [new Uint8Array(8).fill(own), new Uint8Array(8).fill(peer)];
      keys.add(hex(resumedSession(nobleSuite, secret(), c, s).sk.octets));
    }
    assert.equal(keys.size, 3);
  });

  it("has the key schedule of docs/PROTOCOL.md", () => {
    const t = nobleSuite.hkdf(new Uint8Array(0), sk().octets, ascii("CPNS resume"), 32);
    const [c, s] = [fromHex("0102030405060708"), fromHex("1112131415161718")];
    const of = (label: string, ...parts: readonly Uint8Array[]): string =>
      hex(nobleSuite.hmac(t, ascii(label), ...parts));
    assert.equal(hex(ticketID(nobleSuite, secret())), of("resume id").slice(0, 8));
    const { sk: key, sid } = resumedSession(nobleSuite, secret(), c, s);
    assert.equal(hex(key.octets), of("resume sk", c, s));
    assert.equal(hex(sid), of("resume sid", c, s).slice(0, 16));
  });

  it("wipes the ticket's secret when it has succeeded and when it is given up", () => {
    const used = ticket();
    const asking = new Resumption(nobleSuite, counter(), used);
    const answered = resume(nobleSuite, counter(7), secret(), decoded(asking.start(1)));
    assert.ok(answered);
    asking.receive(answered.response);
    assert.equal(used.secret.wiped, true);
    const dropped = ticket();
    new Resumption(nobleSuite, counter(), dropped).dispose();
    assert.equal(dropped.secret.wiped, true);
  });

  it("ends by name when the peer has forgotten the session", () => {
    const asking = new Resumption(nobleSuite, counter(), ticket());
    asking.start(1);
    const forgotten = encodeMessage(failure, 1, { result: Result.sessionExpired });
    assert.throws(() => asking.receive(forgotten), { code: "result.sessionExpired" });
  });

  it("names a message out of its order, and one to another exchange", () => {
    const asking = new Resumption(nobleSuite, counter(), ticket());
    const answered = resume(nobleSuite, counter(7), secret(), decoded(asking.start(1)));
    assert.ok(answered);
    assert.throws(() => asking.start(1), { code: "protocol.unexpected" });
    const other = encodeMessage(
      resumeResponse,
      2,
      toPNE.decode(answered.response).body as { proof: Uint8Array },
    );
    assert.throws(() => asking.receive(other), { code: "protocol.unexpected" });
  });
});

describe("who attacks a resumption", () => {
  const flipped = (octets: Uint8Array, at: number): Uint8Array => {
    const copy = octets.slice();
    (copy[at] as number) ^= 1;
    return copy;
  };

  it("cannot alter any octet of nonce or proof of a request", () => {
    const request = decoded(new Resumption(nobleSuite, counter(), ticket()).start(1));
    for (let at = 4; at < request.body.proof.length; at++) {
      const body = { proof: flipped(request.body.proof, at) };
      assert.equal(resume(nobleSuite, counter(7), secret(), { ...request, body }), undefined, `${at}`);
    }
  });

  it("cannot alter any octet of an answer", () => {
    for (let at = 0; at < 16; at++) {
      const asking = new Resumption(nobleSuite, counter(), ticket());
      const answered = resume(nobleSuite, counter(7), secret(), decoded(asking.start(1)));
      assert.ok(answered);
      const message = toPNE.decode(answered.response);
      assert.ok(message.name === "ResumeResponse");
      const changed = encodeMessage(resumeResponse, 1, { proof: flipped(message.body.proof, at) });
      assert.equal(
        codeOf(() => asking.receive(changed)),
        "auth.notTrusted",
        `${at}`,
      );
    }
  });

  it("cannot use another session's ticket, not even with its id", () => {
    const request = decoded(new Resumption(nobleSuite, counter(), ticket(0x5d)).start(1));
    assert.equal(resume(nobleSuite, counter(7), secret(), request), undefined);
    const named = request.body.proof.slice();
    named.set(ticketID(nobleSuite, secret()));
    const body = { proof: named };
    assert.equal(resume(nobleSuite, counter(7), secret(), { ...request, body }), undefined);
  });

  it("cannot send a request back as its answer, nor an older answer", () => {
    const asking = new Resumption(nobleSuite, counter(), ticket());
    const request = decoded(asking.start(1));
    const reflected = { proof: request.body.proof.slice(4) };
    const message = encodeMessage(resumeResponse, 1, reflected);
    assert.throws(() => asking.receive(message), { code: "auth.notTrusted" });
    const older = new Resumption(nobleSuite, counter(40), ticket());
    const answered = resume(nobleSuite, counter(7), secret(), decoded(older.start(1)));
    assert.ok(answered);
    assert.throws(() => asking.receive(answered.response), { code: "auth.notTrusted" });
  });

  it("cannot cut a message short, or make it longer", () => {
    const request = new Resumption(nobleSuite, counter(), ticket()).start(1);
    for (let length = 0; length < request.length; length++) {
      assert.match(codeOf(() => fromPNE.decode(request.slice(0, length))) ?? "", /^(cbor|message)\./);
    }
    assert.match(codeOf(() => fromPNE.decode(new Uint8Array([...request, 0]))) ?? "", /^cbor\./);
  });
});

describe("the ticket of a session", () => {
  const clock = new ManualClock();
  const limits = { records: 16, lifetime: Seconds(100) };
  const layer = (resumptions?: number): RecordLayer =>
    new RecordLayer({
      suite: nobleSuite,
      clock,
      sk: sk(),
      role: "initiator",
      limits,
      ...(resumptions !== undefined && { resumptions }),
    });

  it("is there once, with the end of its session", () => {
    const session = layer(2);
    assert.equal(hex(session.ticketID ?? new Uint8Array(0)), hex(ticketID(nobleSuite, secret())));
    const taken = session.takeTicket();
    assert.equal(taken?.left, 2);
    assert.equal(taken?.until, session.until);
    assert.equal(session.takeTicket(), undefined);
    assert.equal(session.ticketID, undefined);
  });

  it("is not there where none was asked for, none is left, or after the wipe", () => {
    assert.equal(layer().takeTicket(), undefined);
    assert.equal(layer(0).takeTicket(), undefined);
    const wiped = layer(2);
    wiped.wipe();
    assert.equal(wiped.takeTicket(), undefined);
  });

  it("dies with the time of the session (GWA-01)", () => {
    const [before, after] = [layer(2), layer(2)];
    clock.advance(Milliseconds(99_999));
    assert.equal(before.takeTicket()?.left, 2);
    clock.advance(Milliseconds(1));
    assert.equal(after.takeTicket(), undefined);
  });
});
