import assert from "node:assert/strict";
import { describeMessage } from "../../../hosts/simulator/network/describe.js";
import { ascii } from "../../../src/base/octets.js";
import { encodeMessage, type MessageDefinition } from "../../../src/codec/message.js";
import { encode } from "../../../src/codec/schema.js";
import { pneInfo, pnRegistrationRequest } from "../../../src/protocols/network/messages.js";
import { userInfoInstallRequest } from "../../../src/protocols/provisioning/messages.js";
import { idpwdRegistrationVerifier } from "../../../src/protocols/registration/messages.js";
import { temporaryKeyResponse } from "../../../src/protocols/temporaryKey/messages.js";
import { encodeContents } from "../../../src/protocols/topics/contents.js";

const secret = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

function shown<Body>(definition: MessageDefinition<string, Body>, body: Body): string {
  return JSON.stringify(describeMessage(encodeMessage(definition, 1, body)));
}

describe("what the simulator tells of a message", () => {
  it("is what stands in a member's PNEInfo too: its name, and what it is for (C-30)", () => {
    const contents = encodeContents([
      { name: "temperature", kind: "number", direction: "offers", unit: "°C" },
      { name: "lamp", kind: "switch", direction: "both" },
    ]);
    const info = encode(pneInfo, { entityID: ascii("hall"), flags: 1, linkKey: 0, name: "Hall", contents });
    const body = {
      pnID: new Uint8Array(16),
      setupType: 1,
      members: [{ rand: secret(32), pneInfo: info, flags: 0 }],
    };
    const text = shown(pnRegistrationRequest, body);
    assert.match(text, /name Hall, /);
    assert.match(text, /contents temperature \(number, offers, °C\), lamp \(switch, both\)/);
  });

  it("never is a key, a verifier or a credential", () => {
    const texts = [
      shown(userInfoInstallRequest, { userID: ascii("alice"), w0: secret(32), w1: secret(32) }),
      shown(temporaryKeyResponse, { result: 0, key: secret(32) }),
      shown(idpwdRegistrationVerifier, {
        handle: new Uint8Array(16),
        storedKey: secret(32),
        serverKey: secret(32),
        w0: secret(32),
        l: secret(65),
        proof: secret(32),
      }),
    ];
    for (const text of texts) {
      assert.match(text, /octets, encrypted or derived from a secret/);
      assert.doesNotMatch(text, /5a5a/);
    }
  });
});
