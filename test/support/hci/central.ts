import assert from "node:assert/strict";
import { LinkError } from "../../../src/link/errors.js";
import { rxUUID, serviceUUID, txUUID } from "../../../src/link/service.js";
import type { LinkEnd } from "./aclLink.js";
import type { Address, Air } from "./air.js";
import { uuidOctets } from "./attributes.js";
import type { LinkSecurity } from "./controller.js";
import { Channel, cutFrame, FrameAssembler } from "./l2cap.js";

export interface CentralOptions {
  readonly air: Air;
  readonly peer: Address;
  readonly address?: Address;
  readonly security?: LinkSecurity;
  /** How long a peer waits for a central that has vanished, in milliseconds. */
  readonly supervision?: number;
}

/** What was found of the PNE's service. */
export interface FoundService {
  readonly rx: number;
  readonly tx: number;
}

const unsigned16 = (value: number): readonly number[] => [value & 0xff, value >> 8];

/** A central with the least of a GATT client, for what a test wants of a device at a moment of its own choice. */
export class TestCentral {
  readonly #end: LinkEnd;
  readonly #take: (data: { readonly first: boolean; readonly octets: Uint8Array }) => boolean;
  #answer: { readonly take: (pdu: Uint8Array) => void; readonly fail: (error: Error) => void } | undefined;
  readonly notifications: Uint8Array[] = [];
  /** HCI error code of the end. */
  closed: number | undefined;

  static connect({
    air,
    peer,
    security,
    address = "00:1b:dc:00:00:03",
    supervision = 1_000,
  }: CentralOptions): Promise<TestCentral> {
    return new Promise((resolve) => {
      air.connect(peer, { address, supervision }, (end) => {
        resolve(new TestCentral(end, security, address, peer));
      });
    });
  }

  constructor(end: LinkEnd, security: LinkSecurity | undefined, own: Address, peer: Address) {
    this.#end = end;
    const frames = new FrameAssembler((channel, payload) => {
      if (channel === Channel.att) this.#receive(payload.slice());
    });
    end.onData = (data) => {
      if (this.#take(data)) frames.push(data);
    };
    end.onClosed = (reason) => {
      this.closed = reason;
      security?.closed(end);
      this.#answer?.fail(new LinkError("link.closed"));
    };
    this.#take = security?.connected(end, own, peer) ?? (() => true);
  }

  #receive(pdu: Uint8Array): void {
    if (pdu[0] === 0x1b) this.notifications.push(pdu.subarray(3));
    else {
      const answer = this.#answer;
      this.#answer = undefined;
      answer?.take(pdu);
    }
  }

  /** A request, and its answer; rejects when the link ends before. */
  request(...pdu: readonly number[]): Promise<Uint8Array> {
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      this.#answer = { take: resolve, fail: reject };
    });
    this.send(...pdu);
    return answer;
  }

  /** Without waiting for an answer. */
  send(...pdu: readonly number[]): void {
    for (const piece of cutFrame(Channel.att, Uint8Array.from(pdu), 251)) this.#end.send(piece);
  }

  /** The ATT_MTU that the peer takes. */
  async exchangeMtu(mtu = 517): Promise<number> {
    const answer = await this.request(0x02, ...unsigned16(mtu));
    return Buffer.from(answer).readUInt16LE(1);
  }

  async find(): Promise<FoundService> {
    const service = await this.request(6, 1, 0, 0xff, 0xff, 0, 0x28, ...uuidOctets(serviceUUID));
    const last = Buffer.from(service).readUInt16LE(3);
    const values = new Map<string, number>();
    for (let from = Buffer.from(service).readUInt16LE(1); from <= last; ) {
      const answer = Buffer.from(await this.request(8, ...unsigned16(from), ...unsigned16(last), 0x03, 0x28));
      if (answer[0] === 1) break;
      // An ATT_MTU of 23 has room for one at a time.
      for (let at = 2, length = answer[1] as number; at < answer.length; at += length) {
        const value = answer.readUInt16LE(at + 3);
        values.set(answer.toString("hex", at + 5, at + length), value);
        from = value + 1;
      }
    }
    const handleOf = (uuid: string): number =>
      values.get(Buffer.from(uuidOctets(uuid)).toString("hex")) ?? assert.fail(`no characteristic ${uuid}`);
    return { rx: handleOf(rxUUID), tx: handleOf(txUUID) };
  }

  /** Its configuration comes after the value. */
  async subscribe({ tx }: FoundService): Promise<void> {
    await this.request(0x12, ...unsigned16(tx + 1), 1, 0);
  }

  /** The value of the first characteristic of a 16-bit UUID. */
  async read(uuid: number): Promise<Uint8Array> {
    const answer = await this.request(8, 1, 0, 0xff, 0xff, ...unsigned16(uuid));
    return answer.subarray(4);
  }

  disconnect(): void {
    this.#end.close();
  }

  /** Loses its power. */
  vanish(): void {
    this.#end.vanish();
  }
}
