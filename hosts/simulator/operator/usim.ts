import { equalBytes, hex, wipe } from "../../../src/base/octets.js";
import type { Suite } from "../../../src/crypto/suite.js";
import { ksNaf, macStar } from "../../../src/protocols/gba/keys.js";
import { milenage, xor } from "../../../src/protocols/gba/milenage.js";
import { GbaError, type GbaSuite, type Uicc, type UiccAnswer } from "../../../src/protocols/gba/ports.js";
import type { KeyLogLine } from "../network/suites.js";

export interface SoftUsimOptions {
  readonly suite: Suite;
  readonly gbaSuite: GbaSuite;
  readonly impi: string;
  /** K and OPc, 16 octets each. */
  readonly k: Uint8Array;
  readonly opc: Uint8Array;
  /** Told of every key that the card makes. */
  readonly keylog?: (line: KeyLogLine) => void;
}

/** Sequence numbers of TS 33.102, annex C: SQN = SEQ (43 bits) ‖ IND (5 bits), freshness by IND. */
const indices = 32;
/** How far behind the newest an SQN may be (C.2.2, L), in SEQ. */
const maximumAge = 32;
/** The jump that is taken at most (C.2.1), in SEQ. */
const maximumJump = 2 ** 28;

export const sqnOctets = (sqn: number): Uint8Array =>
  Uint8Array.from({ length: 6 }, (_, index) => Math.floor(sqn / 2 ** (8 * (5 - index))) & 0xff);
export const sqnNumber = (octets: Uint8Array): number => octets.reduce((sqn, octet) => sqn * 256 + octet, 0);

/** A UICC in software: the simulator's stand-in for the one that a real PN GW carries. */
export class SoftUsim implements Uicc {
  readonly #options: SoftUsimOptions;
  readonly #seen = new Array<number>(indices).fill(0);
  #session: { readonly ks: Uint8Array; readonly rand: Uint8Array } | undefined;

  constructor(options: SoftUsimOptions) {
    this.#options = options;
  }

  get impi(): string {
    return this.#options.impi;
  }

  /** The greatest SQN taken. */
  get sqn(): number {
    const index = this.#seen.indexOf(Math.max(...this.#seen));
    return Math.max(...this.#seen) * indices + index;
  }

  /** As if the card had been used elsewhere: makes the next bootstrapping resynchronise. */
  advance(sqn: number): void {
    this.#seen[sqn % indices] = Math.floor(sqn / indices);
  }

  bootstrap(rand: Uint8Array, autn: Uint8Array): UiccAnswer {
    const { gbaSuite, k, opc } = this.#options;
    const made = milenage(gbaSuite, k, opc, rand);
    const sqn = xor(autn.subarray(0, 6), made.ak);
    const mac = macStar(gbaSuite, made.mac(sqn, autn.subarray(6, 8)).a, made.ik);
    if (autn.length !== 16 || !equalBytes(mac, autn.subarray(8))) throw new GbaError("gba.mac");
    const number = sqnNumber(sqn);
    const [seq, index] = [Math.floor(number / indices), number % indices];
    const newest = Math.max(...this.#seen);
    const old = seq <= (this.#seen[index] ?? 0) || newest - seq > maximumAge;
    if (old || seq - newest > maximumJump) {
      const own = sqnOctets(this.sqn);
      const { s } = made.mac(own, new Uint8Array(2));
      return { auts: Uint8Array.from([...xor(own, made.akStar), ...s]) };
    }
    this.#seen[index] = seq;
    wipe(this.#session?.ks);
    const ks = Uint8Array.from([...made.ck, ...made.ik]);
    this.#session = { ks, rand: rand.slice() };
    this.#tell("CK", rand, k, opc, made.ck);
    this.#tell("IK", rand, k, opc, made.ik);
    this.#tell("Ks", rand, ks, new Uint8Array(0), ks);
    return { res: made.res };
  }

  ksExtNaf(nafID: Uint8Array): Uint8Array {
    if (this.#session === undefined) throw new GbaError("gba.sync", "nothing is bootstrapped");
    const { ks, rand } = this.#session;
    const key = ksNaf(this.#options.suite, ks, "gba-me", rand, this.impi, nafID);
    this.#tell("Ks_ext_NAF", rand, ks, nafID, key);
    return key;
  }

  #tell(label: string, rand: Uint8Array, ikm: Uint8Array, info: Uint8Array, secret: Uint8Array): void {
    const line = { salt: hex(rand), ikm: hex(ikm), info: hex(info), secret: hex(secret) };
    this.#options.keylog?.({ entity: "uicc", label, ...line });
  }
}
