/** The SDK's elliptic curves, measured against ours only (bench/onDevice.ts, docs/adr/0009). */
declare module "ecp" {
  export default class ECPoint {
    constructor(x: bigint, y: bigint, identity?: boolean);
    readonly x: bigint;
    readonly y: bigint;
  }
}

declare module "ec" {
  import type ECPoint from "ecp";
  export default class EC {
    constructor(a: bigint, b: bigint, p: bigint);
    add(a: ECPoint, b: ECPoint): ECPoint;
    mul(a: ECPoint, k: bigint): ECPoint;
  }
}
