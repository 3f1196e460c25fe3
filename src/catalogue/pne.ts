import { type MessageOf, messageSet } from "../codec/message.js";
import { acknowledgement, failure } from "../codec/replies.js";
import { authenticateRequest, connectResponse } from "../protocols/authentication/messages.js";
import { resumeResponse } from "../protocols/authentication/resumptionMessages.js";
import { applicationData, applicationDataNotify } from "../protocols/data/messages.js";
import { deviceCapabilitiesQueryRequest, entityDiscoveryResponse } from "../protocols/discovery/messages.js";
import * as enrol from "../protocols/enrolment/messages.js";
import * as members from "../protocols/network/invitations.js";
import * as pn from "../protocols/network/messages.js";
import * as install from "../protocols/provisioning/messages.js";
import { rekeyResponse } from "../protocols/rekey/messages.js";
import * as temporary from "../protocols/temporaryKey/messages.js";
import { updateChunk, updateOffer } from "../protocols/update/messages.js";

/** What a PNE takes, by itself: a device carries no table of what the others say to each other. */

/** What a PNE may receive as the answer to a request of its own. */
export const toPNE = messageSet(
  entityDiscoveryResponse,
  enrol.euKeyAssignmentChallenge,
  enrol.euKeyAssignmentShareAnswer,
  enrol.euKeyAssignmentResponse,
  enrol.euKeyAssignmentAck,
  temporary.euKeyAssignmentUnderTemporary,
  temporary.euKeyRotationResponse,
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
  updateChunk,
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
  applicationDataNotify,
  install.userInfoInstallRequest,
  temporary.euKeyAssignmentTrigger,
  updateOffer,
);
export type PushedToPNE = MessageOf<typeof pushedToPNE>;
