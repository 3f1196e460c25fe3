import { wipe } from "../../base/octets.js";
import { contain, type Done } from "../../base/outcome.js";
import { randomOctets } from "../../base/ports.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { Method } from "../../codec/methods.js";
import { acknowledgement } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import type { Secret } from "../../crypto/secret.js";
import { proverSecrets } from "../../crypto/spake2plus.js";
import { readAnswer } from "../../procedure/answers.js";
import { askTimeout, type DeviceLink } from "../../procedure/deviceLink.js";
import type { Exchange, GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError } from "../../procedure/procedure.js";
import {
  euKeyAssignmentChallenge,
  euKeyAssignmentRequest,
  minimumIterations,
  nonceLength,
} from "../enrolment/messages.js";
import { passwordIdentity } from "../enrolment/transcript.js";
import { type Credentials, euKeyAssignmentTrigger, triggeredTime } from "../temporaryKey/messages.js";
import { userInfoInstallRequest, userInfoInstallResponse } from "./messages.js";

const answers = messageSet(euKeyAssignmentChallenge);

/**
 * SEC-04 at the PN GW: makes w0 and w1 of the password with the salt that the Server tells (C-19), puts them into the
 * PNE, and tells it to ask for its EUKey. `exchange` is relayed for the PNE. Throws ProcedureError("device.panNotSecure"):
 * what is installed can be read by whoever listens. Ends once the Server has acknowledged the key.
 */
export function installCredentials(
  ports: GatewayPorts,
  link: DeviceLink,
  exchange: Exchange,
  { userID, password }: Credentials,
  done: Done<undefined>,
): void {
  const { entityID } = link;
  if (!link.panSecure) throw new ProcedureError("device.panNotSecure");
  if (entityID === undefined) throw new ProcedureError("device.notThere");
  const nonce = randomOctets(ports.random, nonceLength);
  const body = { entityID, userID, methods: [Method.spake2plus], nonce };
  // Only for the salt: the exchange that the Server opens is left to expire.
  exchange(encodeMessage(euKeyAssignmentRequest, 1, body), (answer) => {
    const secrets = contain(() => {
      if ("error" in answer) throw answer.error;
      return derive(ports, { userID, password }, answer.value);
    }, ports.fault);
    wipe(password);
    if ("error" in secrets) return done(secrets);
    install(link, userID, secrets.value, done);
  });
}

interface ProverSecrets {
  readonly w0: Secret;
  readonly w1: Secret;
}

function derive(
  { suite, serverID }: GatewayPorts,
  { userID, password }: Credentials,
  answer: Uint8Array,
): ProverSecrets {
  const { salt, iterations } = readAnswer(answers, answer, "installing").body;
  if (iterations < minimumIterations) throw new ProcedureError("enrol.iterations");
  const salted = suite.pbkdf2(password, salt, iterations).step(iterations);
  if (salted === undefined) throw new ProcedureError("enrol.iterations", "derivation did not finish");
  const secrets = proverSecrets(suite, salted, passwordIdentity(userID, serverID));
  wipe(salted);
  return secrets;
}

/** The secrets are wiped once they are on their way. */
function install(
  link: DeviceLink,
  userID: Uint8Array,
  { w0, w1 }: ProverSecrets,
  done: Done<undefined>,
): void {
  link.expect(userInfoInstallResponse, askTimeout, (said) => {
    if ("error" in said) return done(said);
    const { message, answer } = said.value;
    answer(encodeMessage(acknowledgement, message.exchange, {}));
    const { result } = message.body;
    if (result !== Result.ok)
      return done({ error: new ProcedureError(result === Result.busy ? "device.busy" : "device.refused") });
    link.watchAssignment(triggeredTime, done);
    link.push((exchange) => encodeMessage(euKeyAssignmentTrigger, exchange, {}));
  });
  const body = { userID, w0: w0.octets, w1: w1.octets };
  link.push((exchange) => encodeMessage(userInfoInstallRequest, exchange, body));
  w0.wipe();
  w1.wipe();
}
