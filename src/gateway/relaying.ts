import { equalBytes } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import { encodeMessage, messageSet, peekMessage } from "../codec/message.js";
import { readAnswer } from "../procedure/answers.js";
import type { Errand, Exchange } from "../procedure/gatewayPorts.js";
import { unexpected } from "../procedure/procedure.js";
import { RelayFlag, relayed } from "../protocols/data/messages.js";

const answers = messageSet(relayed);

/**
 * For a PNE's messages to the Server and back, octet for octet (EUK-UI-04, EUK-UI-08, EUK-UI-13, EUK-UI-20). What comes
 * back for another PNE is a protocol error. `assured`: the PN GW's owner stands for the device's link.
 */
export const relaying =
  (exchange: Exchange, origin: Uint8Array, errand?: Errand, assured = false): Exchange =>
  (message, done) => {
    const flags = assured ? { flags: RelayFlag.assured } : {};
    const body = { origin, message, ...flags };
    const request = encodeMessage(relayed, peekMessage(message)?.exchange ?? 0, body);
    exchange(
      request,
      (outcome) => {
        done(
          attempt(() => {
            if ("error" in outcome) throw outcome.error;
            const { body } = readAnswer(answers, outcome.value, "relaying");
            if (!equalBytes(body.origin, origin)) throw unexpected("Relayed", "another origin");
            return body.message;
          }),
        );
      },
      errand,
    );
  };
