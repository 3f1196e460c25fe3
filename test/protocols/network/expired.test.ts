import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { wrapLocalKey } from "../../../src/crypto/keys/localKeys.js";
import { deriveKeys } from "../../../src/crypto/keys/pairKeys.js";
import type { PairContext } from "../../../src/crypto/keys/relayedKeys.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { reauthenticateProcedure } from "../../../src/pne/procedures.js";
import { receiveLinkKey } from "../../../src/protocols/network/linkKey.js";
import { LinkKey, localKeyLifetime } from "../../../src/protocols/network/messages.js";
import { ManualClock } from "../../support/manualClock.js";
import { SeededRandom } from "../../support/seededRandom.js";

const serverID = ascii("cpns.example");
const [pne, gateway] = [ascii("kitchen"), ascii("gateway")];
const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);
const made = 1_800_000_000;
const ends = made + localKeyLifetime;

/** When a key that ends at `ends` by the Server ends for a PNE, by whose calendar it is `atLeast` now. */
function endsAt(atLeast: number): number {
  const keys = deriveKeys(nobleSuite, "EUK", filled(32, 1), pne);
  const context: PairContext = {
    pnID: filled(16, 2),
    pne,
    gateway,
    server: serverID,
    pneInfo: filled(3, 0),
    flags: 1,
    randPNE: filled(32, 4),
    randServer: filled(32, 3),
  };
  const terms = { keyID: 1, expiresAt: ends };
  const binding = { role: "pne", context, ...terms } as const;
  const wrappedKey = wrapLocalKey(nobleSuite, keys, binding, filled(12, 7), filled(32, 9));
  const body = { pnID: context.pnID, serverID, rand: context.randServer, ...terms, wrappedKey };
  const options = {
    suite: nobleSuite,
    linkKey: LinkKey.localEUKey,
    atLeast: Seconds(atLeast),
    storeLocalKey: () => assert.fail("stored"),
  };
  const key = receiveLinkKey(options, keys, context, body);
  assert.deepEqual(key.key, filled(32, 9));
  return key.expiresAt;
}

describe("the time of a LocalEUKey (C-21)", () => {
  it("is taken by the PNE however far its calendar is ahead, and has its whole time by that", () => {
    for (const now of [made + 1, ends - 1, ends, ends + 1, ends + 365 * 86_400])
      assert.equal(endsAt(now), now + localKeyLifetime, String(now));
  });

  it("is the Server's for a PNE without calendar, or one whose calendar is behind", () => {
    for (const now of [0, made - 365 * 86_400, made]) assert.equal(endsAt(now), ends, String(now));
  });

  it("is not used again by the PNE, and its copy is wiped (GWA-02, C-15)", () => {
    const clock = new ManualClock();
    clock.advance(Milliseconds(2_000_000_000_000));
    const use = (expiresAt: number): { readonly made: boolean; readonly key: Uint8Array } => {
      const key = filled(32, 5);
      const store = { localKey: () => ({ key, keyID: 1, expiresAt }), facts: { committed: undefined } };
      const ports = { suite: nobleSuite, random: new SeededRandom(8), clock, policy: {} };
      const pn = { pnID: filled(16, 2), server: { context: { pne } } };
      const connection = { nextExchange: () => 1 };
      const made = reauthenticateProcedure(ports as never, store as never, pn as never, connection as never);
      made?.dispose();
      return { made: made !== undefined, key };
    };
    assert.equal(use(2_000_000_001).made, true);
    const late = use(2_000_000_000);
    assert.equal(late.made, false);
    assert.ok(late.key.every((octet) => octet === 0));
  });
});
