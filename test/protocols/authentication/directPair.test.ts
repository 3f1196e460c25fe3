import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import type { Random } from "../../../src/base/ports.js";
import { fromPNE } from "../../../src/catalogue/legs.js";
import { deriveKeys, type KeyKind } from "../../../src/crypto/keys/pairKeys.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { Initiator } from "../../../src/protocols/authentication/initiator.js";
import { accept, respond } from "../../../src/protocols/authentication/responder.js";

const entityID = ascii("gw-1");
const key = new Uint8Array(32).fill(9);

function counter(): Random {
  let next = 1;
  return { fill: (into) => into.fill(next++) };
}

const keys = (kind: KeyKind = "EUK", octets = key, owner = entityID) =>
  deriveKeys(nobleSuite, kind, octets, owner);

/** Runs the pair; `change` may alter a message on its way. */
function run(
  responderKeys = keys(),
  change: (octets: Uint8Array, index: number) => Uint8Array = (octets) => octets,
): { readonly initiator: string; readonly responder: string; readonly sids: readonly string[] } {
  const random = counter();
  const initiator = new Initiator({ suite: nobleSuite, random, entityID, keys: keys() });
  const connect = fromPNE.decode(change(initiator.start(1), 0));
  assert.ok(connect.name === "ConnectRequest");
  const rand = new Uint8Array(32);
  random.fill(rand);
  const pending = respond(connect, rand);
  const answer = initiator.receive(change(pending.authenticateRequest, 1));
  assert.ok(answer instanceof Uint8Array);
  const response = fromPNE.decode(change(answer, 2));
  assert.ok(response.name === "AuthenticateResponse");
  const accepted = accept(nobleSuite, responderKeys, pending, response);
  const session = initiator.receive(change(accepted.connectResponse, 3));
  assert.ok(!(session instanceof Uint8Array));
  return {
    initiator: hex(session.sk.octets),
    responder: hex(accepted.sk.octets),
    sids: [hex(session.sid), hex(accepted.sid)],
  };
}

const flipLast =
  (wanted: number) =>
  (octets: Uint8Array, index: number): Uint8Array => {
    const copy = octets.slice();
    if (index === wanted) copy[copy.length - 1] = (copy[copy.length - 1] as number) ^ 1;
    return copy;
  };

describe("mutual authentication of a direct pair", () => {
  it("gives both sides the same session key and name, the initiator by HASHes, no random value (GWA-08, GWA-10, C-06, C-15)", () => {
    const { initiator, responder, sids } = run();
    assert.equal(initiator, responder);
    assert.equal(sids[0], sids[1]);
  });

  it("fails at the responder for another key, another kind of key, another owner (GWA-11)", () => {
    for (const other of [
      keys("EUK", new Uint8Array(32).fill(8)),
      keys("LEU"),
      keys("TK"),
      keys("EUK", key, ascii("x")),
    ]) {
      assert.throws(() => run(other), { code: "result.refused" });
    }
  });

  it("fails when a RAND or the initiator's HASH was altered (GWA-11)", () => {
    for (const message of [0, 1, 2])
      assert.throws(() => run(keys(), flipLast(message)), { code: "result.refused" });
  });

  it("fails at the initiator when the responder's HASH was altered (GWA-13)", () => {
    assert.throws(() => run(keys(), flipLast(3)), { code: "auth.notTrusted" });
  });

  it("refuses a RAND that is reflected or all zero", () => {
    const initiator = new Initiator({ suite: nobleSuite, random: counter(), entityID, keys: keys() });
    const connect = fromPNE.decode(initiator.start(1));
    assert.ok(connect.name === "ConnectRequest");
    assert.throws(() => respond(connect, connect.body.rand), { code: "crypto.rand" });
    const zero = { ...connect, body: { ...connect.body, rand: new Uint8Array(32) } };
    assert.throws(() => respond(zero, new Uint8Array(32).fill(1)), { code: "crypto.rand" });
  });

  it("names a message out of its order", () => {
    const initiator = new Initiator({ suite: nobleSuite, random: counter(), entityID, keys: keys() });
    initiator.start(1);
    assert.throws(() => initiator.start(1), { code: "protocol.unexpected" });
  });
});
