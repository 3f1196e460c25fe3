import { Key } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, record } from "../../codec/schema.js";
import { resumeNonceLength, resumeProofLength, ticketIDLength } from "../../crypto/keys/resumption.js";

const requestLength = ticketIDLength + resumeNonceLength + resumeProofLength;
const responseLength = resumeNonceLength + resumeProofLength;

/**
 * Initiator → responder: ticket id (4) ‖ nonce_c (8) ‖ proof_c (8). One attribute, so that both messages with the
 * headers of their fragments stay within 60 octets on air.
 */
export const resumeRequest = defineMessage(
  "ResumeRequest",
  50,
  record({ proof: field(Key.proof, octets(requestLength, requestLength)) }),
);

/** Responder → initiator: nonce_s (8) ‖ proof_s (8); Failure(sessionExpired) when it knows no such ticket. */
export const resumeResponse = defineMessage(
  "ResumeResponse",
  51,
  record({ proof: field(Key.proof, octets(responseLength, responseLength)) }),
);
