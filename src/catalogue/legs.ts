import { type AnyDefinition, type MessageOf, type MessageSet, messageSet } from "../codec/message.js";
import { acknowledgement, failure } from "../codec/replies.js";
import {
  authenticateRequest,
  authenticateResponse,
  connectRequest,
  connectResponse,
} from "../protocols/authentication/messages.js";
import { resumeRequest, resumeResponse } from "../protocols/authentication/resumptionMessages.js";
import { applicationData, applicationDataReceived, relayed } from "../protocols/data/messages.js";
import { deviceCapabilitiesQueryResponse, entityDiscoveryRequest } from "../protocols/discovery/messages.js";
import * as enrol from "../protocols/enrolment/messages.js";
import { euKeyAssignmentRequestGba } from "../protocols/gba/messages.js";
import * as members from "../protocols/network/invitations.js";
import * as pn from "../protocols/network/messages.js";
import * as install from "../protocols/provisioning/messages.js";
import { poll, pollResponse } from "../protocols/push/messages.js";
import * as register from "../protocols/registration/messages.js";
import { rekeyRequest } from "../protocols/rekey/messages.js";
import * as temporary from "../protocols/temporaryKey/messages.js";
import { topicData } from "../protocols/topics/messages.js";
import { updateReport, updateRequest } from "../protocols/update/messages.js";
import { type PushedToPNE, pushedToPNE, type ToPNE, toPNE } from "./pne.js";

/*
 * Names are those of the documents, one for each message: S0's "Key Request" and "Key Delivery" are EUKeyAssignment…
 * (C-08), S4's slips of the pen have the name that is meant (C-17). Clauses are cited by document and title, since two
 * documents number them alike (C-09).
 */

export { type PushedToPNE, pushedToPNE, type ToPNE, toPNE };

/** What a PN GW may receive from a PNE. */
export const fromPNE = messageSet(
  entityDiscoveryRequest,
  deviceCapabilitiesQueryResponse,
  enrol.euKeyAssignmentRequest,
  enrol.euKeyAssignmentShare,
  enrol.euKeyAssignmentProof,
  enrol.euKeyAssignmentConfirm,
  install.userInfoInstallResponse,
  temporary.euKeyAssignmentTemporary,
  temporary.euKeyRotationRequest,
  connectRequest,
  authenticateResponse,
  resumeRequest,
  pn.pnSetupRequest,
  pn.authenticationResponse,
  members.pnSetupNotifyResponse,
  members.pnSetupResponseOfPNE,
  members.pnLeaveRequest,
  applicationDataReceived,
  applicationData,
  topicData,
  rekeyRequest,
  updateRequest,
  updateReport,
);
export type FromPNE = MessageOf<typeof fromPNE>;

/** What a PN GW may receive from the Server. */
export const fromServer = messageSet(
  enrol.euKeyAssignmentChallenge,
  enrol.euKeyAssignmentShareAnswer,
  enrol.euKeyAssignmentResponse,
  enrol.euKeyAssignmentAck,
  authenticateRequest,
  connectResponse,
  resumeResponse,
  pn.pnAuthenticationRequest,
  pn.pnRegistrationResponse,
  register.idpwdRegistrationChallenge,
  register.idpwdRegistrationResponse,
  temporary.temporaryKeyResponse,
  pollResponse,
  acknowledgement,
  relayed,
  failure,
);
export type FromServer = MessageOf<typeof fromServer>;

/** What the Server takes in the clear: a PN GW that has no session yet. */
export const toServerPlain = messageSet(
  euKeyAssignmentRequestGba,
  enrol.euKeyAssignmentRequest,
  enrol.euKeyAssignmentShare,
  enrol.euKeyAssignmentProof,
  enrol.euKeyAssignmentConfirm,
  connectRequest,
  authenticateResponse,
  resumeRequest,
);

/** What the Server takes inside a PN GW's session (GWA-03). */
export const toServerProtected = messageSet(
  pn.pnRegistrationRequest,
  pn.pnAuthenticationResponse,
  members.pnUpdateRequest,
  register.idpwdRegistrationRequest,
  register.idpwdRegistrationVerifier,
  temporary.temporaryKeyRequest,
  poll,
  relayed,
);

/** What a PNE may say to the Server through `Relayed`. */
export const relayedToServer = messageSet(
  enrol.euKeyAssignmentRequest,
  enrol.euKeyAssignmentShare,
  enrol.euKeyAssignmentProof,
  enrol.euKeyAssignmentConfirm,
  temporary.euKeyRotationRequest,
  applicationData,
  rekeyRequest,
);

const legs = [toPNE, pushedToPNE, fromPNE, fromServer, toServerPlain, toServerProtected, relayedToServer];

/** Every message there is, once, for tools that describe traffic: those of all legs. */
export const everyMessage = union(...legs);

function union<S extends readonly MessageSet<readonly AnyDefinition[]>[]>(
  ...sets: S
): MessageSet<readonly S[number]["definitions"][number][]> {
  return messageSet(
    ...new Set(sets.flatMap((set): S[number]["definitions"][number][] => [...set.definitions])),
  );
}
