import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { nodeGbaSuite } from "../../../hosts/node/gbaSuite.js";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { SoftUsim, sqnNumber, sqnOctets } from "../../../hosts/simulator/operator/usim.js";
import { ascii, fromHex, hex } from "../../../src/base/octets.js";
import { fromBase64, toBase64 } from "../../../src/protocols/gba/base64.js";
import { digest, readParameters, writeParameters } from "../../../src/protocols/gba/digest.js";
import { ksNaf, macStar, nafIDOf } from "../../../src/protocols/gba/keys.js";
import { milenage, operatorConstant, xor } from "../../../src/protocols/gba/milenage.js";
import { skipped } from "../../support/skipped.js";
import { autsOfSet1, digestRfc7616, gbaGolden, milenageSets } from "../../vectors/milenage.js";

const [set1] = milenageSets;
const made1 = milenage(nodeGbaSuite, fromHex(set1.K), fromHex(set1.OPc), fromHex(set1.RAND));
const ks = Uint8Array.from([...made1.ck, ...made1.ik]);

function usim(): SoftUsim {
  const [k, opc] = [fromHex(set1.K), fromHex(set1.OPc)];
  return new SoftUsim({ suite: nodeSuite, gbaSuite: nodeGbaSuite, impi: gbaGolden.IMPI, k, opc });
}

describe("Milenage (TS 35.206) gives the published values", () => {
  for (const set of milenageSets) {
    it(`of ${set.name}`, () => {
      const [k, sqn, amf] = [fromHex(set.K), fromHex(set.SQN), fromHex(set.AMF)];
      assert.equal(hex(operatorConstant(nodeGbaSuite, k, fromHex(set.OP))), set.OPc);
      const made = milenage(nodeGbaSuite, k, fromHex(set.OPc), fromHex(set.RAND));
      const { a, s } = made.mac(sqn, amf);
      const found = { f1: a, f1s: s, f2: made.res, f3: made.ck, f4: made.ik, f5: made.ak, f5s: made.akStar };
      for (const [name, value] of Object.entries(found)) assert.equal(hex(value), set[name as "f1"], name);
      assert.equal(hex(Uint8Array.from([...xor(sqn, made.ak), ...amf, ...a])), set.AUTN);
    });
  }

  it("as osmo-auc-gen computes them, where it is installed", function () {
    for (let n = 0; n < 8; n++) {
      const random = (length: number) =>
        Uint8Array.from({ length }, (_, i) => (n * 57 + i * 31 + length) & 255);
      const [k, opc, rand] = [random(16), random(16).reverse(), random(16).map((octet) => octet ^ 0x5a)];
      const sqn = 1000 + n * 33;
      const args = [
        "-3",
        "-a",
        "milenage",
        "-k",
        hex(k),
        "-o",
        hex(opc),
        "-f",
        "8000",
        "-s",
        `${sqn}`,
        "-r",
        hex(rand),
      ];
      let said: string;
      try {
        said = execFileSync("osmo-auc-gen", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      } catch (error) {
        if ((error as { code?: string }).code !== "ENOENT") throw error;
        skipped(this, "Milenage against another program", "osmo-auc-gen", "libosmocore-utils");
      }
      const made = milenage(nodeGbaSuite, k, opc, rand);
      const value = (name: string) => new RegExp(`^${name}:\\s+([0-9a-f]+)`, "m").exec(said)?.[1];
      const used = Number(/^SQN:\s+(\d+)/m.exec(said)?.[1]);
      const amf = fromHex("8000");
      const autn = Uint8Array.from([
        ...xor(sqnOctets(used), made.ak),
        ...amf,
        ...made.mac(sqnOctets(used), amf).a,
      ]);
      assert.deepEqual(
        { autn: value("AUTN"), ck: value("CK"), ik: value("IK"), res: value("RES") },
        { autn: hex(autn), ck: hex(made.ck), ik: hex(made.ik), res: hex(made.res) },
      );
    }
  });
});

describe("the keys of GBA_U (TS 33.220; EUK-GW-02, C-20, C-22)", () => {
  it("are Ks_ext_NAF and Ks_int_NAF of annex B, and MAC* by SHA-1 (C-20, C-22)", () => {
    assert.equal(hex(ks), gbaGolden.Ks);
    const naf = (label: "gba-me" | "gba-u") =>
      hex(ksNaf(nodeSuite, ks, label, fromHex(set1.RAND), gbaGolden.IMPI, fromHex(gbaGolden.nafID)));
    assert.equal(naf("gba-me"), gbaGolden.ksExtNaf);
    assert.equal(naf("gba-u"), gbaGolden.ksIntNaf);
    assert.equal(hex(macStar(nodeGbaSuite, fromHex(set1.f1), made1.ik)), gbaGolden.MAC_star);
  });

  it("name the Server with a vendor's protocol identifier", () => {
    assert.equal(hex(nafIDOf("cpns.example.net")), gbaGolden.nafID);
  });
});

describe("HTTP Digest AKAv1-MD5 (RFC 3310)", () => {
  const { IMPI: username, BSF: realm, nonceGbaU: nonce, cnonce } = gbaGolden;
  const fields = { username, realm, nonce, uri: "/", nc: "00000001", cnonce } as const;

  it("gives the values of RFC 7616, 3.9.1, with a password of text", () => {
    const { password, response_MD5: response, method, ...rest } = digestRfc7616;
    assert.equal(digest(nodeGbaSuite, ascii(password), method, { ...rest, qop: "auth" }), response);
  });

  it("gives the golden values with RES, and with the empty password of a resynchronisation", () => {
    const of = (password: string, qop: "auth" | "auth-int") =>
      digest(nodeGbaSuite, fromHex(password), "GET", { ...fields, qop });
    assert.equal(of(set1.f2, "auth"), gbaGolden.auth);
    assert.equal(of(set1.f2, "auth-int"), gbaGolden.authInt);
    assert.equal(of("", "auth-int"), gbaGolden.resyncAuthInt);
  });

  it("reads what it writes, and nothing that is not well-formed", () => {
    const written = writeParameters({ realm, nonce, algorithm: "AKAv1-MD5", qop: "auth-int" });
    assert.equal(readParameters(`Digest ${written}`)?.get("nonce"), nonce);
    for (const bad of [
      "",
      "Digest",
      'realm="a',
      'realm="a" nonce="b"',
      'a="1", a="2"',
      "=x",
      "x".repeat(5000),
    ]) {
      assert.equal(readParameters(bad), undefined, bad.slice(0, 20));
    }
  });

  it("has Base64 as others have it, and takes no other form", () => {
    for (let length = 0; length < 40; length++) {
      const octets = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      const text = Buffer.from(octets).toString("base64");
      assert.equal(toBase64(octets), text);
      assert.deepEqual(fromBase64(text), octets);
    }
    for (const bad of ["A", "AB=", "AB=C", "AAB=", "AA==AAAA", "A-_="])
      assert.equal(fromBase64(bad), undefined, bad);
  });
});

describe("the software UICC", () => {
  const rand = fromHex(set1.RAND);
  const autn = fromHex(gbaGolden.AUTN_star);

  it("takes AUTN* of GBA_U, gives RES and Ks_ext_NAF, and no key before (EUK-GW-01, EUK-GW-02)", () => {
    const card = usim();
    assert.throws(() => card.ksExtNaf(fromHex(gbaGolden.nafID)), { code: "gba.sync" });
    card.advance(sqnNumber(fromHex(set1.SQN)) - 32);
    assert.deepEqual(card.bootstrap(rand, autn), { res: fromHex(set1.f2) });
    assert.equal(hex(card.ksExtNaf(fromHex(gbaGolden.nafID))), gbaGolden.ksExtNaf);
  });

  it("does not take the same AUTN* twice, nor the plain AUTN, nor an altered one", () => {
    const card = usim();
    card.advance(sqnNumber(fromHex(set1.SQN)) - 32);
    card.bootstrap(rand, autn);
    assert.ok("auts" in card.bootstrap(rand, autn));
    assert.throws(() => card.bootstrap(rand, fromHex(set1.AUTN)), { code: "gba.mac" });
    for (let octet = 0; octet < 16; octet++) {
      const altered = autn.slice();
      altered[octet] = (altered[octet] ?? 0) ^ 1;
      assert.throws(() => card.bootstrap(rand, altered), { code: "gba.mac" });
    }
    assert.throws(() => card.bootstrap(rand, autn.subarray(0, 15)), { code: "gba.mac" });
  });

  it("tells its own SQN by AUTS when the network's is behind (TS 33.102, 6.3.3)", () => {
    const card = usim();
    const own = sqnNumber(fromHex(autsOfSet1.sqnMs));
    card.advance(own);
    card.advance(sqnNumber(fromHex(set1.SQN)));
    const answer = card.bootstrap(rand, autn);
    assert.ok("auts" in answer);
    assert.equal(hex(answer.auts), autsOfSet1.auts);
  });
});
