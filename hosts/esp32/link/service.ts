import { encodeUtf8 } from "../../../src/codec/utf8.js";
import { type AdvertisedState, nameOnAir, serviceUUID } from "../../../src/link/service.js";
import type { GattServerOptions } from "./gatt.js";

/** Core Specification Supplement, part A: AD types. */
export const AdType = Object.freeze({ shortName: 8, completeName: 9, serviceData128: 0x21 });
/** LE General Discoverable Mode, BR/EDR Not Supported. */
const flags = 6;
/** An advertisement has 31 octets, of which 19 hold UUID and state, and 2 the name's head. */
const maximumName = 10;

/** Of the GAP service, as ESP-IDF has it. */
const maximumGapName = 31;

export const gapName = (name: string): Uint8Array => nameOnAir(name, maximumGapName).octets;

/** Device Information Service 1.1: Firmware Revision String, which anybody may read. */
export const informationService = (version: string, read: number): GattServerOptions["services"][number] => ({
  uuid: "180a",
  characteristics: [{ uuid: "2a26", properties: read, value: encodeUtf8(version) }],
});

/** 16 octets, least significant first, as the air has them. */
function uuidOctets(uuid: string): Uint8Array {
  const digits = uuid.split("-").join("");
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(30 - 2 * i, 32 - 2 * i), 16));
}

/** What is sent to whoever listens, and in answer to who asks: AD structures by their type. */
export interface Advertised {
  readonly advertisement: { readonly flags: number; readonly services: readonly string[] };
  readonly response: Readonly<Record<number, Uint8Array>>;
}

export function advertised(state: AdvertisedState, name: string): Advertised {
  const data = new Uint8Array(17);
  data.set(uuidOctets(serviceUUID));
  data[16] = state;
  const { octets, whole } = nameOnAir(name, maximumName);
  return {
    advertisement: { flags, services: [serviceUUID] },
    response: {
      [AdType.serviceData128]: data,
      [whole ? AdType.completeName : AdType.shortName]: octets,
    },
  };
}
