import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { encode } from "../../../src/codec/schema.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import type { GatewayPorts } from "../../../src/procedure/gatewayPorts.js";
import { MemberSetup } from "../../../src/protocols/network/memberSetup.js";
import { LinkKey, pneInfo } from "../../../src/protocols/network/messages.js";
import { codeOf } from "../../support/codeOf.js";

const pne = ascii("pne-1");
const pnID = new Uint8Array(16).fill(3);
const octets = (octet: number): Uint8Array => new Uint8Array(32).fill(octet);
const ports = {
  suite: nobleSuite,
  gatewayID: ascii("gw-1"),
  serverID: ascii("cpns.example"),
} as GatewayPorts;

/** A PNE that claims a key for its link, and is at the point of its HASH although the Server had none for it. */
function keyless(linkKey: number, panSecure: boolean): MemberSetup {
  const info = encode(pneInfo, { entityID: pne, flags: 0, linkKey });
  const options = { ports, pnID, pne, initiator: true, pneInfo: info, rand: octets(1), panSecure };
  const setup = new MemberSetup(
    { ...options, protect: () => {}, changed: () => {} },
    { exchange: 1, answer: () => {} },
  );
  setup.authenticate(octets(2), { entityID: pne });
  return setup;
}

const prove = (setup: MemberSetup): void =>
  setup.prove(
    { name: "AuthenticationResponse", exchange: 2, body: { pnID, hash: octets(7) }, octets: octets(0) },
    () => {},
  );

describe("the PN GW's part for one PNE (LEU-04)", () => {
  it("takes no HASH over a link on an insecure PAN that no key protects, whatever was claimed (LEU-02)", () => {
    for (const linkKey of [LinkKey.localEUKey, LinkKey.preAssigned]) {
      const setup = keyless(linkKey, false);
      assert.equal(
        codeOf(() => prove(setup)),
        "protocol.unexpected",
      );
      assert.equal(setup.hash, undefined);
    }
    assert.equal(
      codeOf(() => keyless(LinkKey.none, false)),
      "pn.unprotected",
    );
  });

  it("needs no key on a PAN that is secure by itself", () => {
    for (const linkKey of [LinkKey.none, LinkKey.localEUKey]) {
      const setup = keyless(linkKey, true);
      prove(setup);
      assert.deepEqual(setup.hash, octets(7));
    }
  });
});
