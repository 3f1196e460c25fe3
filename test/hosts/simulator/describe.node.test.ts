import assert from "node:assert/strict";
import { describeMessage } from "../../../hosts/simulator/network/describe.js";
import { ascii } from "../../../src/base/octets.js";
import { encodeMessage, type MessageDefinition } from "../../../src/codec/message.js";
import { userInfoInstallRequest } from "../../../src/protocols/provisioning/messages.js";
import { idpwdRegistrationVerifier } from "../../../src/protocols/registration/messages.js";
import { temporaryKeyResponse } from "../../../src/protocols/temporaryKey/messages.js";

const secret = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

function shown<Body>(definition: MessageDefinition<string, Body>, body: Body): string {
  return JSON.stringify(describeMessage(encodeMessage(definition, 1, body)));
}

describe("what the simulator tells of a message", () => {
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
