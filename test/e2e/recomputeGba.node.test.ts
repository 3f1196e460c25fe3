import assert from "node:assert/strict";
import { createCipheriv, createHash } from "node:crypto";
import type { KeyLogLine } from "../../hosts/simulator/network/suites.js";
import type { OperatorMessage } from "../../hosts/simulator/operator/operator.js";
import { Seconds } from "../../src/base/units.js";
import { TestNetwork } from "../support/network.js";
import { a, at, directPair, H, HMAC, lp, pairKeys, parse, type Seen } from "./protocolPage.js";

/** A PN GW's EUKey by GBA_U, recomputed from K, OPc and what passed, by node:crypto; nothing of src/ but the network. */

const xor = (one: Buffer, other: Buffer): Buffer =>
  Buffer.from(one.map((octet, i) => octet ^ (other[i] ?? 0)));

/** MILENAGE (TS 35.206, 4.1), as far as a bootstrapping needs it. */
function milenage(k: Buffer, opc: Buffer, rand: Buffer) {
  const aes = (block: Buffer): Buffer => createCipheriv("aes-128-ecb", k, null).update(block);
  const temp = aes(xor(rand, opc));
  const rotated = (block: Buffer, octets: number): Buffer =>
    Buffer.concat([block.subarray(octets), block.subarray(0, octets)]);
  const out = (rotation: number, constant: number): Buffer => {
    const block = rotated(xor(temp, opc), rotation);
    block[15] = (block[15] ?? 0) ^ constant;
    return xor(aes(block), opc);
  };
  const [two, ck, ik] = [out(0, 1), out(4, 2), out(8, 4)];
  const mac = (sqn: Buffer, amf: Buffer): Buffer => {
    const block = Buffer.concat([sqn, amf, sqn, amf]);
    return xor(aes(xor(temp, rotated(xor(block, opc), 8))), opc).subarray(0, 8);
  };
  return { res: two.subarray(8), ak: two.subarray(0, 6), ck, ik, mac };
}

const md5 = (...parts: readonly (Buffer | string)[]): string => {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

/** Fields of a Digest header. */
const fieldsOf = (header: string | undefined): Map<string, string> =>
  new Map(
    [...(header ?? "").matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(
      ([, name = "", quoted, bare = ""]) => [name, quoted ?? bare] as const,
    ),
  );

/** `response` or `rspauth` of RFC 3310 and RFC 2617 with auth-int; the password is RES. */
function digest(res: Buffer, method: string, fields: Map<string, string>, body: string): string {
  const of = (name: string): string => fields.get(name) ?? "";
  const secret = md5(`${of("username")}:${of("realm")}:`, res);
  const what = md5(`${method}:${of("uri")}:${md5(body)}`);
  return md5(`${secret}:${of("nonce")}:${of("nc")}:${of("cnonce")}:auth-int:${what}`);
}

describe("a PN GW's EUKey by GBA_U, recomputed from docs/PROTOCOL.md, K and OPc alone", () => {
  const keys: KeyLogLine[] = [];
  const operator: OperatorMessage[] = [];
  let clear: Seen[] = [];
  let gateway = Buffer.alloc(0);

  before(async () => {
    const net = await new TestNetwork({
      operator: { lifetime: Seconds(86_400) },
      keylog: (line) => keys.push(line),
      observer: {
        operator: (message) => operator.push(message),
        backhaul: ({ octets }) => wire.push(octets),
      },
    }).start();
    await net.enrol();
    clear = wire.filter((octets) => octets[0] === 0x84).map(parse);
    gateway = Buffer.from(net.network.gatewayID);
  });
  const wire: Uint8Array[] = [];

  const told = (label: string): KeyLogLine =>
    keys.find((line) => line.entity === "uicc" && line.label === label) ?? assert.fail(`no ${label}`);
  const octets = (text: string): Buffer => Buffer.from(text, "hex");
  const requests = () => operator.flatMap((one) => ("request" in one ? [one.request] : []));
  const responses = () => operator.flatMap((one) => ("response" in one ? [one.response] : []));
  const challenge = (): Buffer =>
    Buffer.from(fieldsOf(responses()[0]?.headers["www-authenticate"]).get("nonce") ?? "", "base64");
  const made = () => {
    const { ikm, info } = told("CK");
    return milenage(octets(ikm), octets(info), challenge().subarray(0, 16));
  };
  const bTID = (): string => /<btid>([^<]+)</.exec(responses()[1]?.body ?? "")?.[1] ?? "";
  const euKey = (): Buffer => {
    const { ck, ik } = made();
    const impi = fieldsOf(requests()[1]?.headers.authorization).get("username") ?? "";
    const parts = [a("gba-me"), challenge().subarray(0, 16), a(impi), nafID];
    const lengths = (part: Buffer): Buffer => Buffer.of(part.length >> 8, part.length & 255);
    const text = parts.flatMap((part) => [part, lengths(part)]);
    return HMAC(Buffer.concat([ck, ik]), Buffer.of(1), ...text);
  };
  const nafID = Buffer.concat([a("cpns.example"), Buffer.from("ff00000001", "hex")]);
  const id = (): Buffer => H(a("CPNS GBA"), a(bTID())).subarray(0, 8);

  it("has CK, IK and Ks as the UICC told them, and MAC* that only GBA_U has (EUK-GW-01, C-20)", () => {
    const { ck, ik, ak, mac } = made();
    assert.deepEqual([told("CK").secret, told("IK").secret], [ck.toString("hex"), ik.toString("hex")]);
    assert.equal(told("Ks").secret, Buffer.concat([ck, ik]).toString("hex"));
    const autn = challenge().subarray(16);
    const [sqn, amf] = [xor(autn.subarray(0, 6), ak), autn.subarray(6, 8)];
    const star = createHash("sha1").update(ik).digest().subarray(0, 8);
    assert.deepEqual(autn.subarray(8), xor(mac(sqn, amf), star));
  });

  it("has both sides of Ub prove themselves with RES, bodies included (EUK-GW-02)", () => {
    const { res } = made();
    const asked = fieldsOf(requests()[1]?.headers.authorization);
    assert.equal(asked.get("response"), digest(res, "GET", asked, requests()[1]?.body ?? ""));
    const answered = fieldsOf(responses()[1]?.headers["authentication-info"]);
    assert.equal(answered.get("rspauth"), digest(res, "", asked, responses()[1]?.body ?? ""));
    assert.equal(bTID().split("@")[0], challenge().subarray(0, 16).toString("base64"));
  });

  it("has Ks_ext_NAF as the EUKey, which the Server fetches for its B-TID (EUK-GW-03, C-22)", () => {
    assert.equal(told("Ks_ext_NAF").secret, euKey().toString("hex"));
    const [asked, answer] = operator.filter((one) => one.leg === "Zn");
    assert.ok(asked !== undefined && "bTID" in asked && asked.bTID === bTID());
    assert.deepEqual(Buffer.from(asked.nafID), nafID);
    assert.ok(answer !== undefined && "answer" in answer);
    assert.deepEqual(Buffer.from(answer.answer?.ksExtNaf ?? []), euKey());
  });

  it("has HASH of EUKeyAssignmentRequest.gba and its acknowledgement, and then a session by that key (EUK-GW-02, GWA-09, GWA-12)", () => {
    const [request, ack, ...handshake] = clear;
    assert.ok(request?.type === 56 && ack?.type === 12);
    assert.equal(request.body.get(28), bTID());
    const { auth } = pairKeys("CPNS-EUK-v1", euKey(), gateway);
    assert.deepEqual(at(request, 5), HMAC(auth, a("confirm"), lp(id())).subarray(0, 16));
    assert.deepEqual(at(ack, 5), HMAC(auth, a("ack"), lp(id())).subarray(0, 16));
    directPair("CPNS-EUK-v1", euKey(), gateway, handshake.slice(0, 4));
  });
});
