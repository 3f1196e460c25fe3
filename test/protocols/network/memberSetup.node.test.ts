import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { Result, resultName } from "../../../src/codec/results.js";
import { encode } from "../../../src/codec/schema.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import type { GatewayPorts } from "../../../src/procedure/gatewayPorts.js";
import { authenticateResponse, connectRequest } from "../../../src/protocols/authentication/messages.js";
import { MemberSetup } from "../../../src/protocols/network/memberSetup.js";
import {
  authenticationRequest,
  authenticationResponse,
  LinkKey,
  pneInfo,
  pnSetupResponse,
} from "../../../src/protocols/network/messages.js";
import type { SetupOptions } from "../../../src/protocols/network/setupOptions.js";
import { codeOf } from "../../support/codeOf.js";
import { pnID as setupPNID } from "../../support/serverPN.js";
import { SetupPN } from "../../support/setupPN.js";

const pne = ascii("pne-1");
const octets = (octet: number): Uint8Array => new Uint8Array(32).fill(octet);
const ports = {
  suite: nobleSuite,
  gatewayID: ascii("gw-1"),
  serverID: ascii("cpns.example"),
} as GatewayPorts;

describe("the PN GW's part for one PNE, whatever the PNE says (PNI-06d, C-15)", () => {
  const pnIDs = { pnID: setupPNID };
  let bench: SetupPN;
  beforeEach(async () => {
    bench = await new SetupPN().ready();
  });

  /** At the point where the PNE has its key, and what the PN GW was told for it. */
  async function asked(name = "kitchen", more: Partial<SetupOptions> = {}) {
    const one = await bench.taking(name, more);
    const reply = await bench.register([one.member.entry]);
    assert.ok(reply.name === "PNAuthenticationRequest");
    const [wrapped] = reply.body.members;
    assert.ok(wrapped);
    return { one, rand: reply.body.rand, wrapped };
  }

  const connecting = (name: string, keyID: number | undefined) => {
    const body = { entityID: ascii(name), rand: octets(9), ...(keyID !== undefined && { keyID }) };
    return messageSet(connectRequest).decode(encodeMessage(connectRequest, 5, body));
  };
  const responding = (hash = new Uint8Array(16)) =>
    messageSet(authenticateResponse).decode(encodeMessage(authenticateResponse, 6, { hash }));
  const proving = (id = setupPNID) =>
    messageSet(authenticationResponse).decode(
      encodeMessage(authenticationResponse, 7, { pnID: id, hash: octets(7) }),
    );
  const nothing = () => {};

  it("shakes hands with the key that it has just given, once, and before any HASH", async () => {
    const { one, rand, wrapped } = await asked();
    one.hand = () => new Uint8Array(0);
    const { member } = one;
    const keyID = wrapped.keyID ?? 0;
    assert.equal(
      codeOf(() => member.connect(connecting("kitchen", keyID))),
      "protocol.unexpected",
      "too early",
    );
    assert.equal(
      codeOf(() => member.accept(responding(), nothing)),
      "protocol.unexpected",
    );
    assert.equal(
      codeOf(() => member.prove(proving(), nothing)),
      "protocol.unexpected",
    );
    member.authenticate(rand, wrapped);
    for (const [name, id] of [
      ["hall", keyID],
      ["kitchen", keyID + 1],
      ["kitchen", undefined],
    ] as const)
      assert.equal(
        codeOf(() => member.connect(connecting(name, id))),
        "result.refused",
      );
    assert.equal(
      codeOf(() => member.accept(responding(), nothing)),
      "protocol.unexpected",
      "no handshake yet",
    );
    assert.equal(
      codeOf(() => member.prove(proving(), nothing)),
      "protocol.unexpected",
      "unprotected",
    );
    member.connect(connecting("kitchen", keyID));
    assert.equal(
      codeOf(() => member.connect(connecting("kitchen", keyID))),
      "protocol.unexpected",
      "a second one",
    );
    assert.equal(
      codeOf(() => member.accept(responding(), nothing)),
      "result.refused",
    );
    assert.deepEqual([member.over, one.changes], [true, 1], "one try");
    member.close();
    assert.equal(one.changes, 1);
  });

  it("takes the HASH of its own PN, and once", async () => {
    const { one, rand, wrapped } = await asked("kitchen", { panSecure: true });
    one.hand = () => new Uint8Array(0);
    one.member.authenticate(rand, wrapped);
    const { member } = one;
    assert.equal(
      codeOf(() => member.prove(proving(new Uint8Array(16)), nothing)),
      "pn.pnID",
    );
    member.prove(proving(), nothing);
    assert.ok(member.hash);
    assert.equal(one.changes, 1);
    assert.equal(
      codeOf(() => member.prove(proving(), nothing)),
      "protocol.unexpected",
    );
    member.authenticate(octets(3), undefined);
    assert.ok(member.hash, "nor is it asked anew");
  });

  it("keeps no key that the Server has not wrapped for it and for exactly this", async () => {
    const { one, rand, wrapped } = await asked("kitchen", { panSecure: true });
    const copy = wrapped.gatewayCopy?.slice();
    assert.ok(copy);
    copy[20] = (copy[20] ?? 0) ^ 1;
    assert.equal(
      codeOf(() => one.member.authenticate(rand, { ...wrapped, gatewayCopy: copy })),
      "pn.notTrusted",
    );
    for (const part of ["keyID", "expiresAt", "gatewayCopy"] as const) {
      bench = await new SetupPN().ready();
      const other = await asked("kitchen", { panSecure: true });
      other.one.hand = () => new Uint8Array(0);
      other.one.member.authenticate(other.rand, { ...other.wrapped, [part]: undefined } as never);
      other.one.member.prove(proving(), nothing);
      assert.equal(other.one.member.take().localKey, undefined, part);
    }
    bench = await new SetupPN().ready();
    Object.defineProperty(bench.gateway, "store", { value: { committed: undefined } });
    const none = await asked("kitchen", { panSecure: true });
    none.one.hand = () => new Uint8Array(0);
    none.one.member.authenticate(none.rand, none.wrapped);
    none.one.member.prove(proving(), nothing);
    assert.equal(none.one.member.take().localKey, undefined, "it has no EUKey itself");
  });

  it("is of who the link says it is, with a RAND that is one", () => {
    const said = encode(pneInfo, { entityID: pne, flags: 0, linkKey: LinkKey.none });
    const make = (more: object) =>
      codeOf(
        () =>
          new MemberSetup(
            {
              ...{ ports, ...pnIDs, pne, initiator: true, pneInfo: said, rand: octets(1), panSecure: true },
              protect: nothing,
              changed: nothing,
              ...more,
            },
            { exchange: 1, answer: nothing },
          ),
      );
    assert.equal(make({}), undefined);
    assert.equal(make({ pne: ascii("pne-2") }), "pn.entityID");
    assert.equal(make({ rand: octets(0) }), "pn.rand");
    assert.equal(make({ panSecure: false }), "pn.unprotected");
    assert.equal(make({ pneInfo: Uint8Array.of(1) })?.startsWith("cbor."), true);
  });

  it("says the Server's word once, and ok only with all that proves it", () => {
    const verdicts = (result: Result, inventory?: Uint8Array, hash?: Uint8Array, proven = true) => {
      const told: string[] = [];
      const answer = (said: Uint8Array): void => {
        const { name, body, exchange } = messageSet(pnSetupResponse, authenticationRequest).decode(said);
        if (name === "PNSetupResponse")
          told.push(`${exchange} ${resultName(body.result)} ${body.hash?.length}`);
      };
      const said = encode(pneInfo, { entityID: pne, flags: 0, linkKey: LinkKey.none });
      const options = {
        ports,
        ...pnIDs,
        pne,
        initiator: true,
        pneInfo: said,
        rand: octets(1),
        panSecure: true,
      };
      const setup = new MemberSetup(
        { ...options, protect: nothing, changed: nothing },
        { exchange: 1, answer },
      );
      if (proven) {
        setup.authenticate(octets(2), { entityID: pne });
        setup.prove(proving(), answer);
      }
      setup.verdict(result, inventory, hash);
      setup.verdict(result, inventory, hash);
      assert.equal(setup.over, true);
      return told.join();
    };
    const [inventory, hash] = [octets(5), octets(6)];
    assert.equal(verdicts(Result.ok, inventory, hash), "7 ok 32");
    assert.equal(verdicts(Result.ok, undefined, hash), "7 refused undefined");
    assert.equal(verdicts(Result.ok, inventory, undefined), "7 refused undefined");
    assert.equal(verdicts(Result.notAuthorized, inventory, hash), "7 notAuthorized undefined");
    assert.equal(verdicts(Result.ok, inventory, hash, false), "1 refused undefined");
    assert.equal(verdicts(Result.full, undefined, undefined, false), "1 full undefined");
  });
});
