import type { ErrorCode } from "../../base/errorCodes.js";
import { CpnsError } from "../../base/errors.js";
import { wipe } from "../../base/octets.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { acknowledgement } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { proverSecrets } from "../../crypto/spake2plus.js";
import { type AtGateway, assignmentTime } from "../../gateway/device.js";
import { askTimeout, type PneLink } from "../../gateway/pneLink.js";
import { readAnswer } from "../../procedure/answers.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { Carry } from "../../procedure/run.js";
import {
  euKeyAssignmentChallenge,
  euKeyAssignmentRequest,
  minimumIterations,
  nonceLength,
} from "../enrolment/messages.js";
import { passwordIdentity } from "../enrolment/transcript.js";
import { euKeyAssignmentTrigger } from "../temporaryKey/messages.js";
import { userInfoInstallRequest } from "./messages.js";

const answers = messageSet(euKeyAssignmentChallenge);

/**
 * SEC-04 at the PN GW: makes w0 and w1 of the password with the salt that the Server tells (C-19), puts them into the
 * PNE, and tells it to ask for its EUKey. Throws ProcedureError("device.panNotSecure"): what is installed can be read
 * by whoever listens. Ends with the error, or nothing once the Server has acknowledged the key.
 */
export function installCredentials(
  ports: GatewayPorts,
  link: PneLink,
  carry: Carry,
  { userID, password }: AtGateway,
  done: (error?: CpnsError) => void,
): void {
  const { random } = ports;
  const { entityID } = link;
  if (!link.panSecure) throw new ProcedureError("device.panNotSecure");
  if (entityID === undefined) throw new ProcedureError("device.notThere");
  const nonce = new Uint8Array(nonceLength);
  random.fill(nonce);
  const body = { entityID, userID, methods: [Method.spake2plus], nonce };
  // Only for the salt: the exchange that the Server opens is left to expire.
  carry(encodeMessage(euKeyAssignmentRequest, 1, body), (answer) => {
    const failed = install(ports, link, { userID, password }, answer, done);
    wipe(password);
    if (failed !== undefined) done(failed);
  });
}

function install(
  { suite, serverID }: GatewayPorts,
  link: PneLink,
  { userID, password }: AtGateway,
  answer: Uint8Array | ErrorCode,
  done: (error?: CpnsError) => void,
): CpnsError | undefined {
  try {
    if (typeof answer === "string") throw new ProcedureError(answer);
    const { salt, iterations } = readAnswer(answers, answer, "installing").body;
    if (iterations < minimumIterations) throw new ProcedureError("enrol.iterations");
    const salted = suite.pbkdf2(password, salt, iterations).step(iterations);
    if (salted === undefined) throw new RangeError("derivation did not finish");
    const { w0, w1 } = proverSecrets(suite, salted, passwordIdentity(userID, serverID));
    wipe(salted);
    const body = { userID, w0: w0.octets, w1: w1.octets };
    link.expect("UserInfoInstallResponse", askTimeout, (told) => {
      if (told === undefined) return done(new ProcedureError("timeout"));
      told.answer(encodeMessage(acknowledgement, told.message.exchange, {}));
      const { result } = told.message.body;
      if (result !== Result.ok)
        return done(new ProcedureError(result === Result.busy ? "device.busy" : "device.refused"));
      link.assignment.wait(assignmentTime, (code) => {
        if (code === undefined) done();
        else done(new ProcedureError(code));
      });
      link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, {}));
    });
    link.push((exchange) => encodeMessage(userInfoInstallRequest, exchange, body));
    w0.wipe();
    w1.wipe();
    return undefined;
  } catch (error) {
    if (error instanceof CpnsError) return error;
    throw error;
  }
}
