import type { AdvertisedState } from "../../../src/pne/ports.js";

/**
 * The GATT service of a PNE and what it advertises (docs/PROTOCOL.md, BLE). Gateways find it by the service's UUID and
 * learn from one octet of service data whether it needs enrolment, is free to join, or waits for its gateway.
 */
export const serviceUUID = "c9a50001-7b5e-4c0d-9f2a-6d1f3e8b4a10";
/** The gateway writes one fragment. */
export const rxUUID = "c9a50002-7b5e-4c0d-9f2a-6d1f3e8b4a10";
/** The PNE notifies of one fragment. */
export const txUUID = "c9a50003-7b5e-4c0d-9f2a-6d1f3e8b4a10";

/** Core Specification Supplement, part A: AD types. */
export const AdType = Object.freeze({ shortName: 8, completeName: 9, serviceData128: 0x21 });
/** LE General Discoverable Mode, BR/EDR Not Supported. */
const flags = 6;
/** An advertisement has 31 octets, of which 19 hold UUID and state, and 2 the name's head. */
const maximumName = 10;

/** 16 octets, least significant first, as the air has them. */
function uuidOctets(uuid: string): Uint8Array {
  const digits = uuid.split("-").join("");
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(30 - 2 * i, 32 - 2 * i), 16));
}

function nameOctets(name: string): Uint8Array {
  const octets = new Uint8Array(Math.min(name.length, maximumName));
  for (let i = 0; i < octets.length; i++) {
    const code = name.charCodeAt(i);
    octets[i] = code >= 0x20 && code < 0x7f ? code : 0x3f;
  }
  return octets;
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
  const short = name.length > maximumName;
  return {
    advertisement: { flags, services: [serviceUUID] },
    response: {
      [AdType.serviceData128]: data,
      [short ? AdType.shortName : AdType.completeName]: nameOctets(name),
    },
  };
}
