import assert from "node:assert/strict";
import { createHash, createHmac, hkdfSync } from "node:crypto";
import type { KeyLogLine } from "../../hosts/simulator/network/suites.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { Reassembler } from "../../src/link/fragment.js";
import { keypad, TestNetwork } from "../support/network.js";

// What PROTOCOL.md says of sessions in use, computed with node:crypto; of src only the codec and the fragments.

const a = (text: string): Buffer => Buffer.from(text, "ascii");
const H = (...parts: readonly Uint8Array[]): Buffer =>
  createHash("sha256").update(Buffer.concat(parts)).digest();
const HMAC = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const HKDF = (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array): Buffer =>
  Buffer.from(hkdfSync("sha256", ikm, salt, info, 32));
const lp = (octets: Uint8Array): Buffer => Buffer.concat([Buffer.of(0, octets.length), octets]);

/** Messages in the clear on the air, in their order. */
function clear(net: TestNetwork) {
  const halves = new Map<string, Reassembler>();
  return net.fragments.flatMap(({ link, direction, octets }) => {
    const half = halves.get(`${link}${direction}`) ?? new Reassembler();
    halves.set(`${link}${direction}`, half);
    const message = half.push(octets);
    return message?.[0] === 0x84 ? [everyMessage.decode(message)] : [];
  });
}

/** Every SK from which the PNE has made record keys. */
const sessionKeys = (log: readonly KeyLogLine[]): readonly string[] =>
  log.filter((line) => line.entity === keypad.id && line.label === "CPNS record i2r").map((line) => line.ikm);

describe("sessions in use, recomputed from docs/PROTOCOL.md alone (GWA-01)", () => {
  it("a resumption: ticket id, both proofs, and the new SK", async () => {
    const log: KeyLogLine[] = [];
    const net = await new TestNetwork({ keylog: (line) => log.push(line) }).joined();
    const before = sessionKeys(log);
    net.network.dropLink(net.device);
    await net.clock.runFor(Milliseconds(3_000));
    const messages = clear(net);
    const request = messages.find((one) => one.name === "ResumeRequest");
    const response = messages.find((one) => one.name === "ResumeResponse");
    assert.ok(request?.name === "ResumeRequest" && response?.name === "ResumeResponse");
    const asked = Buffer.from(request.body.proof);
    const told = Buffer.from(response.body.proof);
    const [id, nonceC, proofC] = [asked.subarray(0, 4), asked.subarray(4, 12), asked.subarray(12)];
    const [nonceS, proofS] = [told.subarray(0, 8), told.subarray(8)];
    const tickets = before.map((sk) => HKDF(Buffer.alloc(0), Buffer.from(sk, "hex"), a("CPNS resume")));
    const t = tickets.find((one) => HMAC(one, a("resume id")).subarray(0, 4).equals(id));
    assert.ok(t, "the ticket is one of a session before");
    assert.deepEqual(proofC, HMAC(t, a("resume c"), nonceC).subarray(0, 8));
    assert.deepEqual(proofS, HMAC(t, a("resume s"), nonceC, nonceS).subarray(0, 8));
    const sk = HMAC(t, a("resume sk"), nonceC, nonceS);
    assert.deepEqual(sessionKeys(log).slice(before.length), [sk.toString("hex")]);
  });

  it("a rekey: both HASHes and the new SK", async () => {
    const log: KeyLogLine[] = [];
    const net = await new TestNetwork({
      keylog: (line) => log.push(line),
      devices: [{ ...keypad, secure: true }],
      limits: { records: 1000, lifetime: Seconds(200) },
    }).joined();
    const [old] = sessionKeys(log);
    assert.ok(old);
    await net.clock.runFor(Milliseconds(180_000));
    const messages = clear(net);
    const find = <Name extends string>(name: Name) => {
      const found = messages.find((one) => one.name === name);
      assert.ok(found, name);
      return found as Extract<typeof found, { name: Name }>;
    };
    const setup = find("PNSetupRequest");
    const wanted = find("AuthenticationRequest");
    const { entityID: gateway, serverID } = find("EntityDiscoveryResponse").body;
    const entity = net.device.pne?.view.entityID ?? "";
    const euKey = (await net.network.serverStore.get("entities", entity))?.committed?.key;
    assert.ok(euKey);
    const pne = Buffer.from(entity, "hex");
    const pair = (label: string): Buffer => HKDF(a("CPNS-EUK-v1"), euKey, Buffer.concat([a(label), lp(pne)]));
    const ctx = (randPNE: Uint8Array, randServer: Uint8Array): Buffer =>
      Buffer.concat([
        ...[lp(wanted.body.pnID), lp(pne), lp(gateway), lp(serverID), H(setup.body.pneInfo)],
        ...[Buffer.of(3), randPNE, randServer],
      ]);
    const [request, response] = [find("RekeyRequest").body, find("RekeyResponse").body];
    const first = ctx(setup.body.rand, wanted.body.rand);
    const hash = HMAC(pair("auth"), a("rekey pne"), first, H(a("sk"), Buffer.from(old, "hex")), request.rand);
    assert.deepEqual(Buffer.from(request.hash), hash);
    const next = ctx(request.rand, response.rand);
    const salt = Buffer.concat([request.rand, response.rand]);
    const sk = HKDF(salt, pair("sess"), Buffer.concat([a("CPNS SK"), next]));
    assert.deepEqual(sessionKeys(log).slice(1), [sk.toString("hex")]);
    assert.deepEqual(
      Buffer.from(response.hash),
      HMAC(pair("auth"), a("rekey srv"), next, H(a("sk"), sk), hash),
    );
  });
});
