import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { everyMessage } from "../../src/catalogue/legs.js";
import { alice, TestNetwork } from "../support/network.js";
import { register } from "../support/registering.js";
import { encode, generator, octetsOf, order, times, toNumber } from "./p256.js";
import { a, at, H, HKDF, HMAC, lp, parse, type Seen } from "./protocolPage.js";

/** Registrations at the PN GW, recomputed from the passwords, by node:crypto; nothing of src/ but the network. */

const gateway = a("gateway-01");
const server = a("cpns.example");

/** What passes inside the PN GW's session while somebody registers: both requests and both answers. */
async function registration(userID: string, password: string, old?: string): Promise<readonly Seen[]> {
  const net = await new TestNetwork().start();
  const legs: Seen[] = [];
  const own = net.network.gateway.server;
  const exchange = own.exchange.bind(own);
  own.exchange = (octets, done) => {
    legs.push(parse(octets));
    exchange(octets, (outcome) => {
      if ("value" in outcome) legs.push(parse(outcome.value));
      done(outcome);
    });
  };
  await register(net, userID, password, old);
  assert.deepEqual(
    legs.map(({ octets }) => everyMessage.decode(octets).name),
    [
      ...["IDPWDRegistrationRequest", "IDPWDRegistrationResponse.challenge"],
      ...["IDPWDRegistrationRequest.verifier", "IDPWDRegistrationResponse"],
    ],
  );
  return legs;
}

const salted = (password: string, challenge: Seen): Buffer =>
  pbkdf2Sync(password, at(challenge, 8), challenge.body.get(9) as number, 32, "sha256");

/** What the Server keeps of a password. */
function verifierOf(userID: string, saltedPassword: Buffer) {
  const clientKey = HMAC(saltedPassword, a("Client Key"));
  const info = Buffer.concat([a("CPNS SPAKE2+ w0 w1"), lp(a(userID)), lp(server)]);
  const wide = HKDF(Buffer.alloc(0), saltedPassword, info, 80);
  const [w0, w1] = [wide.subarray(0, 40), wide.subarray(40)].map((half) => toNumber(half) % order);
  assert.ok(w0 !== undefined && w1 !== undefined);
  return {
    clientKey,
    storedKey: H(clientKey),
    serverKey: HMAC(saltedPassword, a("Server Key")),
    w0: octetsOf(w0),
    l: encode(times(w1, generator)),
  };
}

function authMessage([request, challenge, verifier]: readonly Seen[]): Buffer {
  assert.ok(request && challenge && verifier);
  const wanted = Buffer.concat([32, 33, 34, 36].map((key) => at(verifier, key)));
  const legs = [lp(request.octets), lp(challenge.octets), lp(wanted)];
  return Buffer.concat([a("CPNS registration v1"), lp(gateway), lp(server), ...legs]);
}

describe("a registration at the PN GW, recomputed from docs/PROTOCOL.md and the passwords alone", () => {
  it("sends the verifier of the new password, in all its parts (REG-04, REG-10, C-23)", async () => {
    const [, challenge, verifier] = await registration("carol", "carol's own");
    assert.ok(challenge && verifier);
    const { storedKey, serverKey, w0, l } = verifierOf("carol", salted("carol's own", challenge));
    assert.deepEqual(
      [32, 33, 34, 36].map((key) => at(verifier, key).toString("hex")),
      [storedKey, serverKey, w0, l].map((part) => Buffer.from(part).toString("hex")),
    );
    assert.deepEqual(at(verifier, 10), at(challenge, 10));
  });

  it("proves the old password over the whole exchange, and is answered by the Server's signature (REG-06, REG-11)", async () => {
    const legs = await registration(alice.userID, "another one", alice.password);
    const [, challenge, verifier, response] = legs;
    assert.ok(challenge && verifier && response);
    const { clientKey, storedKey, serverKey } = verifierOf(alice.userID, salted(alice.password, challenge));
    const signature = HMAC(storedKey, authMessage(legs));
    const proof = Buffer.from(clientKey.map((octet, i) => octet ^ (signature[i] ?? 0)));
    assert.deepEqual(at(verifier, 11), proof);
    assert.deepEqual(at(response, 11), HMAC(serverKey, authMessage(legs)));
  });

  it("gets another signature with a wrong old password, and none that the old one explains (REG-07)", async () => {
    const legs = await registration(alice.userID, "another one", "not the old one");
    const [, challenge, , response] = legs;
    assert.ok(challenge && response);
    const { serverKey } = verifierOf(alice.userID, salted(alice.password, challenge));
    assert.notDeepEqual(at(response, 11), HMAC(serverKey, authMessage(legs)));
    assert.equal(response.body.get(0), 0);
  });
});
