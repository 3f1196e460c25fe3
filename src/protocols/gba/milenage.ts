import type { GbaSuite } from "./ports.js";

/** All that Milenage (TS 35.206) makes of one RAND. */
export interface Milenage {
  /** MAC-A (f1) and MAC-S (f1*), 8 octets each. */
  mac(sqn: Uint8Array, amf: Uint8Array): { readonly a: Uint8Array; readonly s: Uint8Array };
  /** RES (f2), 8 octets. */
  readonly res: Uint8Array;
  /** CK (f3) and IK (f4), 16 octets each. */
  readonly ck: Uint8Array;
  readonly ik: Uint8Array;
  /** AK (f5) and AK* (f5*), 6 octets each. */
  readonly ak: Uint8Array;
  readonly akStar: Uint8Array;
}

export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((octet, index) => octet ^ (b[index] ?? 0));
}

/** Cyclic rotation to the left by whole octets: Milenage's r1 … r5 are multiples of eight bits. */
const rotate = (block: Uint8Array, octets: number): Uint8Array =>
  block.map((_, index) => block[(index + octets) % block.length] ?? 0);

const constant = (last: number): Uint8Array => {
  const block = new Uint8Array(16);
  block[15] = last;
  return block;
};

/** OPc = AES_K(OP) xor OP. */
export const operatorConstant = (suite: GbaSuite, k: Uint8Array, op: Uint8Array): Uint8Array =>
  xor(suite.aes128(k, op), op);

/** K and OPc of 16 octets each, RAND of 16. */
export function milenage(suite: GbaSuite, k: Uint8Array, opc: Uint8Array, rand: Uint8Array): Milenage {
  const temp = suite.aes128(k, xor(rand, opc));
  const out = (rotation: number, c: number): Uint8Array =>
    xor(suite.aes128(k, xor(rotate(xor(temp, opc), rotation), constant(c))), opc);
  const out2 = out(0, 1);
  return {
    mac(sqn, amf) {
      const in1 = new Uint8Array([...sqn, ...amf, ...sqn, ...amf]);
      const out1 = xor(suite.aes128(k, xor(temp, rotate(xor(in1, opc), 8))), opc);
      return { a: out1.slice(0, 8), s: out1.slice(8) };
    },
    res: out2.slice(8),
    ak: out2.slice(0, 6),
    ck: out(4, 2),
    ik: out(8, 4),
    akStar: out(12, 8).slice(0, 6),
  };
}
