import { randomBytes } from "node:crypto";
import type { KeyRequest } from "./aclLink.js";
import type { Address } from "./air.js";
import { Packet } from "./h4.js";

/** Commands by their OpCode (Core specification, vol. 4, part E, 7). */
export const Command = Object.freeze({
  disconnect: 0x0406,
  readRemoteVersion: 0x041d,
  setEventMask: 0x0c01,
  reset: 0x0c03,
  hostNumberOfCompletedPackets: 0x0c35,
  readLocalVersion: 0x1001,
  readBdAddr: 0x1009,
  leSetRandomAddress: 0x2005,
  leSetAdvertisingData: 0x2008,
  leSetScanResponseData: 0x2009,
  leSetAdvertisingEnable: 0x200a,
  leSetScanEnable: 0x200c,
  leCreateConnection: 0x200d,
  leCreateConnectionCancel: 0x200e,
  leConnectionUpdate: 0x2013,
  leReadRemoteFeatures: 0x2016,
  leReadBufferSize: 0x2002,
  leRand: 0x2018,
  leLongTermKeyReply: 0x201a,
  leLongTermKeyNegativeReply: 0x201b,
  leSetDataLength: 0x2022,
});

/** HCI error codes of commands (vol. 1, part F). */
export const Status = Object.freeze({
  ok: 0,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  disallowed: 0x0c,
});

const unsigned16 = (value: number): readonly number[] => [value & 0xff, value >> 8];

/**
 * What the controller answers to commands that change nothing, after the status: a controller of version 5.0 that
 * has extended packet lengths and no extended advertising, and the features that NimBLE asks for.
 */
const fixedAnswers: ReadonlyMap<number, readonly number[]> = new Map([
  [Command.setEventMask, []],
  [0x0c63, []],
  [0x0c6c, [1, 0]],
  [0x0c6d, []],
  [0x0c31, []],
  [0x0c33, []],
  [Command.readLocalVersion, [9, 0, 0, 9, ...unsigned16(0xffff), 0, 0]],
  [0x1002, Array<number>(64).fill(0xff)],
  // LE Supported (Controller), BR/EDR Not Supported.
  [0x1003, [0, 0, 0, 0, 0x60, 0, 0, 0]],
  [0x2001, []],
  // LE Data Packet Length Extension.
  [0x2003, [0x20, 0, 0, 0, 0, 0, 0, 0]],
  [0x2006, []],
  [0x2007, [0]],
  [0x200b, []],
  [0x200f, [8]],
  [0x2010, []],
  [0x201c, Array<number>(8).fill(0xff)],
  [0x2023, [...unsigned16(27), ...unsigned16(328)]],
  [0x2024, []],
  [0x2029, []],
  [0x202a, [4]],
  [0x202d, []],
  [0x202e, []],
  [0x202f, [...unsigned16(251), ...unsigned16(2120), ...unsigned16(251), ...unsigned16(2120)]],
  [0x2031, []],
]);

/** Six octets, least significant first. */
const addressOctets = (address: Address): readonly number[] =>
  address
    .split(":")
    .map((octet) => Number.parseInt(octet, 16))
    .reverse();

export const addressOf = (octets: Uint8Array): Address =>
  [...octets.slice(0, 6)]
    .reverse()
    .map((octet) => octet.toString(16).padStart(2, "0"))
    .join(":");

/** 1 for a random static address, whose two most significant bits are set; else 0, public. */
export const addressType = (address: Address): number => (Number.parseInt(address, 16) >= 0xc0 ? 1 : 0);

/** The answer to a command that changes nothing of what the controller is about; undefined for any other. */
export function answerTo(
  opcode: number,
  parameters: Uint8Array,
  controller: { readonly address: Address; readonly aclLength: number; readonly aclPackets: number },
): readonly number[] | undefined {
  const { address, aclLength, aclPackets } = controller;
  if (opcode === Command.readBdAddr) return addressOctets(address);
  if (opcode === Command.leReadBufferSize) return [...unsigned16(aclLength), aclPackets];
  if (opcode === Command.leRand) return [...randomBytes(8)];
  if (opcode === Command.leSetDataLength) return [...parameters.subarray(0, 2)];
  return fixedAnswers.get(opcode);
}

export const event = (code: number, parameters: readonly number[]): Uint8Array =>
  Uint8Array.from([Packet.event, code, parameters.length, ...parameters]);

export const leEvent = (subevent: number, parameters: readonly number[]): Uint8Array =>
  event(0x3e, [subevent, ...parameters]);

export const commandComplete = (opcode: number, status: number, answer: readonly number[] = []): Uint8Array =>
  event(0x0e, [1, ...unsigned16(opcode), status, ...answer]);

export const commandStatus = (opcode: number, status: number): Uint8Array =>
  event(0x0f, [status, 1, ...unsigned16(opcode)]);

export const disconnectionComplete = (handle: number, reason: number): Uint8Array =>
  event(0x05, [Status.ok, ...unsigned16(handle), reason]);

/** The central wants the link encrypted. */
export const longTermKeyRequest = (handle: number, { random, diversifier }: KeyRequest): Uint8Array =>
  leEvent(5, [...unsigned16(handle), ...random, ...diversifier]);

/** `anew`: it was encrypted before. */
export const encryptionChange = (handle: number, anew: boolean): Uint8Array =>
  anew ? event(0x30, [Status.ok, ...unsigned16(handle)]) : event(0x08, [Status.ok, ...unsigned16(handle), 1]);

export const completedPackets = (handle: number, count: number): Uint8Array =>
  event(0x13, [1, ...unsigned16(handle), ...unsigned16(count)]);

/** `supervision` in milliseconds. A failure has neither handle nor peer. */
export function connectionComplete(
  status: number,
  connection?: { handle: number; role: number; peer: Address; supervision: number },
): Uint8Array {
  if (connection === undefined) return leEvent(1, [status, ...Array<number>(17).fill(0)]);
  const { handle, role, peer, supervision } = connection;
  const times = [...unsigned16(24), ...unsigned16(0), ...unsigned16(supervision / 10), 0];
  return leEvent(1, [
    status,
    ...unsigned16(handle),
    role,
    addressType(peer),
    ...addressOctets(peer),
    ...times,
  ]);
}

/** `type`: 0 for connectable advertising, 4 for a scan response. */
export const advertisingReport = (type: number, from: Address, data: Uint8Array): Uint8Array =>
  leEvent(2, [1, type, addressType(from), ...addressOctets(from), data.length, ...data, 0xc8]);

export function aclPacket(handle: number, first: boolean, octets: Uint8Array): Uint8Array {
  // To the host, the first piece of a frame is marked as automatically flushable.
  const flags = (first ? 2 : 1) << 12;
  return Uint8Array.from([
    Packet.acl,
    ...unsigned16(handle | flags),
    ...unsigned16(octets.length),
    ...octets,
  ]);
}
