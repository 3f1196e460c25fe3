import type { CodesOf, ErrorCode } from "../base/errorCodes.js";

/**
 * Result codes (attribute `Result`). They tell a person what to do next and no more: everything that has to do with
 * a credential or a key is `refused`, so that failures look the same from outside (EUK-UI-17, C-11).
 */
export const Result = Object.freeze({
  ok: 0,
  /** A proof, credential, key or policy did not hold; deliberately one code. */
  refused: 1,
  /** The gateway could not reach the Server, or the Server did not answer. */
  serverUnreachable: 2,
  /** The gateway or Server has no room or is doing the same thing already; try again later. */
  busy: 3,
  /** The message was malformed or did not belong to the state of the exchange. */
  protocol: 4,
  /** The session that protects the message is unknown or has ended: authenticate again (GWA-01). */
  sessionExpired: 5,
  /** None of the offered methods is allowed on this PAN by the Server's or the PNE's policy (SEC-02). */
  noMethod: 6,
  /** This Entity ID belongs to a device of another User (C-12); told only inside a delivery that a password opened. */
  duplicateEntity: 7,
  /** Policy does not let this PNE into the PN (PNR-12, C-13). */
  notAuthorized: 8,
  /** The person at the invited device said no (GWI-03, PNI-03). */
  declined: 9,
  /** The addressed entity is not a member of the PN or out of reach. */
  noRoute: 10,
  /** The PN has as many members as it can have. */
  full: 11,
  /** The record was acted upon before, and the answer is not kept any more: it must not be sent again. */
  alreadyDone: 12,
  /** The PN GW has no key that the Server takes: its person has to see to it. */
  gatewayNotEnrolled: 13,
  /** The Server's clock cannot be right: it makes no keys. */
  serverClock: 14,
  /** The User has as many devices, or PN GWs, as may be; told only inside a delivery that a password opened. */
  tooManyDevices: 15,
  /** No application there lists this topic, or the value is none of its kind. */
  notListed: 16,
});
export type Result = (typeof Result)[keyof typeof Result];

const names = Object.freeze(Object.keys(Result) as (keyof typeof Result)[]);

/** The name of a received code, for logs; codes of a newer version are "unknown". */
export function resultName(code: number): keyof typeof Result | "unknown" {
  return names.find((name) => Result[name] === code) ?? "unknown";
}

/** The Result that an error code `result.*` names; `protocol` for every other error. */
export function resultOf(code: ErrorCode): Result {
  const name = names.find((one) => code === `result.${one}`);
  return name === undefined ? Result.protocol : Result[name];
}

/** The error that a received code stands for. */
export function resultCode(code: number): CodesOf<"result"> {
  const name = resultName(code);
  return name === "ok" ? "result.unknown" : `result.${name}`;
}
