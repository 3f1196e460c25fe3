import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../../src/base/units.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { reauthenticateProcedure } from "../../../src/pne/procedures.js";
import { authenticationRequest, LinkKey, SetupType } from "../../../src/protocols/network/messages.js";
import { PNSetup } from "../../../src/protocols/network/pne.js";
import { codeOf } from "../../support/codeOf.js";
import { ManualClock } from "../../support/manualClock.js";
import { SeededRandom } from "../../support/seededRandom.js";

const serverID = ascii("cpns.example");
const [pne, gateway] = [ascii("kitchen"), ascii("gateway")];
const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

/** What comes of an AuthenticationRequest whose LocalEUKey expires at 1000, and does not open. */
function told(notBefore: number): string | undefined {
  const setup = new PNSetup(
    {
      how: { kind: "create", setupType: SetupType.oneToOne },
      suite: nobleSuite,
      random: new SeededRandom(7),
      clock: new ManualClock(),
      entityID: pne,
      gatewayID: gateway,
      serverID,
      euKey: filled(32, 1),
      capabilities: 1,
      name: undefined,
      linkKey: LinkKey.localEUKey,
      panSecure: false,
      forwardSecrecy: false,
      notBefore: Seconds(notBefore),
      storeLocalKey: () => assert.fail("stored"),
    },
    1,
  );
  setup.start();
  const body = { pnID: filled(16, 2), serverID, rand: filled(32, 3), keyID: 1, expiresAt: 1_000 };
  const message = encodeMessage(authenticationRequest, 1, { ...body, wrappedKey: filled(60, 4) });
  let detail = "";
  const code = codeOf(() => {
    try {
      setup.receive(message);
    } catch (error) {
      detail = String(error);
      throw error;
    }
  });
  setup.dispose();
  return detail.includes("expired") ? `${code} expired` : code;
}

describe("a LocalEUKey that has expired (C-21)", () => {
  it("is not taken by the PNE, which looks at the time before it opens anything", () => {
    assert.equal(told(999), "pn.notTrusted");
    assert.equal(told(1_000), "pn.notTrusted expired");
    assert.equal(told(5_000), "pn.notTrusted expired");
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
