import { entityID, Key, maximumPayload } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, optional, record } from "../../codec/schema.js";

/**
 * PNE → PN GW: a message of a topic (message.ts) for the PN GW, or for the member that is named, in the PN that the link is in;
 * answered by Acknowledgement. What ApplicationData says beside takes half of a reading's time on air.
 */
export const topicData = defineMessage(
  "TopicData",
  74,
  record({
    target: optional(Key.targetEntityID, entityID),
    payload: field(Key.payload, octets(1, maximumPayload)),
  }),
);
