import assert from "node:assert/strict";
import * as cborg from "cborg";
import { Network } from "../../hosts/simulator/network/network.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import type { Milliseconds } from "../../src/base/units.js";
import type { Method } from "../../src/codec/methods.js";
import { encode, generator, times } from "./p256.js";
import { namesOf, type Parties, scramGuess, spakeGuess } from "./passwordMethods.js";
import {
  a,
  at,
  type Body,
  directPair,
  H,
  HKDF,
  HMAC,
  lp,
  open,
  openRecord,
  pairKeys,
  parse,
  type Seen,
} from "./protocolPage.js";

/**
 * A whole run recomputed from the octets on the wire and the passwords alone, as docs/PROTOCOL.md says: with
 * node:crypto and cborg, and nothing of src/ but the network that is watched.
 */

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

/** A run from enrolment to data, as it was heard, and what the page makes of it. */
export class Run {
  readonly air: { readonly up: boolean; readonly octets: Buffer }[] = [];
  readonly wire: { readonly up: boolean; readonly octets: Buffer }[] = [];
  readonly secrets = new Set<string>();
  readonly scalars = new Set<string>();
  readonly gateway = a("gateway-01");
  readonly server = a("cpns.example");
  readonly #method: Method;
  #gatewayKey: Buffer | undefined;
  #euKey: Buffer | undefined;

  constructor(method: Method) {
    this.#method = method;
  }

  async play(): Promise<void> {
    const clock = new VirtualClock();
    const partial = new Map<string, Buffer[]>();
    const network = new Network({
      clock,
      seed: "recompute",
      mtu: 60,
      interval: 30 as Milliseconds,
      devices: [{ id: "d", keypad: "matrix", secure: false, name: "Kitchen", methods: [this.#method] }],
      keylog: (line) => {
        if (line.label === "P-256 scalar") this.scalars.add(line.secret);
        else this.secrets.add(line.secret);
      },
      observer: {
        fragment: (_device, { link, direction, octets }) => {
          const first = ((octets[0] ?? 0) & 0x80) !== 0;
          const name = `${link} ${direction}`;
          const parts = first ? [] : (partial.get(name) ?? []);
          parts.push(Buffer.from(octets.subarray(first ? 4 : 2)));
          partial.set(name, parts);
          if (((octets[0] ?? 0) & 0x40) !== 0)
            this.air.push({ up: direction === "toGateway", octets: Buffer.concat(parts) });
        },
        backhaul: ({ direction, octets }) =>
          this.wire.push({ up: direction === "toServer", octets: Buffer.from(octets) }),
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
  }

  /** What was in the clear, of these types. */
  of(...types: number[]): Seen[] {
    const clear = this.air.filter((one) => one.octets[0] === 0x84).map((one) => parse(one.octets));
    return clear.filter((one) => types.includes(one.type));
  }

  the(type: number): Seen {
    return this.of(type)[0] ?? assert.fail(`no message of type ${type}`);
  }

  /** Of PN GW and Server in the clear: the PN GW's own key, then its session. */
  get own(): Seen[] {
    return this.wire.filter((one) => one.octets[0] === 0x84).map((one) => parse(one.octets));
  }

  gatewayKey(): Buffer {
    this.#gatewayKey ??= this.#computeGatewayKey();
    return this.#gatewayKey;
  }

  #computeGatewayKey(): Buffer {
    const parties: Parties = [Buffer.alloc(0), this.gateway, this.server];
    const delivery = spakeKey("operator's own password", parties, this.own, this.scalars);
    return assignment(delivery, parties, this.own.slice(5));
  }

  gatewaySession(): ReturnType<typeof directPair> {
    return directPair("CPNS-EUK-v1", this.gatewayKey(), this.gateway, this.own.slice(8, 12));
  }

  backhaul(): Seen[] {
    const { sk, sid } = this.gatewaySession();
    const records = this.wire.filter((one) => one.octets[0] === 2);
    return records.map((one) => {
      assert.deepEqual(one.octets.subarray(1, 9), sid);
      return parse(openRecord(sk, one.up ? "i2r" : "r2i", one.octets));
    });
  }

  get pne(): Buffer {
    return at(this.the(5), 1);
  }

  euKey(): Buffer {
    this.#euKey ??= this.#computeEUKey();
    return this.#euKey;
  }

  #computeEUKey(): Buffer {
    const parties: Parties = [this.pne, this.gateway, this.server];
    const delivery =
      this.#method === 1
        ? scramKey("wonderland", parties, this.of(5, 6, 9))
        : spakeKey("wonderland", parties, this.of(5, 6, 7, 8, 9), this.scalars);
    return assignment(delivery, parties, this.of(10, 11, 12));
  }

  get rands(): Buffer {
    return Buffer.concat([at(this.the(17), 4), at(this.the(19), 4)]);
  }

  get context(): Buffer {
    const [setup, request] = [this.the(17), this.the(19)];
    const names = [lp(at(request, 3)), lp(this.pne), lp(this.gateway), lp(this.server)];
    return Buffer.concat([...names, H(at(setup, 15)), Buffer.from([3]), this.rands]);
  }

  unwrap(key: Buffer, role: string, wrapped: Buffer): Buffer {
    const request = this.the(19);
    const terms = Buffer.alloc(12);
    terms.writeUInt32BE(request.body.get(13) as number, 0);
    terms.writeBigUInt64BE(BigInt(request.body.get(14) as number), 4);
    const aad = Buffer.concat([a("LEU"), a(role), this.context, terms]);
    return open(key, wrapped.subarray(0, 12), wrapped.subarray(12), aad);
  }

  localKey(): Buffer {
    const { wrap } = pairKeys("CPNS-EUK-v1", this.euKey(), this.pne);
    return this.unwrap(wrap, "pne", at(this.the(19), 12));
  }

  linkSession(): ReturnType<typeof directPair> {
    return directPair("CPNS-LEU-v1", this.localKey(), this.pne, this.of(13, 14, 15, 16));
  }

  /** What passed inside the link's session. */
  inside(): Seen[] {
    const { sk } = this.linkSession();
    const records = this.air.filter((one) => one.octets[0] === 1);
    return records.map((one) => parse(openRecord(sk, one.up ? "i2r" : "r2i", one.octets)));
  }

  serverSession(): Buffer {
    const { sess } = pairKeys("CPNS-EUK-v1", this.euKey(), this.pne);
    return HKDF(this.rands, sess, Buffer.concat([a("CPNS SK"), this.context]), 32);
  }
}
