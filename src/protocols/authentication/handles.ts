import { ascii, wipe } from "../../base/octets.js";
import { type Random, randomOctets } from "../../base/ports.js";
import type { Milliseconds } from "../../base/units.js";
import { CodecError } from "../../codec/errors.js";
import { decode, encode, field, type Infer, octets, optional, record, uint } from "../../codec/schema.js";
import type { Suite } from "../../crypto/suite.js";
import type { ServerSecrets } from "../../procedure/serverPorts.js";

/**
 * What the Server remembers of an open handshake, sealed into the handle that the PN GW brings back: strangers who open
 * handshakes take no room from anybody. Nonce (12) ‖ AEAD under HMAC(the Server's secret, "CPNS handshake").
 */
const state = record({
  connectRequest: field(0, octets(1, 256)),
  randResponder: field(1, octets(32, 32)),
  /** Of the Server's share, when the PN GW has offered one. */
  share: optional(2, octets(33, 33)),
  ecdh: optional(3, octets(32, 32)),
  /** How often this PN GW had authenticated: a handle is of use until it does so again. */
  count: field(4, uint(Number.MAX_SAFE_INTEGER)),
  madeAt: field(5, uint(Number.MAX_SAFE_INTEGER)),
});
export type OpenHandshake = Infer<typeof state>;

const nonceLength = 12;
const lifetime = 20_000;

interface Ports {
  readonly suite: Suite;
  readonly random: Random;
  readonly secrets: ServerSecrets;
}

const keyOf = ({ suite, secrets }: Ports): Uint8Array =>
  suite.hmac(secrets.unknown.octets, ascii("CPNS handshake"));

export function sealHandshake(ports: Ports, open: OpenHandshake): Uint8Array {
  const nonce = randomOctets(ports.random, nonceLength);
  const key = keyOf(ports);
  const plain = encode(state, open);
  const sealed = ports.suite.seal(key, nonce, plain, new Uint8Array(0));
  wipe(key, plain);
  const handle = new Uint8Array(nonceLength + sealed.length);
  handle.set(nonce);
  handle.set(sealed, nonceLength);
  return handle;
}

/** Undefined for what this Server has not made, or not lately. */
export function openHandshake(
  ports: Ports,
  handle: Uint8Array,
  now: Milliseconds,
): OpenHandshake | undefined {
  const nonce = handle.subarray(0, nonceLength);
  if (handle.length < nonceLength) return undefined;
  const key = keyOf(ports);
  const octets = ports.suite.open(key, nonce, handle.subarray(nonceLength), new Uint8Array(0));
  wipe(key);
  if (octets === undefined) return undefined;
  try {
    const open = decode(state, octets);
    // A clock that was set back has made it in what is the future now.
    return Math.abs(now - open.madeAt) < lifetime ? open : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  } finally {
    wipe(octets);
  }
}
