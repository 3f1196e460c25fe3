import { handle, Key, result, userID } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, record, uint } from "../../codec/schema.js";
import { pointLength, scalarLength } from "../../crypto/curve.js";
import { maximumIterations } from "../enrolment/messages.js";

/** Registration of User ID and password through the PN GW, inside its session with the Server (REG-01, REG-09). */

const digest = octets(32, 32);

/** "ID_PWD Registration Request" (REG-04, REG-10), first leg: for which User ID. */
export const idpwdRegistrationRequest = defineMessage(
  "IDPWDRegistrationRequest",
  3,
  record({ userID: field(Key.userID, userID) }),
);

/** What a verifier is to be made with; the same for names that are free and names that are taken. */
export const idpwdRegistrationChallenge = defineMessage(
  "IDPWDRegistrationResponse.challenge",
  30,
  record({
    salt: field(Key.salt, octets(16, 16)),
    iterations: field(Key.iterations, uint(maximumIterations)),
    handle: field(Key.handle, handle),
  }),
);

/** The verifier, never the password (C-23), and the proof of the old password: random octets where there is none. */
export const idpwdRegistrationVerifier = defineMessage(
  "IDPWDRegistrationRequest.verifier",
  31,
  record({
    handle: field(Key.handle, handle),
    storedKey: field(Key.storedKey, digest),
    serverKey: field(Key.serverKey, digest),
    w0: field(Key.w0, octets(scalarLength, scalarLength)),
    l: field(Key.l, octets(pointLength, pointLength)),
    proof: field(Key.proof, digest),
  }),
);

/**
 * "ID_PWD Registration Response" (REG-06, REG-11). `result` is ok whether the name was free or not: strangers learn
 * nothing from it. Who proved the old password finds the Server's signature in `proof`; for everybody else it is
 * random octets.
 */
export const idpwdRegistrationResponse = defineMessage(
  "IDPWDRegistrationResponse",
  4,
  record({ result: field(Key.result, result), proof: field(Key.proof, digest) }),
);
