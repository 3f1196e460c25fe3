import type {
  Advertisement,
  GattCharacteristic,
  GattServer,
  GattServerClass,
  GattServerOptions,
} from "../../../hosts/esp32/link/gatt.js";
import type { LinkEnd } from "./aclLink.js";
import type { Address, Air } from "./air.js";
import { AirConnection, type ConnectionStack } from "./airConnection.js";
import type { AttLint } from "./attLint.js";
import { type Attribute, attributesOf, type CharacteristicSpec, Property, uuidOctets } from "./attributes.js";

export interface PeripheralOptions {
  readonly air: Air;
  readonly address: Address;
  /** ATT_MTU that it takes at most; unless told, what its firmware prefers. */
  readonly mtu?: number;
  /** Octets of one packet on the link layer. */
  readonly packet?: number;
}

const genericAccess = {
  uuid: 0x1800,
  characteristics: [{ uuid: 0x2a00, properties: Property.read, value: name() }],
};
const genericAttribute = { uuid: 0x1801, characteristics: [] };

function name(): Uint8Array {
  return Uint8Array.of(0x43, 0x50, 0x4e, 0x53);
}

/** AD structures: length, type, data (vol. 3, part C, 11). */
const structure = (type: number, data: ArrayLike<number>): readonly number[] => [
  1 + data.length,
  type,
  ...Array.from(data),
];

/** Whole octets of an advertisement as ECMA-419 describes it; throws for more than the air carries. */
function adOctets({ flags, services, name: _, manufacturerData: __, ...rest }: Advertisement): Uint8Array {
  const octets: number[] = [];
  if (flags !== undefined) octets.push(...structure(1, [flags]));
  for (const uuid of services ?? []) octets.push(...structure(7, uuidOctets(uuid)));
  for (const [type, data] of Object.entries(rest))
    octets.push(...structure(Number(type), data as Uint8Array));
  if (octets.length > 31) throw new Error(`an advertisement of ${octets.length} octets`);
  return Uint8Array.from(octets);
}

/** A device's radio and its Bluetooth stack, to which a firmware speaks through the SDK's GATT server. */
export class AirPeripheral {
  readonly options: PeripheralOptions;
  /** What a firmware gets in place of the SDK's class. */
  readonly GattServer: GattServerClass;
  /** One of every connection. */
  readonly lints: AttLint[] = [];
  /** ATT error code for what is written from now on. */
  refuses: number | undefined;
  /** Requests are taken, and never answered. */
  deaf = false;
  server: AirServer | undefined;

  constructor(options: PeripheralOptions) {
    this.options = options;
    const radio = this;
    this.GattServer = class extends AirServer {
      constructor(spec: GattServerOptions) {
        super(radio, spec);
        radio.server = this;
      }
    };
  }

  /** Vanishes without a word. */
  powerOff(): void {
    this.server?.vanish();
    this.server = undefined;
  }
}

/** ECMA-419's GATT server, with the ways of the SDK's (modules/io/ble/server/esp32): one connection at a time. */
class AirServer implements GattServer, ConnectionStack {
  static readonly properties = Object.freeze({
    read: Property.read,
    writeWithOutResponse: Property.writeWithoutResponse,
    write: Property.write,
    notify: Property.notify,
  });
  readonly radio: AirPeripheral;
  readonly options: GattServerOptions;
  readonly mtu: number;
  readonly packet: number;
  readonly attributes: readonly Attribute[];
  /** The stack's own objects, which are `this` of every callback. */
  readonly #characteristics = new Map<CharacteristicSpec, GattCharacteristic>();
  #advertised: { readonly advertisement: Uint8Array; readonly response: Uint8Array } | undefined;
  #connection: AirConnection | undefined;
  #off = false;

  constructor(radio: AirPeripheral, options: GattServerOptions) {
    this.radio = radio;
    this.options = options;
    this.mtu = radio.options.mtu ?? options.mtu ?? 256;
    this.packet = radio.options.packet ?? 251;
    const services = options.services.map(({ uuid, characteristics }) => ({
      uuid,
      characteristics: characteristics.map((one) => {
        const { uuid, properties, value } = one;
        const spec = { uuid, properties, ...(value && { value }) };
        this.#characteristics.set(spec, Object.create(one));
        return spec;
      }),
    }));
    this.attributes = attributesOf([genericAccess, genericAttribute, ...services]);
    setImmediate(() => options.onReady?.());
  }

  characteristic(spec: CharacteristicSpec): GattCharacteristic | undefined {
    return this.#characteristics.get(spec);
  }

  specOf(characteristic: GattCharacteristic): CharacteristicSpec | undefined {
    for (const [spec, one] of this.#characteristics) if (one === characteristic) return spec;
    return undefined;
  }

  startAdvertising(advertisement: Advertisement, response: Advertisement = {}): void {
    this.#advertised = { advertisement: adOctets(advertisement), response: adOctets(response) };
    this.#refresh();
  }

  stopAdvertising(): void {
    this.#advertised = undefined;
    this.radio.options.air.silence(this.radio.options.address);
  }

  #refresh(): void {
    const { air, address } = this.radio.options;
    if (this.#advertised === undefined || this.#connection !== undefined || this.#off) return;
    air.advertise({ address, ...this.#advertised, connected: (link) => this.#connected(link) });
  }

  #connected(link: LinkEnd): void {
    const connection = new AirConnection(this, link);
    this.#connection = connection;
    this.options.onConnect?.(connection);
  }

  /** The peer has gone: the owner hears of it, and advertising resumes by itself. */
  lost(connection: AirConnection): void {
    this.#connection = undefined;
    this.options.onDisconnect?.(connection);
    this.#refresh();
  }

  /** The owner has closed it: it hears nothing more, and has to advertise anew. */
  closed(): void {
    this.#connection = undefined;
    this.#advertised = undefined;
  }

  /** Without power it is on no air, whatever its firmware's timers in this process still want. */
  vanish(): void {
    this.#off = true;
    this.stopAdvertising();
    this.#connection?.vanish();
    this.#connection = undefined;
  }
}
