import {
  authenticateRequest,
  authenticateResponse,
  connectRequest,
  connectResponse,
} from "./auth/messages.js";
import { resumeRequest, resumeResponse } from "./auth/resumptionMessages.js";
import { type MessageOf, messageSet } from "./codec/message.js";
import {
  deviceCapabilitiesQueryRequest,
  deviceCapabilitiesQueryResponse,
  entityDiscoveryRequest,
  entityDiscoveryResponse,
} from "./discovery/messages.js";
import * as enrol from "./enrol/messages.js";
import { euKeyAssignmentRequestGba } from "./gba/messages.js";
import * as members from "./pn/invitations.js";
import * as pn from "./pn/messages.js";
import * as register from "./register/messages.js";
import { acknowledgement, applicationData, failure, relayed } from "./relay/messages.js";
import { rekeyRequest, rekeyResponse } from "./relay/rekeyMessages.js";

/*
 * Names are those of the documents, one for each message: S0's "Key Request" and "Key Delivery" are EUKeyAssignment…
 * (C-08), S4's slips of the pen have the name that is meant (C-17). Clauses are cited by document and title, since two
 * documents number them alike (C-09).
 */

/** What a PNE may receive as the answer to a request of its own. */
export const toPNE = messageSet(
  entityDiscoveryResponse,
  enrol.euKeyAssignmentChallenge,
  enrol.euKeyAssignmentShareAnswer,
  enrol.euKeyAssignmentResponse,
  enrol.euKeyAssignmentAck,
  authenticateRequest,
  connectResponse,
  resumeResponse,
  pn.authenticationRequest,
  pn.pnSetupResponse,
  members.pnEstablishmentNotify,
  applicationData,
  acknowledgement,
  failure,
  rekeyResponse,
);
export type ToPNE = MessageOf<typeof toPNE>;

/**
 * What a PNE may receive unasked (a push). Nothing is answered in place: the PNE does what it is asked for by requests
 * of its own, so that it has one request in flight at any time. No type stands in both sets.
 */
export const pushedToPNE = messageSet(
  deviceCapabilitiesQueryRequest,
  members.pnSetupNotify,
  members.pnSetupRequestOfGateway,
  members.pnInventoryNotify,
  members.pnDissolveNotify,
  members.applicationDataNotify,
);
export type PushedToPNE = MessageOf<typeof pushedToPNE>;

/** What a PN GW may receive from a PNE. */
export const fromPNE = messageSet(
  entityDiscoveryRequest,
  deviceCapabilitiesQueryResponse,
  enrol.euKeyAssignmentRequest,
  enrol.euKeyAssignmentShare,
  enrol.euKeyAssignmentProof,
  enrol.euKeyAssignmentConfirm,
  connectRequest,
  authenticateResponse,
  resumeRequest,
  pn.pnSetupRequest,
  pn.authenticationResponse,
  members.pnSetupNotifyResponse,
  members.pnSetupResponseOfPNE,
  members.pnLeaveRequest,
  members.applicationDataReceived,
  applicationData,
  rekeyRequest,
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
  relayed,
);

/** What a PNE may say to the Server through `Relayed`. */
export const relayedToServer = messageSet(
  enrol.euKeyAssignmentRequest,
  enrol.euKeyAssignmentShare,
  enrol.euKeyAssignmentProof,
  enrol.euKeyAssignmentConfirm,
  applicationData,
  rekeyRequest,
);

/** Every message there is, for tools that describe traffic. */
export const everyMessage = messageSet(
  entityDiscoveryRequest,
  entityDiscoveryResponse,
  deviceCapabilitiesQueryRequest,
  deviceCapabilitiesQueryResponse,
  enrol.euKeyAssignmentRequest,
  enrol.euKeyAssignmentChallenge,
  enrol.euKeyAssignmentShare,
  enrol.euKeyAssignmentShareAnswer,
  enrol.euKeyAssignmentProof,
  enrol.euKeyAssignmentResponse,
  enrol.euKeyAssignmentConfirm,
  enrol.euKeyAssignmentAck,
  euKeyAssignmentRequestGba,
  connectRequest,
  authenticateRequest,
  authenticateResponse,
  connectResponse,
  resumeRequest,
  resumeResponse,
  pn.pnSetupRequest,
  pn.pnSetupResponse,
  pn.authenticationRequest,
  pn.authenticationResponse,
  members.pnSetupNotify,
  members.pnSetupNotifyResponse,
  members.pnSetupRequestOfGateway,
  members.pnSetupResponseOfPNE,
  members.pnEstablishmentNotify,
  members.pnInventoryNotify,
  members.pnDissolveNotify,
  members.pnLeaveRequest,
  members.applicationDataNotify,
  members.applicationDataReceived,
  members.pnUpdateRequest,
  applicationData,
  acknowledgement,
  failure,
  pn.pnRegistrationRequest,
  pn.pnAuthenticationRequest,
  pn.pnAuthenticationResponse,
  pn.pnRegistrationResponse,
  register.idpwdRegistrationRequest,
  register.idpwdRegistrationChallenge,
  register.idpwdRegistrationVerifier,
  register.idpwdRegistrationResponse,
  relayed,
  rekeyRequest,
  rekeyResponse,
);
