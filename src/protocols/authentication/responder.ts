import { equalBytes, wipe } from "../../base/octets.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import type { Agreement } from "../../crypto/ephemeral.js";
import {
  checkRands,
  directSessionKey,
  hashInitiator,
  hashResponder,
  transcriptHash1,
  transcriptHash2,
} from "../../crypto/keys/directKeys.js";
import type { PairKeys } from "../../crypto/keys/pairKeys.js";
import type { Suite } from "../../crypto/suite.js";
import { ProcedureError } from "../../procedure/procedure.js";
import { type DirectSession, sidLength } from "./initiator.js";
import {
  authenticateRequest,
  type authenticateResponse,
  type connectRequest,
  connectResponse,
} from "./messages.js";

/** What the responder remembers between its two messages: plain octets, so that the Server can keep it in a table. */
export interface PendingHandshake {
  readonly connectRequest: Uint8Array;
  readonly authenticateRequest: Uint8Array;
  readonly randInitiator: Uint8Array;
  readonly randResponder: Uint8Array;
  /** The ECDH secret when both sides want forward secrecy; wiped by `accept`, else by who gives the handshake up. */
  readonly ecdh?: Uint8Array;
}

/**
 * Answers ConnectRequest with AuthenticateRequest (GWA-06, GWA-07). Needs no key: an unknown entity gets the same
 * answer as a known one. An offer of forward secrecy is taken up when `answer` makes a share for it. Throws
 * CryptoError("crypto.rand") for a RAND that is all zero or ours reflected, and what `answer` throws.
 */
export function respond(
  request: Received<typeof connectRequest>,
  randResponder: Uint8Array,
  handle?: Uint8Array,
  answer?: (share: Uint8Array) => Agreement,
): PendingHandshake {
  checkRands(randResponder, request.body.rand);
  const agreement = request.body.share && answer?.(request.body.share);
  const share = agreement?.share;
  const body = { rand: randResponder, ...(handle && { handle }), ...(share && { share }) };
  return {
    connectRequest: request.octets,
    authenticateRequest: encodeMessage(authenticateRequest, request.exchange, body),
    randInitiator: request.body.rand,
    randResponder,
    ...(agreement && { ecdh: agreement.secret.octets }),
  };
}

/** The proven session with the ConnectResponse to send. */
export interface Accepted extends DirectSession {
  readonly connectResponse: Uint8Array;
}

/**
 * Verifies the initiator's HASH (GWA-11) and answers with our own (GWA-12). Throws ProcedureError("result.refused")
 * when it does not hold; the pending handshake must not be used again either way.
 */
export function accept(
  suite: Suite,
  keys: PairKeys,
  pending: PendingHandshake,
  response: Received<typeof authenticateResponse>,
): Accepted {
  try {
    return verify(suite, keys, pending, response);
  } finally {
    wipe(pending.ecdh);
  }
}

function verify(
  suite: Suite,
  keys: PairKeys,
  pending: PendingHandshake,
  response: Received<typeof authenticateResponse>,
): Accepted {
  const th1 = transcriptHash1(suite, pending.connectRequest, pending.authenticateRequest);
  if (!equalBytes(response.body.hash, hashInitiator(suite, keys, th1))) {
    throw new ProcedureError("result.refused");
  }
  const th2 = transcriptHash2(suite, pending.connectRequest, pending.authenticateRequest, response.octets);
  return {
    sk: directSessionKey(suite, keys, pending.randInitiator, pending.randResponder, th1, pending.ecdh),
    sid: th2.slice(0, sidLength),
    connectResponse: encodeMessage(connectResponse, response.exchange, {
      hash: hashResponder(suite, keys, th2),
    }),
  };
}
