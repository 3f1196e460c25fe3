import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { Secret } from "../../../src/crypto/secret.js";
import { openHandshake, sealHandshake } from "../../../src/protocols/authentication/handles.js";
import { SeededRandom } from "../../support/seededRandom.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const now = Milliseconds(1_800_000_000_000);
const server = (octet: number) => ({
  suite: nodeSuite,
  random: new SeededRandom(3),
  secrets: { unknown: new Secret(filled(32, octet)) },
});
const open = { connectRequest: ascii("asks"), randResponder: filled(32, 2), count: 5, madeAt: now };

describe("what the Server seals into the handle of a handshake (GWA-01)", () => {
  it("is opened by the Server that has made it, and by no other, as it was", () => {
    const [ports, other] = [server(1), server(2)];
    const whole = { ...open, share: filled(33, 3), ecdh: filled(32, 4) };
    for (const one of [open, whole]) {
      const handle = sealHandshake(ports, one);
      assert.deepEqual({ ...openHandshake(ports, handle, now) }, one);
      assert.equal(openHandshake(other, handle, now), undefined);
      handle[20] = (handle[20] ?? 0) ^ 1;
      assert.equal(openHandshake(ports, handle, now), undefined);
    }
    assert.notDeepEqual(sealHandshake(ports, open), sealHandshake(ports, open), "a nonce of its own each");
  });

  it("is of use for less than 20 seconds, whichever way the clock was set since", () => {
    const ports = server(1);
    const handle = sealHandshake(ports, open);
    const after = (by: number) => openHandshake(ports, handle, Milliseconds(now + by)) !== undefined;
    assert.deepEqual([-20_000, -19_999, 19_999, 20_000].map(after), [false, true, true, false]);
  });

  it("is nothing where it is too short, or has something else in it", () => {
    const ports = server(1);
    for (const length of [0, 11, 12, 27, 28, 60])
      assert.equal(openHandshake(ports, filled(length, 7), now), undefined);
    const key = nodeSuite.hmac(ports.secrets.unknown.octets, ascii("CPNS handshake"));
    const sealed = nodeSuite.seal(key, filled(12, 1), ascii("no record"), new Uint8Array(0));
    assert.equal(openHandshake(ports, Uint8Array.of(...filled(12, 1), ...sealed), now), undefined);
  });

  it("leaves neither its key nor what was opened in memory", () => {
    const made: Uint8Array[] = [];
    const keep = <Octets extends Uint8Array | undefined>(octets: Octets): Octets => {
      if (octets !== undefined) made.push(octets);
      return octets;
    };
    const suite = {
      ...nodeSuite,
      hmac: (...all: Parameters<typeof nodeSuite.hmac>) => keep(nodeSuite.hmac(...all)),
      seal: (...all: Parameters<typeof nodeSuite.seal>) => {
        keep(all[2]);
        return nodeSuite.seal(...all);
      },
      open: (...all: Parameters<typeof nodeSuite.open>) => keep(nodeSuite.open(...all)),
    };
    const ports = { ...server(1), suite };
    const handle = sealHandshake(ports, { ...open, ecdh: filled(32, 4) });
    assert.equal(made.length, 2);
    assert.deepEqual(openHandshake(ports, handle, now)?.ecdh, filled(32, 4));
    assert.equal(openHandshake(ports, handle, Milliseconds(now + 20_000)), undefined);
    assert.equal(made.length, 6);
    assert.ok(made.every(allZero));
  });
});
