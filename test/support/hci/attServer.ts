import { AttError, low16, minimumMtu, Op, u16 } from "./att.js";
import { type Attribute, type CharacteristicSpec, Property, Uuid16, uuidOctets } from "./attributes.js";

export interface AttServerOptions {
  readonly attributes: readonly Attribute[];
  /** The longest ATT_MTU that it takes. */
  readonly mtu: number;
  send(pdu: Uint8Array): void;
  /** A whole value; an ATT error code refuses it. */
  written(characteristic: CharacteristicSpec, value: Uint8Array): number | undefined;
  /** A client has changed its mind about notifications of this characteristic. */
  subscribed(characteristic: CharacteristicSpec, on: boolean): void;
}

/** What a request is refused with. */
class Refused extends Error {
  readonly code: number;
  readonly handle: number;

  constructor(code: number, handle = 0) {
    super(`ATT error ${code}`);
    this.code = code;
    this.handle = handle;
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, i) => octet === b[i]);

/** The server's side of the attribute protocol on one connection (vol. 3, part F); no long writes, no encryption. */
export class AttServer {
  readonly #options: AttServerOptions;
  #mtu = minimumMtu;
  readonly #configurations = new Map<number, number>();

  constructor(options: AttServerOptions) {
    this.#options = options;
  }

  get mtu(): number {
    return this.#mtu;
  }

  receive(pdu: Uint8Array): void {
    const op = pdu[0] as number;
    if (op === Op.writeCommand) {
      // Nothing tells the client of a command that fails.
      this.#quietly(() => this.#write(u16(pdu, 1), pdu.slice(3)));
      return;
    }
    if ((op & 1) === 1 || op === Op.confirmation || (op & 0x40) !== 0) return;
    try {
      const answer = this.#answer(op, pdu);
      this.#options.send(answer);
      if (op === Op.mtuRequest) this.#mtu = Math.max(minimumMtu, Math.min(u16(pdu, 1), this.#options.mtu));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#options.send(Uint8Array.of(Op.error, op, ...low16(error.handle), error.code));
    }
  }

  /** False when the client has not subscribed. The value must fit: what does not is cut, as the stacks do. */
  notify(characteristic: CharacteristicSpec, value: Uint8Array): boolean {
    const { attributes, send } = this.#options;
    const { handle } = attributes.find((one) => one.of === characteristic) as Attribute;
    if (((this.#configurations.get(handle + 1) ?? 0) & 1) === 0) return false;
    send(Uint8Array.from([Op.notification, ...low16(handle), ...value.subarray(0, this.#mtu - 3)]));
    return true;
  }

  #quietly(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }

  #answer(op: number, pdu: Uint8Array): Uint8Array {
    if (op === Op.mtuRequest) {
      if (pdu.length !== 3) throw new Refused(AttError.invalidPdu);
      return Uint8Array.from([Op.mtuResponse, ...low16(this.#options.mtu)]);
    }
    if (op === Op.findInformationRequest) return this.#findInformation(this.#range(pdu));
    if (op === Op.readByTypeRequest) return this.#readByType(this.#range(pdu), pdu.subarray(5));
    if (op === Op.readByGroupTypeRequest) return this.#readByGroup(this.#range(pdu), pdu.subarray(5));
    if (op === Op.readRequest) return this.#read(Op.readResponse, u16(pdu, 1), 0);
    if (op === Op.readBlobRequest) return this.#read(Op.readBlobResponse, u16(pdu, 1), u16(pdu, 3));
    if (op === Op.writeRequest) {
      this.#write(u16(pdu, 1), pdu.slice(3));
      return Uint8Array.of(Op.writeResponse);
    }
    throw new Refused(AttError.requestNotSupported);
  }

  /** What lies between the handles of a request. */
  #range(pdu: Uint8Array): readonly Attribute[] {
    const [from, to] = [u16(pdu, 1), u16(pdu, 3)];
    if (from === 0 || from > to) throw new Refused(AttError.invalidHandle, from);
    return this.#options.attributes.filter(({ handle }) => handle >= from && handle <= to);
  }

  /** As many entries of one length as an answer holds. */
  #list(head: readonly number[], entries: readonly (readonly number[])[], from: number): Uint8Array {
    const size = entries[0]?.length;
    if (size === undefined) throw new Refused(AttError.attributeNotFound, from);
    const out = [...head];
    for (const entry of entries) {
      if (entry.length !== size || out.length + size > this.#mtu) break;
      out.push(...entry);
    }
    return Uint8Array.from(out);
  }

  #findInformation(range: readonly Attribute[]): Uint8Array {
    const entries = range.map(({ handle, type }) => [...low16(handle), ...uuidOctets(type)]);
    const format = entries[0]?.length === 4 ? 1 : 2;
    return this.#list([Op.findInformationResponse, format], entries, range[0]?.handle ?? 1);
  }

  #readByType(range: readonly Attribute[], type: Uint8Array): Uint8Array {
    const found = range.filter((one) => equal(uuidOctets(one.type), type));
    const entries = found.map((one) => {
      const value = this.#valueOf(one).subarray(0, Math.min(this.#mtu - 4, 253));
      return [...low16(one.handle), ...value];
    });
    return this.#list([Op.readByTypeResponse, entries[0]?.length ?? 0], entries, range[0]?.handle ?? 1);
  }

  #readByGroup(range: readonly Attribute[], type: Uint8Array): Uint8Array {
    if (!equal(type, uuidOctets(Uuid16.primaryService))) throw new Refused(AttError.unsupportedGroupType);
    const found = range.filter((one) => one.type === Uuid16.primaryService);
    const entries = found.map(({ handle, end, value }) => [...low16(handle), ...low16(end), ...value]);
    return this.#list([Op.readByGroupTypeResponse, entries[0]?.length ?? 0], entries, range[0]?.handle ?? 1);
  }

  #valueOf({ handle, type, value, of }: Attribute): Uint8Array {
    if (type === Uuid16.clientConfiguration)
      return Uint8Array.from(low16(this.#configurations.get(handle) ?? 0));
    if (of !== undefined && (of.properties & Property.read) === 0)
      throw new Refused(AttError.readNotPermitted, handle);
    return value;
  }

  #attribute(handle: number): Attribute {
    const found = this.#options.attributes[handle - 1];
    if (found === undefined) throw new Refused(AttError.invalidHandle, handle);
    return found;
  }

  #read(op: number, handle: number, offset: number): Uint8Array {
    const value = this.#valueOf(this.#attribute(handle));
    if (offset > value.length) throw new Refused(AttError.invalidOffset, handle);
    return Uint8Array.from([op, ...value.subarray(offset, offset + this.#mtu - 1)]);
  }

  #write(handle: number, value: Uint8Array): void {
    const { of, type } = this.#attribute(handle);
    if (of === undefined) throw new Refused(AttError.writeNotPermitted, handle);
    if (type === Uuid16.clientConfiguration) {
      if (value.length !== 2) throw new Refused(AttError.invalidLength, handle);
      const before = this.#configurations.get(handle) ?? 0;
      this.#configurations.set(handle, u16(value, 0));
      const on = ((value[0] as number) & 1) === 1;
      if (on !== ((before & 1) === 1)) setImmediate(() => this.#options.subscribed(of, on));
      return;
    }
    if ((of.properties & (Property.write | Property.writeWithoutResponse)) === 0)
      throw new Refused(AttError.writeNotPermitted, handle);
    const refused = this.#options.written(of, value);
    if (refused !== undefined) throw new Refused(refused, handle);
  }
}
