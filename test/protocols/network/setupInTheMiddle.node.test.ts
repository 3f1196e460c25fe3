import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { Milliseconds, Seconds, toSeconds } from "../../../src/base/units.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { pnEstablishmentNotify } from "../../../src/protocols/network/invitations.js";
import {
  authenticationRequest,
  LinkKey,
  localKeyLifetime,
  pnSetupResponse,
} from "../../../src/protocols/network/messages.js";
import type { SetupOptions } from "../../../src/protocols/network/setupOptions.js";
import { pnID } from "../../support/serverPN.js";
import { SetupPN, temporaryKey } from "../../support/setupPN.js";

const toPNE = messageSet(authenticationRequest, pnSetupResponse, pnEstablishmentNotify);
const invited = { kind: "invited", pnID, byGateway: false } as const;

let bench: SetupPN;
async function begin(): Promise<void> {
  bench = await new SetupPN().ready();
}

describe("a PNE in whose way to the Server somebody stands", () => {
  beforeEach(begin);

  type Asked = ReturnType<typeof toPNE.decode> & { name: "AuthenticationRequest" };
  type Verdict = ReturnType<typeof toPNE.decode> & { name: "PNSetupResponse" };

  /** What ends it when the first answer, or the last, is changed on its way. */
  async function told(
    change: { asked?: (body: Asked["body"]) => object; verdict?: (body: Verdict["body"]) => object },
    options: Partial<SetupOptions> = {},
  ): Promise<string | undefined> {
    bench = await new SetupPN().ready();
    await bench.factoryKnows("kitchen");
    const one = await bench.taking("kitchen", options);
    one.hand = (octets) => {
      if (!toPNE.includes(octets)) return octets;
      const message = toPNE.decode(octets);
      const { name, exchange, body } = message;
      if (name === "AuthenticationRequest")
        return encodeMessage(authenticationRequest, exchange, { ...body, ...change.asked?.(body) } as never);
      if (name === "PNSetupResponse")
        return encodeMessage(pnSetupResponse, exchange, { ...body, ...change.verdict?.(body) } as never);
      return octets;
    };
    await bench.offer([one]);
    if (one.code === undefined) await bench.settle([one]);
    one.setup.dispose();
    assert.equal(one.outcome === undefined, one.code !== undefined);
    return one.code;
  }

  const none = { linkKey: LinkKey.none, panSecure: true } as const;
  const preAssigned = { linkKey: LinkKey.preAssigned, capabilities: 0, temporaryKey } as const;
  const flipped = (octets: Uint8Array | undefined, at = 0): Uint8Array => {
    const other = (octets ?? new Uint8Array(1)).slice();
    other[at] = (other[at] ?? 0) ^ 1;
    return other;
  };

  it("believes nobody who names another Server, another PN, or a RAND that is none", async () => {
    assert.equal(await told({}), undefined);
    assert.equal(await told({ asked: () => ({ serverID: ascii("evil.example") }) }), "pn.notTrusted");
    const other = { asked: () => ({ pnID: new Uint8Array(16).fill(9) }) };
    assert.equal(await told(other, { ...none, how: invited }), "pn.pnID");
    assert.notEqual(await told(other, none), undefined);
    for (const rand of [new Uint8Array(32)])
      assert.equal(await told({ asked: () => ({ rand }) }), "crypto.rand");
  });

  it("takes no share that it has not asked for, and no other than the Server's", async () => {
    const share = () => ({ share: Uint8Array.of(2, ...new Uint8Array(32).fill(5)) });
    assert.equal(await told({ asked: share }, none), "protocol.unexpected");
    assert.notEqual(await told({ asked: share }, { ...none, forwardSecrecy: true }), undefined);
  });

  it("goes on without no key, an old one, or one that the Server has not wrapped for exactly this (PNI-06c)", async () => {
    for (const field of ["keyID", "expiresAt", "wrappedKey"] as const)
      assert.equal(await told({ asked: () => ({ [field]: undefined }) }), "pn.keyUnknown", field);
    for (const at of [0, 11, 12, 43, 44, 59])
      assert.equal(
        await told({ asked: ({ wrappedKey }) => ({ wrappedKey: flipped(wrappedKey, at) }) }),
        "pn.notTrusted",
      );
    assert.equal(await told({ asked: ({ keyID = 0 }) => ({ keyID: keyID + 1 }) }), "pn.notTrusted");
    assert.equal(
      await told({ asked: ({ expiresAt = 0 }) => ({ expiresAt: expiresAt + 1 }) }),
      "pn.notTrusted",
    );
    assert.equal(await told({ asked: ({ rand }) => ({ rand: flipped(rand) }) }), "pn.notTrusted");
    // By its own calendar it would be over as it comes (C-21).
    const end = toSeconds(Milliseconds(1_800_000_000_000)) + localKeyLifetime;
    assert.equal(await told({}, { atLeast: Seconds(end + 1) }), undefined);
  });

  it("derives its pre-assigned key, and takes none that is sent (LEU-02)", async () => {
    assert.equal(await told({}, preAssigned), undefined);
    const wrapped = { asked: () => ({ wrappedKey: new Uint8Array(60).fill(1) }) };
    assert.equal(await told(wrapped, preAssigned), "pn.keyUnknown");
    assert.equal(await told({}, { ...preAssigned, temporaryKey: undefined }), "pn.keyUnknown");
    const wrong = () => new Uint8Array(32).fill(1);
    assert.notEqual(await told({}, { ...preAssigned, temporaryKey: wrong }), undefined);
  });

  it("believes no inventory that is not under the Server's HASH, and no verdict without (PNI-14b)", async () => {
    for (const field of ["hash", "pnInventory"] as const) {
      assert.equal(await told({ verdict: () => ({ [field]: undefined }) }, none), "pn.notTrusted", field);
      const last = { verdict: (body: Verdict["body"]) => ({ [field]: flipped(body[field], 31) }) };
      assert.equal(await told(last, none), "pn.notTrusted", field);
    }
  });

  it("is told why not by the Result, at whatever point", async () => {
    for (const [result, code] of [
      [1, "result.refused"],
      [8, "result.notAuthorized"],
      [11, "result.full"],
    ] as const)
      assert.equal(await told({ verdict: () => ({ result }) }, none), code);
    const one = await bench.taking("hall", none);
    one.run(() => one.setup.receive(encodeMessage(pnSetupResponse, 1, { result: 8 })));
    assert.equal(one.code, "result.notAuthorized");
    const two = await bench.taking("porch", none);
    two.run(() => two.setup.receive(encodeMessage(pnSetupResponse, 1, { result: 0 })));
    assert.equal(two.code, "protocol.unexpected", "nothing was proven yet");
  });

  it("takes the other side's answer for none: of who has started it, and of who was invited", async () => {
    const body = { result: 0, pnID, pnInventory: new Uint8Array(9), hash: new Uint8Array(32) };
    const one = await bench.taking("kitchen", none);
    await bench.offer([one]);
    one.run(() => one.setup.receive(encodeMessage(pnEstablishmentNotify, 1, body)));
    assert.equal(one.code, "protocol.unexpected");
    const again = { pnID, serverID: bench.serverID, rand: new Uint8Array(32).fill(5) };
    const two = await bench.taking("hall", { ...none, how: invited });
    two.run(() => two.setup.receive(encodeMessage(authenticationRequest, 1, again)));
    two.run(() => two.setup.receive(encodeMessage(authenticationRequest, 1, again)));
    assert.equal(two.code, "protocol.unexpected", "a second time");
    two.code = undefined;
    two.run(() => two.setup.receive(encodeMessage(pnSetupResponse, 1, body)));
    assert.equal(two.code, "protocol.unexpected");
  });
});
