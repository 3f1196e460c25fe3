import { equalBytes } from "../../../src/base/octets.js";
import type { Clock, Random } from "../../../src/base/ports.js";
import { Seconds, toSeconds } from "../../../src/base/units.js";
import type { Suite } from "../../../src/crypto/suite.js";
import { fromBase64, toBase64 } from "../../../src/protocols/gba/base64.js";
import { digest, readParameters, writeParameters } from "../../../src/protocols/gba/digest.js";
import { ksNaf, macStar } from "../../../src/protocols/gba/keys.js";
import { milenage, xor } from "../../../src/protocols/gba/milenage.js";
import type { GbaSuite, HttpRequest, HttpResponse, ZnAnswer } from "../../../src/protocols/gba/ports.js";
import { sqnNumber, sqnOctets } from "./usim.js";

/** What the operator's HSS knows of a subscription. */
export interface Subscription {
  readonly impi: string;
  readonly k: Uint8Array;
  readonly opc: Uint8Array;
}

export interface BsfOptions {
  readonly suite: Suite;
  readonly gbaSuite: GbaSuite;
  readonly random: Random;
  readonly clock: Pick<Clock, "now">;
  /** The realm and the B-TIDs' domain. */
  readonly fqdn: string;
  readonly subscriptions: readonly Subscription[];
  /** NAFs that may ask, by the FQDN that their NAF_Id begins with. */
  readonly nafs: readonly string[];
  /** Of a bootstrapped key; a day unless told. */
  readonly lifetime?: Seconds;
}

interface Challenge {
  readonly subscription: Subscription;
  readonly rand: Uint8Array;
  readonly res: Uint8Array;
  readonly ks: Uint8Array;
}

interface Bootstrapped {
  readonly impi: string;
  readonly ks: Uint8Array;
  readonly rand: Uint8Array;
  readonly at: Seconds;
  readonly expiresAt: Seconds;
}

const amf = Uint8Array.of(0x80, 0x00);
/** SQN is counted in steps of one SEQ, IND 0 … 31 by turns (TS 33.102, C.3.2). */
const step = 33;

/** BSF and HSS of an operator in one: the simulator's stand-in for those of a real one (Ub and Zn, TS 33.220). */
export class Bsf {
  lifetime: Seconds;
  readonly #options: BsfOptions;
  readonly #sqn = new Map<string, number>();
  readonly #challenges = new Map<string, Challenge>();
  readonly #bootstrapped = new Map<string, Bootstrapped>();

  constructor(options: BsfOptions) {
    this.#options = options;
    this.lifetime = options.lifetime ?? Seconds(86_400);
  }

  /** Ub (TS 24.109): HTTP Digest AKAv1-MD5. */
  handle(request: HttpRequest): HttpResponse {
    const fields = readParameters(request.headers.authorization);
    const subscription = this.#options.subscriptions.find((one) => one.impi === fields?.get("username"));
    if (fields === undefined || subscription === undefined) return empty(403);
    const challenge = this.#challenges.get(fields.get("nonce") ?? "");
    if (challenge?.subscription !== subscription) return this.#challenge(subscription);
    this.#challenges.delete(fields.get("nonce") ?? "");
    const auts = fields.get("auts");
    if (auts !== undefined) return this.#resynchronise(request, fields, challenge, fromBase64(auts));
    const digestFields = readDigest(fields);
    if (digestFields === undefined) return empty(400);
    const expected = digest(
      this.#options.gbaSuite,
      challenge.res,
      request.method,
      digestFields,
      request.body,
    );
    if (fields.get("response") !== expected) return empty(403);
    return this.#bootstrap(challenge, digestFields);
  }

  #challenge(subscription: Subscription): HttpResponse {
    const { impi, k, opc } = subscription;
    const { gbaSuite, random, fqdn } = this.#options;
    const sqn = (this.#sqn.get(impi) ?? 0) + step;
    this.#sqn.set(impi, sqn);
    const rand = new Uint8Array(16);
    random.fill(rand);
    const made = milenage(gbaSuite, k, opc, rand);
    const octets = sqnOctets(sqn);
    const mac = macStar(gbaSuite, made.mac(octets, amf).a, made.ik);
    const autn = Uint8Array.from([...xor(octets, made.ak), ...amf, ...mac]);
    const nonce = toBase64(Uint8Array.from([...rand, ...autn]));
    const ks = Uint8Array.from([...made.ck, ...made.ik]);
    this.#challenges.set(nonce, { subscription, rand, res: made.res, ks });
    const header = writeParameters({ realm: fqdn, nonce, algorithm: "AKAv1-MD5", qop: "auth-int" });
    return { status: 401, headers: { "www-authenticate": `Digest ${header}` }, body: "" };
  }

  /** AUTS tells the UICC's SQN; the next challenge is ahead of it (TS 33.102, 6.3.5). */
  #resynchronise(
    request: HttpRequest,
    fields: ReadonlyMap<string, string>,
    { subscription, rand }: Challenge,
    auts: Uint8Array | undefined,
  ): HttpResponse {
    const { gbaSuite } = this.#options;
    const digestFields = readDigest(fields);
    if (auts?.length !== 14 || digestFields === undefined) return empty(400);
    const expected = digest(gbaSuite, new Uint8Array(0), request.method, digestFields, request.body);
    const made = milenage(gbaSuite, subscription.k, subscription.opc, rand);
    const sqn = xor(auts.subarray(0, 6), made.akStar);
    const { s } = made.mac(sqn, new Uint8Array(2));
    if (fields.get("response") !== expected || !equalBytes(s, auts.subarray(6))) return empty(403);
    this.#sqn.set(subscription.impi, sqnNumber(sqn));
    return this.#challenge(subscription);
  }

  #bootstrap(challenge: Challenge, fields: NonNullable<ReturnType<typeof readDigest>>): HttpResponse {
    const { gbaSuite, clock, fqdn } = this.#options;
    const { rand, ks, res, subscription } = challenge;
    const at = toSeconds(clock.now());
    const expiresAt = Seconds(at + this.lifetime);
    const bTID = `${toBase64(rand)}@${fqdn}`;
    this.#bootstrapped.set(bTID, { impi: subscription.impi, ks, rand, at, expiresAt });
    const lifetime = new Date(expiresAt * 1000).toISOString();
    const body = `<?xml version="1.0" encoding="UTF-8"?><BootstrappingInfo xmlns="uri:3gpp-gba"><btid>${bTID}</btid><lifetime>${lifetime}</lifetime></BootstrappingInfo>`;
    const { nc, cnonce, qop } = fields;
    const rspauth = digest(gbaSuite, res, "", fields, body);
    const info = writeParameters({ rspauth, cnonce, nc, qop });
    return { status: 200, headers: { "authentication-info": info }, body };
  }

  /** Zn (TS 29.109): the key of a B-TID for a NAF that the operator serves. */
  async zn(bTID: string, nafID: Uint8Array): Promise<ZnAnswer | undefined> {
    const { suite, nafs, clock } = this.#options;
    const known = this.#bootstrapped.get(bTID);
    const naf = String.fromCharCode(...nafID.subarray(0, -5));
    if (known === undefined || !nafs.includes(naf) || known.expiresAt * 1000 <= clock.now()) return undefined;
    const { impi, ks, rand, at, expiresAt } = known;
    const ksExtNaf = ksNaf(suite, ks, "gba-me", rand, impi, nafID);
    return { ksExtNaf, impi, bootstrappedAt: at, expiresAt };
  }
}

const empty = (status: number): HttpResponse => ({ status, headers: {}, body: "" });

function readDigest(fields: ReadonlyMap<string, string>) {
  const [username, realm, nonce, uri] = ["username", "realm", "nonce", "uri"].map((name) => fields.get(name));
  const [nc, cnonce] = [fields.get("nc"), fields.get("cnonce")];
  if (!username || !realm || !nonce || !uri || !nc || !cnonce || fields.get("qop") !== "auth-int")
    return undefined;
  return { username, realm, nonce, uri, nc, cnonce, qop: "auth-int" as const };
}
