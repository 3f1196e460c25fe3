import { randomBytes } from "node:crypto";
import { concat, f4, f5, f6, g2, newCurve, type PairingKeys } from "./smpCrypto.js";

/** Security Manager PDUs by their code (Core specification, vol. 3, part H, 3.3). */
const Pdu = Object.freeze({
  request: 1,
  response: 2,
  confirm: 3,
  random: 4,
  failed: 5,
  identity: 8,
  identityAddress: 9,
  security: 0x0b,
  publicKey: 0x0c,
  check: 0x0d,
});

export const Failure = Object.freeze({ comparison: 0x0c, check: 0x0b, confirm: 0x04 });

/** A display and two keys; bonding with a comparison, by LE Secure Connections alone. */
const displayYesNo = 1;
const wanted = 0x0d;
const secureConnections = 0x08;
const identityKey = 2;

export interface InitiatorOptions {
  /** Type and address of both, most significant octet first. */
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
  send(pdu: Uint8Array): void;
  /** Whether the peer shows the same six digits. */
  compare(number: number): Promise<boolean>;
  /** The link is to be encrypted with this key; resolves when it is. */
  encrypt(key: Uint8Array): Promise<boolean>;
  /** With the key of the bond, or why there is none. */
  done(key: Uint8Array | undefined, reason?: number): void;
  /** AuthReq that is asked for; unless told, all of it. */
  readonly asks?: number;
}

const reversed = (octets: Uint8Array): Uint8Array => octets.slice().reverse();
const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** A central that pairs by LE Secure Connections with numeric comparison, as a gateway with a display would. */
export class PairingInitiator {
  readonly #options: InitiatorOptions;
  readonly #curve = newCurve();
  readonly #number = Uint8Array.from(randomBytes(16));
  #peerX: Uint8Array = new Uint8Array(0);
  #commitment: Uint8Array = new Uint8Array(0);
  #secret: Uint8Array = new Uint8Array(0);
  #capabilities: Uint8Array = new Uint8Array(0);
  #keys: PairingKeys | undefined;
  #peerNumber: Uint8Array = new Uint8Array(0);
  #over = false;

  constructor(options: InitiatorOptions) {
    this.#options = options;
  }

  start(): void {
    const { asks = wanted } = this.#options;
    this.#send(Pdu.request, Uint8Array.of(displayYesNo, 0, asks, 16, identityKey, identityKey));
  }

  /** The link has ended. */
  lost(): void {
    this.#end(undefined);
  }

  receive(pdu: Uint8Array): void {
    const value = pdu.subarray(1);
    if (this.#over) return;
    if (pdu[0] === Pdu.failed) this.#end(undefined, value[0]);
    else if (pdu[0] === Pdu.response) this.#respond(value);
    else if (pdu[0] === Pdu.publicKey) this.#agree(value);
    else if (pdu[0] === Pdu.confirm) this.#commit(value);
    else if (pdu[0] === Pdu.random) void this.#compare(reversed(value));
    else if (pdu[0] === Pdu.check) void this.#check(reversed(value));
    else if (pdu[0] === Pdu.identityAddress) this.#distribute();
    else if (pdu[0] !== Pdu.identity && pdu[0] !== Pdu.security) this.#fail(Failure.check);
  }

  #send(code: number, value: Uint8Array): void {
    this.#options.send(concat(Uint8Array.of(code), value));
  }

  #end(key: Uint8Array | undefined, reason?: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.done(key, reason);
  }

  #fail(reason: number): void {
    this.#send(Pdu.failed, Uint8Array.of(reason));
    this.#end(undefined, reason);
  }

  #respond(value: Uint8Array): void {
    const [io = 0, outOfBand = 0, asks = 0] = value;
    this.#capabilities = Uint8Array.of(asks, outOfBand, io);
    const own = this.#options.asks ?? wanted;
    // Who has asked for legacy pairing has seen what comes of it.
    if ((own & asks & secureConnections) === 0) return this.#end(undefined);
    this.#send(Pdu.publicKey, concat(reversed(this.#curve.x), reversed(this.#curve.y)));
  }

  #agree(value: Uint8Array): void {
    this.#peerX = reversed(value.subarray(0, 32));
    this.#secret = this.#curve.shared(this.#peerX, reversed(value.subarray(32, 64)));
  }

  #commit(value: Uint8Array): void {
    this.#commitment = reversed(value);
    this.#send(Pdu.random, reversed(this.#number));
  }

  async #compare(number: Uint8Array): Promise<void> {
    const { own, peer, compare } = this.#options;
    if (!same(this.#commitment, f4(this.#peerX, this.#curve.x, number, 0)))
      return this.#fail(Failure.confirm);
    this.#peerNumber = number;
    const keys = f5(this.#secret, [this.#number, number], [own, peer]);
    this.#keys = keys;
    if (!(await compare(g2(this.#curve.x, this.#peerX, this.#number, number))))
      return this.#fail(Failure.comparison);
    if (this.#over) return;
    const capabilities = Uint8Array.of(this.#options.asks ?? wanted, 0, displayYesNo);
    const proof = f6(keys.mac, [this.#number, number], capabilities, [own, peer]);
    this.#send(Pdu.check, reversed(proof));
  }

  async #check(proof: Uint8Array): Promise<void> {
    const { own, peer, encrypt } = this.#options;
    const keys = this.#keys;
    if (keys === undefined) return this.#fail(Failure.check);
    const expected = f6(keys.mac, [this.#peerNumber, this.#number], this.#capabilities, [peer, own]);
    if (!same(proof, expected)) return this.#fail(Failure.check);
    if (!(await encrypt(reversed(keys.longTerm)))) this.#end(undefined);
  }

  /** The peer has told its own identity, over the encrypted link; now it is our turn. */
  #distribute(): void {
    const { own } = this.#options;
    this.#send(Pdu.identity, Uint8Array.from(randomBytes(16)));
    this.#send(Pdu.identityAddress, concat(own.subarray(0, 1), reversed(own.subarray(1))));
    this.#end(reversed(this.#keys?.longTerm ?? new Uint8Array(16)));
  }
}
