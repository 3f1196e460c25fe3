import type { CodesOf } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";
import type { Seconds } from "../../base/units.js";

/** What ends a bootstrapping. */
export class GbaError extends CpnsError {
  constructor(code: CodesOf<"gba">, detail?: string) {
    super(code, detail);
  }
}

/**
 * The old primitives that GBA is made of, which nothing else of the system uses and no device ever carries (an AES of
 * tables takes 1.3 MB there): AES-128 of one block (FIPS 197), SHA-1 and MD5 (C-20).
 */
export interface GbaSuite {
  /** 16 octets with a key of 16. */
  aes128(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** 20 octets. */
  sha1(octets: Uint8Array): Uint8Array;
  /** 16 octets. */
  md5(octets: Uint8Array): Uint8Array;
}

/** What a UICC says to the GBA bootstrapping command (TS 31.103, 7.1.1): RES, or AUTS when its SQN is ahead. */
export type UiccAnswer = { readonly res: Uint8Array } | { readonly auts: Uint8Array };

/**
 * A UICC with USIM, ISIM or CSIM (EUK-GW-01). CK and IK stay in it: what leaves it is RES, and keys for a NAF. The
 * simulator has one in software; an operator's gateway talks to its own.
 */
export interface Uicc {
  /** IP multimedia private identity (or one derived from the IMSI, TS 23.003), ASCII. */
  readonly impi: string;
  /** RAND 16 octets, AUTN* 16 octets. Throws GbaError("gba.mac") when the network did not make them. */
  bootstrap(rand: Uint8Array, autn: Uint8Array): UiccAnswer;
  /** Ks_ext_NAF, 32 octets, of the last bootstrapping (TS 33.220, annex B). Throws GbaError("gba.sync") without one. */
  ksExtNaf(nafID: Uint8Array): Uint8Array;
}

/** A request or an answer of HTTP, as far as Ub needs it; names of headers in lower case. */
export interface HttpRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The way to the BSF (Ub, TS 24.109): calls `done` once, with undefined when no answer came in time. */
export type Ub = (request: HttpRequest, done: (response: HttpResponse | undefined) => void) => void;

/** What the BSF tells a NAF of a B-TID (Zn, TS 29.109). */
export interface ZnAnswer {
  /** 32 octets; the NAF's to wipe. */
  readonly ksExtNaf: Uint8Array;
  readonly impi: string;
  readonly bootstrappedAt: Seconds;
  readonly expiresAt: Seconds;
}

/** Zn: undefined when the BSF does not know the B-TID, or does not serve this NAF. */
export type Zn = (bTID: string, nafID: Uint8Array) => Promise<ZnAnswer | undefined>;
