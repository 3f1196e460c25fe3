import { equalBytes } from "../base/octets.js";
import { fromServer } from "../catalogue/legs.js";
import { encodeMessage, peekMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import type { Exchanged } from "../procedure/gatewayPorts.js";
import { relayed } from "../protocols/data/messages.js";

/**
 * A PNE's message to the Server and back, octet for octet (EUK-UI-04, EUK-UI-08, EUK-UI-13, EUK-UI-20). What comes back
 * for another PNE is a protocol error.
 */
export function relay(
  exchange: (octets: Uint8Array, done: (result: Exchanged) => void) => void,
  origin: Uint8Array,
  message: Uint8Array,
  done: (result: Exchanged) => void,
): void {
  const request = encodeMessage(relayed, peekMessage(message)?.exchange ?? 0, { origin, message });
  exchange(request, (result) => {
    if ("failed" in result) return done(result);
    try {
      const reply = fromServer.decode(result.octets);
      const own = reply.name === "Relayed" && equalBytes(reply.body.origin, origin);
      done(own ? { octets: reply.body.message } : { failed: Result.protocol });
    } catch {
      done({ failed: Result.protocol });
    }
  });
}
