/** Attribute types of the Bluetooth SIG that GATT is made of, 2 octets (Assigned numbers). */
export const Uuid16 = Object.freeze({
  primaryService: 0x2800,
  characteristic: 0x2803,
  clientConfiguration: 0x2902,
});

export type Uuid = number | string;

/** Properties of a characteristic (vol. 3, part G, 3.3.1.1). */
export const Property = Object.freeze({ read: 2, writeWithoutResponse: 4, write: 8, notify: 16 });

/** 2 octets of a number or of "180a", or 16 of "c9a50001-…"; least significant first, as ATT has them. */
export function uuidOctets(uuid: Uuid): Uint8Array {
  if (typeof uuid === "number") return Uint8Array.of(uuid & 0xff, uuid >> 8);
  const octets = Buffer.from(uuid.replaceAll("-", ""), "hex");
  return Uint8Array.from(octets).reverse();
}

export interface CharacteristicSpec {
  readonly uuid: Uuid;
  readonly properties: number;
  /** For a client that may read it. */
  readonly value?: Uint8Array;
}

export interface ServiceSpec {
  readonly uuid: Uuid;
  readonly characteristics: readonly CharacteristicSpec[];
}

export interface Attribute {
  readonly handle: number;
  readonly type: Uuid;
  readonly value: Uint8Array;
  /** Last handle of the service that begins here. */
  end: number;
  /** The characteristic whose value, or whose client configuration, this is. */
  readonly of?: CharacteristicSpec;
}

/** The attributes of a GATT server by their handles, which count from 1 without gaps. */
export function attributesOf(services: readonly ServiceSpec[]): readonly Attribute[] {
  const all: Attribute[] = [];
  const add = (type: Uuid, value: Uint8Array, of?: CharacteristicSpec): Attribute => {
    const handle = all.length + 1;
    const attribute = { handle, type, value, end: handle, ...(of && { of }) };
    all.push(attribute);
    return attribute;
  };
  for (const service of services) {
    const head = add(Uuid16.primaryService, uuidOctets(service.uuid));
    for (const one of service.characteristics) {
      const valueHandle = all.length + 2;
      const declared = [one.properties, valueHandle & 0xff, valueHandle >> 8, ...uuidOctets(one.uuid)];
      add(Uuid16.characteristic, Uint8Array.from(declared));
      add(one.uuid, one.value ?? new Uint8Array(0), one);
      if ((one.properties & Property.notify) !== 0) add(Uuid16.clientConfiguration, new Uint8Array(2), one);
    }
    head.end = all.length;
  }
  return all;
}
