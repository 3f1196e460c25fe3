import { entityID, Key, maximumPayload, pnID, result } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, list, octets, optional, record, uint } from "../../codec/schema.js";

/** Names a push, so that none is acted upon twice. */
const pushID = octets(8, 8);
/** As many as fit one message. */
export const maximumPushesAtOnce = 7;
/** What came of pushes, in one message. */
export const maximumReports = 16;

/**
 * PN GW → Server, one at any time: is there something for me? Held until there is, up to 25 s. With what came of the pushes
 * before: what is not reported comes again.
 */
export const poll = defineMessage(
  "Poll",
  54,
  record({
    pushes: optional(
      Key.pushes,
      list(record({ id: field(Key.handle, pushID), result: field(Key.result, result) }), 1, maximumReports),
    ),
  }),
);

/** Server → PN GW: what waits, in its order. */
export const pollResponse = defineMessage(
  "PollResponse",
  55,
  record({
    pushes: field(
      Key.pushes,
      list(
        record({
          id: field(Key.handle, pushID),
          kind: field(Key.kind, uint(255)),
          target: optional(Key.targetEntityID, entityID),
          pnID: optional(Key.pnID, pnID),
          payload: optional(Key.payload, octets(1, maximumPayload + 21)),
        }),
        0,
        maximumPushesAtOnce,
      ),
    ),
  }),
);
