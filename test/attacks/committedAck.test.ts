import assert from "node:assert/strict";
import { ascii, lengthPrefixed } from "../../src/base/octets.js";
import { deriveKeys, keyConfirmation } from "../../src/crypto/keys.js";
import { nobleSuite as suite } from "../../src/crypto/noble.js";
import { Confirmation } from "../../src/protocols/enrolment/confirm.js";

const parties = { pne: ascii("pne"), gateway: ascii("gw"), server: ascii("server") };
const [key, temporaryKey, keyID] = [3, 4, 5].map((octet, i) =>
  new Uint8Array(i < 2 ? 32 : 8).fill(octet),
) as [Uint8Array, Uint8Array, Uint8Array];
const auth = (kind: "EUK" | "TK", of: Uint8Array): Uint8Array =>
  deriveKeys(suite, kind, of, parties.pne).auth.octets.slice();
const hash = (ofKey: Uint8Array, label: string, ...parts: Uint8Array[]): Uint8Array =>
  suite.hmac(ofKey, ascii(label), ...parts).slice(0, 16);

describe("a PN GW that knows an EUKey and says that the Server has committed it (SEC-05)", () => {
  const confirmed = hash(auth("EUK", key), "confirm", lengthPrefixed(keyID));
  const confirmation = (escrowed: boolean): Confirmation =>
    new Confirmation(suite, key, parties, keyID, () => temporaryKey.slice(), escrowed);
  const said = (escrowed: boolean, ack: Uint8Array): void => {
    confirmation(escrowed).verify(ack);
  };
  const good = hash(auth("TK", temporaryKey), "tk ack", lengthPrefixed(keyID), confirmed);

  it("is not believed: the acknowledgement is under the Temporary Key, over EUKeyID and confirmation", () => {
    assert.doesNotThrow(() => said(true, good));
    const keys = deriveKeys(suite, "EUK", key, parties.pne);
    const device = auth("TK", temporaryKey);
    const forged: Readonly<Record<string, Uint8Array>> = {
      "under the EUKey": keyConfirmation(suite, keys, "ack", keyID),
      "under the EUKey, in the right form": hash(
        auth("EUK", key),
        "tk ack",
        lengthPrefixed(keyID),
        confirmed,
      ),
      "the device's own claim, sent back": hash(device, "claim", lengthPrefixed(keyID), confirmed),
      "of another EUKey of this id": hash(device, "tk ack", lengthPrefixed(keyID), new Uint8Array(16)),
      "of another id": hash(device, "tk ack", lengthPrefixed(new Uint8Array(8)), confirmed),
      "over the id alone": hash(device, "tk ack", lengthPrefixed(keyID)),
    };
    for (const [name, ack] of Object.entries(forged))
      assert.throws(() => said(true, ack), { code: "enrol.notTrusted" }, name);
  });

  it("has nothing to say of an EUKey that it does not know: that is acknowledged under the EUKey", () => {
    const ofKey = hash(auth("EUK", key), "ack", lengthPrefixed(keyID));
    assert.doesNotThrow(() => said(false, ofKey));
    assert.throws(() => said(false, good), { code: "enrol.notTrusted" });
  });
});
