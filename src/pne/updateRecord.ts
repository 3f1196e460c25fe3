import { field, type Infer, octets, record, uint } from "../codec/schema.js";
import { imageIDLength } from "../protocols/update/image.js";

const imageID = octets(0, imageIDLength);
/** No slot was switched to. */
export const noSlot = 2;

/** What the device keeps of its updates, as CBOR: a factory reset leaves it. */
export const updateRecord = record({
  /** The highest counter of an image that was confirmed. */
  counter: field(1, uint(0xffffffff)),
  /** Which image that was. */
  running: field(2, imageID),
  /** The one that is fetched, or on trial, and how much of it is in flash. */
  image: field(3, imageID),
  offset: field(4, uint(0xffffffff)),
  /** Where it was switched to, its counter, and how often, or how often it came damaged. */
  slot: field(5, uint(noSlot)),
  next: field(6, uint(0xffffffff)),
  trials: field(7, uint(255)),
});
export type UpdateData = Infer<typeof updateRecord>;

/** Of a device that was never updated. */
export const nothing: UpdateData = Object.freeze({
  counter: 0,
  running: new Uint8Array(0),
  image: new Uint8Array(0),
  offset: 0,
  slot: noSlot,
  next: 0,
  trials: 0,
});
