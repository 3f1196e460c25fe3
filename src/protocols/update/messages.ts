import { Key } from "../../codec/attributes.js";
import { defineMessage } from "../../codec/message.js";
import { field, octets, record, uint } from "../../codec/schema.js";
import { headerLength, imageIDLength, maximumImage } from "./image.js";

/** The most octets of an image in one message: a fourth of a block of flash. */
export const maximumChunk = 1024;
const image = field(Key.image, octets(imageIDLength, imageIDLength));

/** Push, on a link that is protected: a new firmware for the PNE, by the signed header of its image. */
export const updateOffer = defineMessage(
  "UpdateOffer",
  70,
  record({ header: field(Key.header, octets(headerLength, headerLength)) }),
);

/** PNE → PN GW: the octets of the image from here on; answered by UpdateChunk. */
export const updateRequest = defineMessage(
  "UpdateRequest",
  71,
  record({ image, offset: field(Key.offset, uint(maximumImage - 1)) }),
);

/** As many octets as a chunk has, or as are left. */
export const updateChunk = defineMessage(
  "UpdateChunk",
  72,
  record({ payload: field(Key.payload, octets(1, maximumChunk)) }),
);

/** PNE → PN GW: what becomes of the image, an `UpdateKind`; answered by Acknowledgement. */
export const updateReport = defineMessage(
  "UpdateReport",
  73,
  record({ kind: field(Key.kind, uint(255)), image }),
);
