import { hex } from "../../base/octets.js";
import { attempt, type Done } from "../../base/outcome.js";
import type { Random } from "../../base/ports.js";
import { Seconds } from "../../base/units.js";
import { fromBase64, toBase64 } from "./base64.js";
import { type DigestFields, digest, readParameters, writeParameters } from "./digest.js";
import { GbaError, type GbaSuite, type HttpRequest, type HttpResponse, type Ub, type Uicc } from "./ports.js";

/** What a bootstrapping gives: the name of the key that both UICC and BSF now hold. */
export interface Bootstrapping {
  readonly bTID: string;
  readonly expiresAt: Seconds;
}

export interface BootstrapOptions {
  readonly suite: GbaSuite;
  readonly random: Random;
  readonly uicc: Uicc;
  readonly ub: Ub;
}

const uri = "/";
/** A resynchronisation, then the bootstrapping: more is a BSF that does not listen. */
const maximumRounds = 3;

interface Nonce {
  readonly realm: string;
  readonly nonce: string;
  readonly rand: Uint8Array;
  readonly autn: Uint8Array;
}

/**
 * Bootstraps with the BSF over Ub (TS 33.220, 4.5.2; TS 24.109; RFC 3310): challenge, RES or AUTS, and the BSF's own
 * proof. Calls `done` once, with GbaError: gba.unreachable, gba.answer, gba.mac, gba.sync, gba.digest.
 */
export function bootstrap(options: BootstrapOptions, done: Done<Bootstrapping>): void {
  const { suite, uicc, ub } = options;
  /** What comes of the next answer: the end, or another request. */
  type Next = (response: HttpResponse) => Bootstrapping | Asking;
  interface Asking {
    readonly request: HttpRequest;
    readonly next: Next;
  }
  let rounds = 0;
  const ask = ({ request, next }: Asking): void => {
    ub(request, (response) => {
      const outcome = attempt(() => {
        if (response === undefined) throw new GbaError("gba.unreachable");
        return next(response);
      });
      if ("error" in outcome) done(outcome);
      else if ("request" in outcome.value) ask(outcome.value);
      else done({ value: outcome.value });
    });
  };
  const challenged: Next = (response) => {
    const nonce = readNonce(response);
    if (++rounds > maximumRounds) throw new GbaError("gba.sync");
    const answer = uicc.bootstrap(nonce.rand, nonce.autn);
    const password = "res" in answer ? answer.res : new Uint8Array(0);
    const auts = "auts" in answer ? answer.auts : undefined;
    const { request, fields } = proof(options, nonce, password, auts);
    const next: Next = (answered) =>
      auts !== undefined || answered.status === 401
        ? challenged(answered)
        : readInfo(suite, answered, fields, password);
    return { request, next };
  };
  const first = { username: uicc.impi, realm: domainOf(uicc.impi), nonce: "", uri, response: "" };
  const headers = { authorization: `Digest ${writeParameters(first)}` };
  ask({ request: { method: "GET", uri, headers, body: "" }, next: challenged });
}

/** The realm of the first request: the home network's (TS 24.109, 5.2.3). */
const domainOf = (impi: string): string => impi.slice(impi.indexOf("@") + 1);

function readNonce({ status, headers }: HttpResponse): Nonce {
  const fields = status === 401 ? readParameters(headers["www-authenticate"]) : undefined;
  const [realm, nonce] = [fields?.get("realm"), fields?.get("nonce")];
  const octets = fromBase64(nonce ?? "");
  const qop = (fields?.get("qop") ?? "").split(",").map((one) => one.trim());
  const known = fields?.get("algorithm") === "AKAv1-MD5" && qop.includes("auth-int");
  if (realm === undefined || nonce === undefined || octets === undefined || octets.length < 32 || !known) {
    throw new GbaError("gba.answer", `status ${status}`);
  }
  return { realm, nonce, rand: octets.slice(0, 16), autn: octets.slice(16, 32) };
}

function proof(
  { suite, random, uicc }: BootstrapOptions,
  { realm, nonce }: Nonce,
  password: Uint8Array,
  auts: Uint8Array | undefined,
): { readonly request: HttpRequest; readonly fields: DigestFields } {
  const cnonce = new Uint8Array(8);
  random.fill(cnonce);
  const qop = "auth-int" as const;
  const fields = { username: uicc.impi, realm, nonce, uri, nc: "00000001", cnonce: hex(cnonce), qop };
  const response = digest(suite, password, "GET", fields);
  const extra = auts === undefined ? {} : { auts: toBase64(auts) };
  const header = writeParameters({ ...fields, algorithm: "AKAv1-MD5", response, ...extra });
  return {
    request: { method: "GET", uri, headers: { authorization: `Digest ${header}` }, body: "" },
    fields,
  };
}

/** Only the BSF that knows RES can have made rspauth (RFC 7616, 3.5) over this body. */
function readInfo(
  suite: GbaSuite,
  { status, headers, body }: HttpResponse,
  fields: DigestFields,
  password: Uint8Array,
): Bootstrapping {
  if (status !== 200) throw new GbaError("gba.digest", `status ${status}`);
  const info = readParameters(headers["authentication-info"]);
  if (info?.get("rspauth") !== digest(suite, password, "", fields, body))
    throw new GbaError("gba.digest", "rspauth");
  const bTID = /<btid>([A-Za-z0-9+/=@.-]{3,120})<\/btid>/.exec(body)?.[1];
  const lifetime = Date.parse(/<lifetime>([0-9TZ:.+-]{10,40})<\/lifetime>/.exec(body)?.[1] ?? "");
  if (bTID === undefined || Number.isNaN(lifetime)) throw new GbaError("gba.answer", "bootstrapping info");
  return { bTID, expiresAt: Seconds(Math.floor(lifetime / 1000)) };
}
