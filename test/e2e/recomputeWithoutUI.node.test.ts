import assert from "node:assert/strict";
import * as cborg from "cborg";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import type { Milliseconds } from "../../src/base/units.js";
import { ended } from "../support/ended.js";
import { decompress, encode, generator, octetsOf, times } from "./p256.js";
import { a, at, type Body, H, HKDF, HMAC, lp, open, parse, type Seen } from "./protocolPage.js";

/** Recomputes an enrolment under the Temporary Key as docs/PROTOCOL.md says; nothing of src/ but the network is used. */

const pne = a("sensor-0001");
const temporaryKey = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 1));

const pairKey = (salt: string, key: Uint8Array, what: string): Buffer =>
  HKDF(a(salt), key, Buffer.concat([a(what), lp(pne)]), 32);

describe("an enrolment without UI, recomputed from docs/PROTOCOL.md and the Temporary Key alone (SEC-05, SEC-06)", () => {
  const air: Seen[] = [];
  const scalars: bigint[] = [];
  let gateway: Buffer = Buffer.alloc(0);
  let server: Buffer = Buffer.alloc(0);
  let stored: Buffer = Buffer.alloc(0);

  const the = (type: number, index = 0): Seen => {
    const found = air.filter((one) => one.type === type)[index];
    return found ?? assert.fail(`no message of type ${type}`);
  };

  before(async () => {
    const clock = new VirtualClock();
    const network = new Network({
      clock,
      seed: "recompute",
      mtu: 185,
      interval: 30 as Milliseconds,
      devices: [{ id: "d", keypad: "none", secure: false, reachable: true, entityID: pne, temporaryKey }],
      keylog: (line) => {
        if (line.label === "P-256 scalar") scalars.push(BigInt(`0x${line.secret}`));
      },
      // Every message fits one fragment here: four octets of header, and the message.
      observer: {
        fragment: (_device, { octets }) => {
          // In the PN there are records.
          if (octets[4] === 0x84) air.push(parse(octets.subarray(4)));
        },
      },
    });
    await network.start([{ userID: "alice", password: "wonderland" }]);
    await clock.runFor(5_000 as Milliseconds);
    let told: unknown = "nothing";
    const alice = { userID: a("alice"), password: Uint8Array.from(a("wonderland")) };
    network.gateway.command({ kind: "enrolDevice", device: pne.toString("hex"), ...alice }, (outcome) => {
      told = ended(outcome);
    });
    await clock.runFor(5_000 as Milliseconds);
    assert.equal(told, "done");
    gateway = Buffer.from(network.gatewayID);
    server = at(the(2), 24);
    const [, entity] =
      network.serverStore.rows().entities.find(([name]) => name === pne.toString("hex")) ?? [];
    stored = Buffer.from(entity?.committed?.key ?? []);
    network.device("d").command({ kind: "createPN" });
    await clock.runFor(5_000 as Milliseconds);
  });

  const names = (): Buffer => Buffer.concat([lp(pne), lp(gateway), lp(server)]);
  const kAuth = pairKey("CPNS-TK-v1", temporaryKey, "auth");

  const claimHolds = (confirm: Seen, euKey: Buffer, id: Buffer): void => {
    const own = pairKey("CPNS-EUK-v1", euKey, "auth");
    const hash = HMAC(own, a("confirm"), lp(id)).subarray(0, 16);
    assert.deepEqual(at(confirm, 5), hash);
    assert.deepEqual(at(confirm, 11), HMAC(kAuth, a("claim"), lp(id), hash).subarray(0, 16));
  };

  /** Of a key that the PN GW knows, so that only the Server can have made it. */
  const ackHolds = (confirm: Seen, ack: Seen, id: Buffer): void =>
    assert.deepEqual(at(ack, 5), HMAC(kAuth, a("ack"), lp(id), at(confirm, 5)).subarray(0, 16));

  const delivered = (): { readonly euKey: Buffer; readonly id: Buffer } => {
    const [trigger, request] = [the(23), the(34)];
    const rands = Buffer.concat([at(request, 4), at(trigger, 4)]);
    const info = Buffer.concat([a("CPNS TK"), lp(pne), lp(gateway), lp(a("alice"))]);
    const released = HKDF(rands, temporaryKey, info, 32);
    const aad = Buffer.concat([a("CPNS EUKey TK"), names(), lp(a("alice"))]);
    const wrap = pairKey("CPNS-TK-v1", released, "wrap");
    const plain = cborg.decode(open(wrap, Buffer.alloc(12), at(the(35), 12), aad), { useMaps: true }) as Body;
    const [euKey, id] = [12, 13].map((key) => Buffer.from(plain.get(key) as Uint8Array));
    assert.ok(euKey && id);
    return { euKey, id };
  };

  it("has the proof of the device, over the random values of all three", () => {
    const [trigger, request] = [the(23), the(34)];
    const proof = HMAC(
      kAuth,
      a("tk"),
      names(),
      lp(at(trigger, 2)),
      at(request, 4),
      at(trigger, 4),
      at(request, 37),
      at(trigger, 13),
    );
    assert.deepEqual(at(request, 11), proof.subarray(0, 16));
    assert.deepEqual(at(trigger, 2), a("alice"));
  });

  it("has the EUKey under TK', and its confirmation with the claim of the device", () => {
    const { euKey, id } = delivered();
    assert.deepEqual(id, at(the(23), 13));
    claimHolds(the(11), euKey, id);
    ackHolds(the(11), the(12), id);
  });

  it("has another EUKey in its place, which PNE and Server have agreed upon (C-18)", () => {
    const { euKey: old, id: oldID } = delivered();
    const [request, answer] = [the(38), the(39)];
    const share = at(request, 31);
    const proof = HMAC(kAuth, a("rotate c"), names(), oldID, share).subarray(0, 16);
    assert.deepEqual(at(request, 11), proof);
    assert.deepEqual(at(request, 13), oldID);
    const created = Buffer.alloc(8);
    created.writeBigUInt64BE(BigInt(answer.body.get(26) as number));
    const rh = H(names(), lp(request.octets), at(answer, 31), at(answer, 13), created);
    assert.deepEqual(at(answer, 11), HMAC(kAuth, a("rotate s"), rh).subarray(0, 16));
    const own = encode(decompress(share));
    const x = scalars.find((scalar) => encode(times(scalar, generator)).equals(own));
    assert.ok(x);
    const z = octetsOf(times(x, decompress(at(answer, 31))).x);
    const euKey = HKDF(rh, Buffer.concat([z, old]), a("CPNS EUKey rotation"), 32);
    assert.deepEqual(euKey, stored);
    claimHolds(the(11, 1), euKey, at(answer, 13));
  });

  it("has the link in a PN under the pre-assigned key, derived from the Temporary Key (LEU-02, C-04)", () => {
    const [setup, request] = [the(17), the(19)];
    assert.equal(request.body.get(12), undefined);
    assert.equal((cborg.decode(at(setup, 15), { useMaps: true }) as Body).get(13), 2);
    const rands = Buffer.concat([at(setup, 4), at(request, 4)]);
    const ctx = Buffer.concat([lp(at(request, 3)), names(), H(at(setup, 15)), Buffer.from([2 | 4]), rands]);
    const terms = Buffer.alloc(12);
    terms.writeUInt32BE(request.body.get(13) as number);
    terms.writeBigUInt64BE(BigInt(request.body.get(14) as number), 4);
    const sess = pairKey("CPNS-TK-v1", temporaryKey, "sess");
    const key = HKDF(rands, sess, Buffer.concat([a("CPNS TK link"), ctx, terms]), 32);
    const auth = pairKey("CPNS-LEU-v1", key, "auth");
    const th1 = H(lp(the(13).octets), lp(the(14).octets));
    assert.deepEqual(at(the(15), 5), HMAC(auth, a("c-hash"), th1).subarray(0, 16));
    const th2 = H(lp(the(13).octets), lp(the(14).octets), lp(the(15).octets));
    assert.deepEqual(at(the(16), 5), HMAC(auth, a("s-hash"), th2).subarray(0, 16));
  });
});
