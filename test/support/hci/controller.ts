import type { AclData, LinkEnd } from "./aclLink.js";
import { Reason } from "./aclLink.js";
import type { Address, Advertiser, Air } from "./air.js";
import { Packet } from "./h4.js";
import {
  aclPacket,
  addressOf,
  advertisingReport,
  answerTo,
  Command,
  commandComplete,
  commandStatus,
  completedPackets,
  connectionComplete,
  disconnectionComplete,
  encryptionChange,
  leEvent,
  longTermKeyRequest,
  Status,
} from "./hci.js";

export interface ControllerOptions {
  readonly air: Air;
  readonly address: Address;
  /** Octets of an ACL packet, and packets that it buffers. */
  readonly aclLength?: number;
  readonly aclPackets?: number;
  readonly maximumLinks?: number;
  /** Of a central's links: what is not the host's business. */
  readonly security?: LinkSecurity;
}

/** What an operating system does for a host that does not: it pairs, and encrypts. */
export interface LinkSecurity {
  /** A link stands. The answer takes what arrives on it, and says whether the host is to have it. */
  connected(end: LinkEnd, own: Address, peer: Address): (data: AclData) => boolean;
  closed(end: LinkEnd): void;
}

interface Held {
  readonly end: LinkEnd;
  /** Packets in the controller's buffers. */
  pending: number;
  /** The link waits for a key. */
  giveKey?: (key?: Uint8Array) => void;
}

type Role = 0 | 1;
const central: Role = 0;
const peripheral: Role = 1;
/** Of links; a host ends one of a handle above at once. Those of ended links come again. */
const handles = Object.freeze({ first: 0x40, last: 0xeff });

/**
 * A Bluetooth LE controller for an unmodified host stack, central or peripheral: whole HCI packets on one side, the
 * air of a test on the other. What a host does that no controller could take is an error of the test.
 */
export class HciController {
  readonly #air: Air;
  readonly #options: ControllerOptions & { readonly aclLength: number; readonly aclPackets: number };
  #address: Address;
  #toHost: (packet: Uint8Array) => void = () => {};
  readonly #links = new Map<number, Held>();
  #handle: number = handles.first;
  #stopScan: (() => void) | undefined;
  #stopConnecting: (() => void) | undefined;
  #advertisement = new Uint8Array(0);
  #response = new Uint8Array(0);
  /** Every command that the host has sent, by its OpCode. */
  readonly commands: number[] = [];

  constructor(options: ControllerOptions) {
    this.#options = { aclLength: 251, aclPackets: 8, ...options };
    this.#air = options.air;
    this.#address = options.address;
  }

  get links(): number {
    return this.#links.size;
  }

  attach(toHost: (packet: Uint8Array) => void): void {
    this.#toHost = toHost;
  }

  /** Loses its power, and with it its host: peers notice by their supervision timeout. */
  unplug(): void {
    this.#toHost = () => {};
    this.#reset();
  }

  /** In a later turn: no controller answers before the host has finished writing. */
  #tell(packet: Uint8Array): void {
    const toHost = this.#toHost;
    setImmediate(() => {
      if (this.#toHost === toHost) toHost(packet);
    });
  }

  fromHost(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    if (packet[0] === Packet.command) this.#command(view.getUint16(1, true), packet.subarray(4));
    else if (packet[0] === Packet.acl) this.#data(view.getUint16(1, true), packet.subarray(5));
    else throw new Error(`a host sends no packet ${packet[0]}`);
  }

  #data(flagged: number, octets: Uint8Array): void {
    const { aclLength, aclPackets } = this.#options;
    const handle = flagged & 0xfff;
    const held = this.#links.get(handle);
    // The link has closed meanwhile.
    if (held === undefined) return;
    if (octets.length > aclLength)
      throw new Error(`${octets.length} octets in an ACL packet of ${aclLength}`);
    if (++held.pending > aclPackets) throw new Error("the host has overrun the controller's buffers");
    held.end.send({ first: flagged >> 12 !== 1, octets }, () => {
      held.pending--;
      this.#tell(completedPackets(handle, 1));
    });
  }

  // ── Commands ──

  #command(opcode: number, parameters: Uint8Array): void {
    this.commands.push(opcode);
    const complete = (status: number, answer?: readonly number[]): void =>
      this.#tell(commandComplete(opcode, status, answer));
    const answer = answerTo(opcode, parameters, { ...this.#options, address: this.#address });
    if (answer !== undefined) complete(Status.ok, answer);
    else if (opcode === Command.reset) {
      this.#reset();
      complete(Status.ok);
    } else if (opcode === Command.leSetScanEnable)
      complete(this.#scan(parameters[0] === 1, parameters[1] === 1));
    else if (opcode === Command.leCreateConnectionCancel) this.#cancel(complete);
    else if (opcode === Command.leCreateConnection) this.#create(parameters);
    else if (opcode === Command.disconnect) this.#disconnect(parameters);
    else if (opcode !== Command.hostNumberOfCompletedPackets)
      this.#peripheralCommand(opcode, parameters, complete);
  }

  #peripheralCommand(opcode: number, parameters: Uint8Array, complete: (status: number) => void): void {
    const data = parameters.slice(1, 1 + (parameters[0] ?? 0));
    if (opcode === Command.leSetRandomAddress) this.#address = addressOf(parameters);
    else if (opcode === Command.leSetAdvertisingData) this.#advertisement = data;
    else if (opcode === Command.leSetScanResponseData) this.#response = data;
    else if (opcode === Command.leSetAdvertisingEnable) this.#advertise(parameters[0] === 1);
    else if (opcode === Command.leLongTermKeyReply || opcode === Command.leLongTermKeyNegativeReply)
      return this.#giveKey(opcode, parameters);
    else if (opcode === Command.leReadRemoteFeatures) {
      this.#tell(commandStatus(opcode, Status.ok));
      this.#tell(leEvent(4, [Status.ok, ...parameters.subarray(0, 2), 0, 0, 0, 0, 0, 0, 0, 0]));
      return;
    } else return complete(Status.unknownCommand);
    complete(Status.ok);
  }

  #reset(): void {
    this.#scan(false, false);
    this.#stopConnecting?.();
    this.#stopConnecting = undefined;
    this.#air.silence(this.#address);
    for (const { end } of this.#links.values()) end.vanish();
    this.#links.clear();
  }

  // ── Central ──

  #scan(on: boolean, filterDuplicates: boolean): number {
    this.#stopScan?.();
    this.#stopScan = undefined;
    if (!on) return Status.ok;
    const seen = new Set<Address>();
    this.#stopScan = this.#air.listen(({ address, advertisement, response }) => {
      if (filterDuplicates && seen.has(address)) return;
      seen.add(address);
      this.#tell(advertisingReport(0, address, advertisement));
      this.#tell(advertisingReport(4, address, response));
    });
    return Status.ok;
  }

  #create(parameters: Uint8Array): void {
    const full = this.#links.size >= (this.#options.maximumLinks ?? 16);
    const status =
      this.#stopConnecting !== undefined ? Status.disallowed : full ? Reason.limitExceeded : Status.ok;
    this.#tell(commandStatus(Command.leCreateConnection, status));
    if (status !== Status.ok) return;
    const peer = addressOf(parameters.subarray(6));
    const supervision = ((parameters[19] as number) | ((parameters[20] as number) << 8)) * 10;
    this.#stopConnecting = this.#air.connect(peer, { address: this.#address, supervision }, (end) => {
      this.#stopConnecting = undefined;
      this.#connected(end, central, peer, supervision);
    });
  }

  #cancel(complete: (status: number) => void): void {
    if (this.#stopConnecting === undefined) return complete(Status.disallowed);
    this.#stopConnecting();
    this.#stopConnecting = undefined;
    complete(Status.ok);
    this.#tell(connectionComplete(Status.unknownConnection));
  }

  #disconnect(parameters: Uint8Array): void {
    const handle = (parameters[0] as number) | ((parameters[1] as number) << 8);
    const held = this.#links.get(handle);
    this.#tell(commandStatus(Command.disconnect, held ? Status.ok : Status.unknownConnection));
    held?.end.close(parameters[2]);
  }

  // ── Peripheral ──

  #advertise(on: boolean): void {
    if (!on) return this.#air.silence(this.#address);
    const advertiser: Advertiser = {
      address: this.#address,
      advertisement: this.#advertisement,
      response: this.#response,
      connected: (end, by) => this.#connected(end, peripheral, by.address, by.supervision),
    };
    this.#air.advertise(advertiser);
  }

  #giveKey(opcode: number, parameters: Uint8Array): void {
    const handle = (parameters[0] as number) | ((parameters[1] as number) << 8);
    const held = this.#links.get(handle);
    const give = held?.giveKey;
    const status = give === undefined ? Status.unknownConnection : Status.ok;
    this.#tell(commandComplete(opcode, status, [...parameters.subarray(0, 2)]));
    if (held !== undefined) delete held.giveKey;
    give?.(opcode === Command.leLongTermKeyReply ? parameters.slice(2, 18) : undefined);
  }

  #freeHandle(): number {
    const { first, last } = handles;
    do {
      this.#handle = this.#handle < last ? this.#handle + 1 : first;
    } while (this.#links.has(this.#handle));
    return this.#handle;
  }

  #connected(end: LinkEnd, role: Role, peer: Address, supervision: number): void {
    const handle = this.#freeHandle();
    const held: Held = { end, pending: 0 };
    this.#links.set(handle, held);
    const security = role === central ? this.#options.security : undefined;
    const mine = security?.connected(end, this.#address, peer);
    end.onData = (data) => {
      if (mine?.(data) !== false) this.#tell(aclPacket(handle, data.first, data.octets));
    };
    if (role === peripheral) {
      end.onKeyRequest = (request, answer) => {
        held.giveKey = answer;
        this.#tell(longTermKeyRequest(handle, request));
      };
      end.onEncrypted = (_, anew) => this.#tell(encryptionChange(handle, anew));
    }
    end.onClosed = (reason) => {
      this.#links.delete(handle);
      security?.closed(end);
      this.#tell(disconnectionComplete(handle, reason));
    };
    this.#tell(connectionComplete(Status.ok, { handle, role, peer, supervision }));
  }
}
