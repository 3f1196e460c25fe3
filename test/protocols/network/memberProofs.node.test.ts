import assert from "node:assert/strict";
import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { maximumContents } from "../../../src/codec/attributes.js";
import { encode, field, octets, record, uint } from "../../../src/codec/schema.js";
import { Capability } from "../../../src/protocols/discovery/messages.js";
import { readPNEInfo } from "../../../src/protocols/network/context.js";
import { MemberProofs } from "../../../src/protocols/network/memberProofs.js";
import { LinkKey, pneInfo, pneInfoOctets } from "../../../src/protocols/network/messages.js";
import { TestNetwork } from "../../support/network.js";
import { serverPorts } from "../../support/serverPorts.js";

const pnID = new Uint8Array(16).fill(1);
const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

describe("whom the Server takes for a member of what a PN GW registers (PNI-05, C-31)", () => {
  const proofs = new MemberProofs(serverPorts(new TestNetwork()));
  const taken = (...infos: readonly Uint8Array[]) =>
    proofs.members(
      {
        pnID,
        setupType: 1,
        members: infos.map((info, n) => ({ pneInfo: info, rand: filled(32, n + 1), flags: 0 })),
      },
      { pnID, gatewayID: ascii("gateway-01"), randServer: filled(32, 99) },
      Milliseconds(1),
    );
  const said = (flags: number, linkKey: number, more = {}): Uint8Array =>
    encode(pneInfo, { entityID: ascii("pne"), flags, linkKey, ...more });

  it("is who asks for a LocalEUKey with UI, or for the pre-assigned key without; whatever else the bits say (LEU-01, LEU-02, C-31)", () => {
    for (let flags = 0; flags <= 255; flags++) {
      for (const linkKey of Object.values(LinkKey)) {
        const hasUI = (flags & Capability.ui) !== 0;
        const good = linkKey === LinkKey.none || (linkKey === LinkKey.localEUKey) === hasUI;
        const members = taken(said(flags, linkKey));
        assert.equal(members.length, good ? 1 : 0, `${flags} ${linkKey}`);
        if (members[0]) assert.equal(readPNEInfo(members[0].pneInfo).flags, flags, "all bits are kept");
      }
    }
  });

  it("is nobody whose bits do not fit one octet, or who says nothing of them", () => {
    const wide = record({
      entityID: field(1, octets(1, 32)),
      flags: field(22, uint(256)),
      linkKey: field(13, uint(2)),
    });
    const wider = (flags: number) => encode(wide, { entityID: ascii("pne"), flags, linkKey: 0 });
    assert.deepEqual(
      [255, 256].map((flags) => taken(wider(flags)).length),
      [1, 0],
    );
    const bare = record({ entityID: field(1, octets(1, 32)), linkKey: field(13, uint(2)) });
    assert.equal(taken(encode(bare, { entityID: ascii("pne"), linkKey: 0 })).length, 0);
  });

  it("is nobody with more than 200 octets of contents, and who has less stays in with him (C-30)", () => {
    const long = record({
      entityID: field(1, octets(1, 32)),
      flags: field(22, uint(1)),
      linkKey: field(13, uint(2)),
      contents: field(46, octets(1, 201)),
    });
    const of = (id: string, length: number) =>
      encode(long, { entityID: ascii(id), flags: 1, linkKey: 0, contents: filled(length, 0xff) });
    for (const [length, names] of [
      [maximumContents - 1, ["first", "last"]],
      [maximumContents, ["first", "last"]],
      [maximumContents + 1, ["last"]],
    ] as const) {
      const members = taken(of("first", length), of("last", 1));
      assert.deepEqual(
        members.map(({ entityID }) => hex(entityID)),
        names.map((name) => hex(ascii(name))),
        `${length}`,
      );
    }
  });

  it("has room in PNEInfo for everything at its longest (C-30, C-31)", () => {
    const most = said(255, LinkKey.localEUKey, {
      entityID: filled(32, 1),
      name: "n".repeat(32),
      alias: "a".repeat(32),
      share: filled(33, 2),
      contents: filled(maximumContents, 3),
    });
    const { max } = pneInfoOctets as { max?: number };
    assert.ok(most.length <= (max ?? 0), `${most.length} of ${max}`);
  });
});
