import assert from "node:assert/strict";
import * as cborg from "cborg";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import type { Milliseconds } from "../../src/base/units.js";
import { encode, generator, times } from "./p256.js";
import { namesOf, type Parties, scramGuess, spakeGuess } from "./passwordMethods.js";
import { a, at, type Body, H, HKDF, HMAC, lp, open, parse, type Seen } from "./protocolPage.js";

/**
 * Recomputes a whole run from the octets on the wire and the passwords alone, as docs/PROTOCOL.md says: with
 * node:crypto and cborg, and nothing of src/ but the network that is watched.
 */

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

/** K_delivery of scram, with the proof verified. */
function scramKey(password: string, parties: Parties, legs: readonly Seen[]): Buffer {
  const { proof, deliveryKey } = scramGuess(password, parties, legs);
  assert.deepEqual(at(legs[2] as Seen, 11), proof);
  return deliveryKey;
}

/**
 * K_delivery of spake2plus, with both confirmations verified: from the password and the client's x, which is one of
 * the scalars that the simulator told.
 */
function spakeKey(password: string, parties: Parties, legs: readonly Seen[], scalars: Set<string>): Buffer {
  const { own, peer, keys } = spakeGuess(password, parties, legs);
  const x = [...scalars]
    .map((digits) => BigInt(`0x${digits}`))
    .find((scalar) => encode(times(scalar, generator)).equals(encode(own)));
  assert.ok(x);
  const { confirmP, confirmV, deliveryKey } = keys(times(x, peer));
  assert.deepEqual(at(legs[3] as Seen, 11), confirmV);
  assert.deepEqual(at(legs[4] as Seen, 11), confirmP);
  return deliveryKey;
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
