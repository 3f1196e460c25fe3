import assert from "node:assert/strict";
import { createDecipheriv, createHash, createHmac, hkdfSync, pbkdf2Sync } from "node:crypto";
import * as cborg from "cborg";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import type { Milliseconds } from "../../src/units.js";
import { add, decompress, encode, generator, octetsOf, order, times, toNumber } from "./p256.js";

/**
 * Recomputes a whole run from the octets on the wire and the passwords alone, as docs/PROTOCOL.md says: with
 * node:crypto and cborg, and nothing of src/ but the network that is watched.
 */

type Body = Map<number, unknown>;
interface Seen {
  readonly type: number;
  readonly body: Body;
  readonly octets: Buffer;
}

const H = (...parts: Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const HMAC = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const HKDF = (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Buffer =>
  Buffer.from(hkdfSync("sha256", ikm, salt, info, length));
const a = (text: string): Buffer => Buffer.from(text, "ascii");
const lp = (octets: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([octets.length >> 8, octets.length & 255]), octets]);

function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Buffer {
  const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: sealed.length - 16 });
  cipher.setAuthTag(sealed.subarray(sealed.length - 16));
  return Buffer.concat([cipher.update(sealed.subarray(0, sealed.length - 16)), cipher.final()]);
}

function parse(octets: Uint8Array): Seen {
  const [version, type, , body] = cborg.decode(octets, { useMaps: true, strict: true }) as [
    number,
    number,
    number,
    Body,
  ];
  assert.equal(version, 1);
  return { type, body, octets: Buffer.from(octets) };
}

/** M and N of RFC 9383 §4. */
const rfcM = Buffer.from("02886e2f97ace46e55ba9dd7242579f2993b64e16ef3dcab95afd497333d8fa12f", "hex");
const rfcN = Buffer.from("03d8bbd6c639c62937b04d997f38c3770719c629d7014d49a24b4f98baa1292b49", "hex");

const at = (seen: Seen, key: number): Buffer => Buffer.from(seen.body.get(key) as Uint8Array);
const pairKeys = (salt: string, key: Uint8Array, owner: Uint8Array) => ({
  auth: HKDF(a(salt), key, Buffer.concat([a("auth"), lp(owner)]), 32),
  wrap: HKDF(a(salt), key, Buffer.concat([a("wrap"), lp(owner)]), 32),
  sess: HKDF(a(salt), key, Buffer.concat([a("sess"), lp(owner)]), 32),
});

function openRecord(sk: Uint8Array, direction: "i2r" | "r2i", record: Uint8Array): Buffer {
  const keys = HKDF(Buffer.alloc(0), sk, a(`CPNS record ${direction}`), 44);
  const head = record[0] === 1 ? 5 : 13;
  const nonce = Buffer.from(keys.subarray(32));
  for (let i = 0; i < 4; i++) nonce[8 + i] = (nonce[8 + i] ?? 0) ^ (record[head - 4 + i] ?? 0);
  return open(keys.subarray(0, 32), nonce, record.subarray(head), record.subarray(0, head));
}

type Parties = readonly [pne: Buffer, gateway: Buffer, server: Buffer];
const namesOf = (parties: Parties): Buffer => Buffer.concat(parties.map(lp));

function saltedPassword(password: string, challenge: Seen): Buffer {
  return pbkdf2Sync(password, at(challenge, 8), challenge.body.get(9) as number, 32, "sha256");
}

/** K_delivery of scram, with the proof verified. */
function scramKey(password: string, parties: Parties, legs: readonly Seen[]): Buffer {
  const [request, challenge, proof] = legs;
  assert.ok(request && challenge && proof);
  assert.equal(challenge.body.get(7), 1);
  const auth = Buffer.concat([
    a("CPNS SCRAM v1"),
    namesOf(parties),
    lp(request.octets),
    lp(challenge.octets),
  ]);
  const salted = saltedPassword(password, challenge);
  const clientKey = HMAC(salted, a("Client Key"));
  const signature = HMAC(H(clientKey), auth);
  assert.deepEqual(at(proof, 11), Buffer.from(clientKey.map((octet, i) => octet ^ (signature[i] ?? 0))));
  return HKDF(H(auth), HMAC(salted, a("Server Key")), a("CPNS EUKey delivery"), 32);
}

/**
 * K_delivery of spake2plus, with both shares and confirmations verified: from the password and the client's x, which
 * is one of the scalars that the simulator told.
 */
function spakeKey(password: string, parties: Parties, legs: readonly Seen[], scalars: Set<string>): Buffer {
  const [request, challenge, share, answer, proof] = legs;
  assert.ok(request && challenge && share && answer && proof);
  assert.equal(challenge.body.get(7), 2);
  const [, , server] = parties;
  const userID = at(request, 2);
  const info = Buffer.concat([a("CPNS SPAKE2+ w0 w1"), lp(userID), lp(server)]);
  const wide = HKDF(Buffer.alloc(0), saltedPassword(password, challenge), info, 80);
  const [w0, w1] = [wide.subarray(0, 40), wide.subarray(40)].map((half) => toNumber(half) % order);
  assert.ok(w0 && w1);
  const [m, n] = [decompress(rfcM), decompress(rfcN)];
  const shareP = decompress(at(share, 31));
  const shareV = decompress(at(answer, 31));
  const xOf = (digits: string): bigint => BigInt(`0x${digits}`);
  const own = add(shareP, times(order - w0, m));
  const x = [...scalars].map(xOf).find((scalar) => encode(times(scalar, generator)).equals(encode(own)));
  assert.ok(x);
  const peer = add(shareV, times(order - w0, n));
  const length = (octets: Uint8Array): Buffer => {
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(octets.length));
    return Buffer.concat([prefix, octets]);
  };
  const context = Buffer.concat([
    a("CPNS SPAKE2+ v1"),
    namesOf(parties),
    lp(request.octets),
    lp(challenge.octets),
  ]);
  const points = [m, n, shareP, shareV, times(x, peer), times(w1, peer)].map(encode);
  const main = H(...[context, userID, server, ...points, octetsOf(w0)].map(length));
  const none = Buffer.alloc(0);
  const confirmation = HKDF(none, main, a("ConfirmationKeys"), 64);
  assert.deepEqual(at(proof, 11), HMAC(confirmation.subarray(0, 32), encode(shareV)));
  assert.deepEqual(at(answer, 11), HMAC(confirmation.subarray(32), encode(shareP)));
  return HKDF(none, HKDF(none, main, a("SharedKey"), 32), a("CPNS EUKey delivery"), 32);
}

/** The EUKey of an assignment, with confirmation and acknowledgement verified. */
function assignment(key: Buffer, parties: Parties, legs: readonly Seen[]): Buffer {
  const [delivery, confirm, ack] = legs;
  assert.ok(delivery && confirm && ack);
  const [pne, gateway] = parties;
  const aad = Buffer.concat([a("CPNS EUKey"), namesOf(parties)]);
  const plain = open(key, Buffer.alloc(12), at(delivery, 12), aad);
  const delivered = cborg.decode(plain, { useMaps: true }) as Body;
  assert.equal(delivered.get(0), 0);
  const euKey = Buffer.from(delivered.get(12) as Uint8Array);
  const id = Buffer.from(delivered.get(13) as Uint8Array);
  const { auth: kAuth } = pairKeys("CPNS-EUK-v1", euKey, pne.length > 0 ? pne : gateway);
  assert.deepEqual(at(confirm, 5), HMAC(kAuth, a("confirm"), lp(id)).subarray(0, 16));
  assert.deepEqual(at(ack, 5), HMAC(kAuth, a("ack"), lp(id)).subarray(0, 16));
  return euKey;
}

/** SK of a direct pair, with both HASHes verified. */
function directPair(
  salt: string,
  key: Buffer,
  owner: Buffer,
  legs: readonly Seen[],
): { sk: Buffer; sid: Buffer } {
  const [connect, request, response, accept] = legs;
  assert.ok(connect && request && response && accept);
  const keys = pairKeys(salt, key, owner);
  const th1 = H(lp(connect.octets), lp(request.octets));
  const th2 = H(lp(connect.octets), lp(request.octets), lp(response.octets));
  assert.deepEqual(at(response, 5), HMAC(keys.auth, a("c-hash"), th1).subarray(0, 16));
  assert.deepEqual(at(accept, 5), HMAC(keys.auth, a("s-hash"), th2).subarray(0, 16));
  const sk = HKDF(
    Buffer.concat([at(connect, 4), at(request, 4)]),
    keys.sess,
    Buffer.concat([a("CPNS SK"), th1]),
    32,
  );
  return { sk, sid: th2.subarray(0, 8) };
}

for (const [method, number] of [
  ["spake2plus", 2],
  ["scram", 1],
] as const)
  describe(`a run with method ${method}, recomputed from docs/PROTOCOL.md alone`, () => {
    const air: { readonly up: boolean; readonly octets: Buffer }[] = [];
    const wire: { readonly up: boolean; readonly octets: Buffer }[] = [];
    const secrets = new Set<string>();
    const scalars = new Set<string>();

    before(async () => {
      const clock = new VirtualClock();
      const partial = new Map<string, Buffer[]>();
      const network = new Network({
        clock,
        seed: "recompute",
        mtu: 60,
        interval: 30 as Milliseconds,
        devices: [{ id: "d", keypad: "matrix", secure: false, name: "Kitchen", methods: [number] }],
        keylog: (line) => {
          if (line.label === "P-256 scalar") scalars.add(line.secret);
          else secrets.add(line.secret);
        },
        observer: {
          fragment: (_device, { link, direction, octets }) => {
            const first = ((octets[0] ?? 0) & 0x80) !== 0;
            const name = `${link} ${direction}`;
            const parts = first ? [] : (partial.get(name) ?? []);
            parts.push(Buffer.from(octets.subarray(first ? 4 : 2)));
            partial.set(name, parts);
            if (((octets[0] ?? 0) & 0x40) !== 0)
              air.push({ up: direction === "toGateway", octets: Buffer.concat(parts) });
          },
          backhaul: ({ direction, octets }) =>
            wire.push({ up: direction === "toServer", octets: Buffer.from(octets) }),
        },
      });
      await network.start([{ userID: "alice", password: "wonderland" }]);
      await clock.runFor(1_000 as Milliseconds);
      const device = network.device("d");
      for (const command of [
        { kind: "enrol" as const, userID: a("alice"), password: Uint8Array.from(a("wonderland")) },
        { kind: "createPN" as const },
        { kind: "sendToServer" as const, text: "to the server" },
        { kind: "sendToGateway" as const, text: "to the gateway" },
      ]) {
        device.command(command);
        await clock.runFor(10_000 as Milliseconds);
      }
    });

    it("every HASH, session key, wrapped key and record matches", () => {
      const gw = a("gateway-01");
      const server = a("cpns.example");
      const plainWire = wire.filter((one) => one.octets[0] === 0x84).map((one) => parse(one.octets));
      const gwParties: Parties = [Buffer.alloc(0), gw, server];
      const gwDelivery = spakeKey("operator's own password", gwParties, plainWire, scalars);
      const gwKey = assignment(gwDelivery, gwParties, plainWire.slice(5));
      const gwSession = directPair("CPNS-EUK-v1", gwKey, gw, plainWire.slice(8, 12));
      assert.ok(secrets.has(gwSession.sk.toString("hex")));

      const backhaul = wire
        .filter((one) => one.octets[0] === 2)
        .map((one) => {
          assert.deepEqual(one.octets.subarray(1, 9), gwSession.sid);
          return parse(openRecord(gwSession.sk, one.up ? "i2r" : "r2i", one.octets));
        });

      const plainAir = air.filter((one) => one.octets[0] === 0x84).map((one) => parse(one.octets));
      const of = (...types: number[]): Seen[] => plainAir.filter((one) => types.includes(one.type));
      const pne = at(of(5)[0] as Seen, 1);
      const parties: Parties = [pne, gw, server];
      const delivery =
        method === "scram"
          ? scramKey("wonderland", parties, of(5, 6, 9))
          : spakeKey("wonderland", parties, of(5, 6, 7, 8, 9), scalars);
      const euKey = assignment(delivery, parties, of(10, 11, 12));
      // The PN GW relays octet for octet.
      const relayedOctets = backhaul
        .filter((one) => one.type === 28)
        .map((one) => at(one, 21).toString("hex"));
      for (const leg of of(5, 6, 7, 8, 9, 10, 11, 12))
        assert.ok(relayedOctets.includes(leg.octets.toString("hex")));

      const [setup] = of(17);
      const [request] = of(19);
      assert.ok(setup && request);
      const info = at(setup, 15);
      const flags = Buffer.from([3]);
      const ctx = Buffer.concat([
        lp(at(request, 3)),
        lp(pne),
        lp(gw),
        lp(server),
        H(info),
        flags,
        at(setup, 4),
        at(request, 4),
      ]);
      const keys = pairKeys("CPNS-EUK-v1", euKey, pne);
      const tail = Buffer.alloc(12);
      tail.writeUInt32BE(request.body.get(13) as number, 0);
      tail.writeBigUInt64BE(BigInt(request.body.get(14) as number), 4);
      const unwrap = (key: Buffer, role: string, wrapped: Buffer): Buffer =>
        open(
          key,
          wrapped.subarray(0, 12),
          wrapped.subarray(12),
          Buffer.concat([a("LEU"), a(role), ctx, tail]),
        );
      const local = unwrap(keys.wrap, "pne", at(request, 12));
      const members = backhaul.find((one) => one.type === 25)?.body.get(17) as Body[];
      const gwCopy = Buffer.from(members[0]?.get(27) as Uint8Array);
      assert.deepEqual(unwrap(pairKeys("CPNS-EUK-v1", gwKey, gw).wrap, "gw", gwCopy), local);

      const linkSession = directPair("CPNS-LEU-v1", local, pne, of(13, 14, 15, 16));
      assert.ok(secrets.has(linkSession.sk.toString("hex")));
      const inside = air
        .filter((one) => one.octets[0] === 1)
        .map((one) => parse(openRecord(linkSession.sk, one.up ? "i2r" : "r2i", one.octets)));
      const [response, established, toServer, fromServer, toGateway, fromGateway] = inside;
      assert.ok(response && established && toServer && fromServer && toGateway && fromGateway);

      const salt = Buffer.concat([at(setup, 4), at(request, 4)]);
      const sk = HKDF(salt, keys.sess, Buffer.concat([a("CPNS SK"), ctx]), 32);
      assert.ok(secrets.has(sk.toString("hex")));
      const hashPNE = HMAC(keys.auth, a("pne"), ctx, H(a("sk"), sk));
      assert.deepEqual(at(response, 5), hashPNE);
      const hashServer = HMAC(keys.auth, a("srv"), ctx, H(a("sk"), sk), hashPNE, H(at(established, 16)));
      assert.deepEqual(at(established, 5), hashServer);

      assert.equal(openRecord(sk, "i2r", at(toServer, 21)).toString(), "to the server");
      assert.equal(openRecord(sk, "r2i", at(fromServer, 21)).toString(), "Server got: to the server");
      assert.equal(at(toGateway, 21).toString(), "to the gateway");
      assert.equal(at(fromGateway, 21).toString(), "Gateway got: to the gateway");
    });
  });
