import { encodeUtf8, utf8Length } from "../codec/utf8.js";

/**
 * The GATT service of a PNE and what it advertises (docs/PROTOCOL.md, BLE). A PN GW finds it by the service's UUID and
 * learns from one octet of service data whether it needs enrolment, is free to join, or waits for its PN GW.
 */
export const serviceUUID = "c9a50001-7b5e-4c0d-9f2a-6d1f3e8b4a10";
/** The PN GW writes one fragment. */
export const rxUUID = "c9a50002-7b5e-4c0d-9f2a-6d1f3e8b4a10";
/** The PNE notifies of one fragment. */
export const txUUID = "c9a50003-7b5e-4c0d-9f2a-6d1f3e8b4a10";

/**
 * What advertising tells a PN GW before it connects: an idle PNE that lets itself be reached, without and with an EUKey;
 * one that is in a PN and waits for its PN GW; one that has something to do now, for which its person may be waiting.
 */
export const AdvertisedState = Object.freeze({ needsEnrolment: 0, freeToJoin: 1, joined: 2, wanting: 3 });
export type AdvertisedState = (typeof AdvertisedState)[keyof typeof AdvertisedState];

/** The state of one octet of service data, or undefined for an octet that says nothing. */
export function advertisedState(octet: number | undefined): AdvertisedState | undefined {
  return Object.values(AdvertisedState).find((state) => state === octet);
}

/** AD structures of a name (Core Specification Supplement, part A, 1.2): whole, or cut and said to be. */
export interface NameOnAir {
  readonly octets: Uint8Array;
  readonly whole: boolean;
}

/** A name in UTF-8 as far as `room` octets reach; none of its characters is cut. Throws CodecError("cbor.utf8"). */
export function nameOnAir(name: string, room: number): NameOnAir {
  let taken = "";
  let length = 0;
  for (const character of name) {
    length += utf8Length(character);
    if (length > room) return { octets: encodeUtf8(taken), whole: false };
    taken += character;
  }
  return { octets: encodeUtf8(taken), whole: true };
}
