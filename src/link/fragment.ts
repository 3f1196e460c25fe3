import { wipe } from "../base/octets.js";
import { LinkError } from "./errors.js";

/**
 * Fragments of one message over GATT (docs/PROTOCOL.md, Fragments). Header: octet 0 = flags, octet 1 = message number in the
 * upper four bits and fragment number modulo 16 in the lower; on the first fragment the message's length follows in
 * two octets, big endian. Order is GATT's; the numbers show what a lost, repeated or left-over fragment would hide.
 */
const flagFirst = 0x80;
const flagLast = 0x40;
/** Marks this layout; every other bit pattern is refused. */
const layout = 0x01;

/** Octets that a fragment takes at most, header included, whatever the MTU allows (docs/PROTOCOL.md, Fragments). */
const maximumFragment = 240;
/** maximumWrite at ATT_MTU 23, the least there is. */
export const minimumWrite = 20;
/** A message of 2048 octets and the overhead of its record. */
export const maximumSdu = 2048 + 21;

/** Cuts one message, fragment by fragment, so that a `maximumWrite` that changes on the way is followed. */
export class Fragmenter {
  readonly #message: Uint8Array;
  readonly #number: number;
  #sent = 0;
  #index = 0;

  /** `number` counts the messages of one direction of a connection, modulo 16. */
  constructor(message: Uint8Array, number: number) {
    if (message.length === 0 || message.length > maximumSdu) throw new LinkError("link.tooLong");
    this.#message = message;
    this.#number = number & 15;
  }

  /** The next fragment of at most min(maximumWrite, 240) octets, or undefined after the last. */
  next(maximumWrite: number): Uint8Array | undefined {
    const left = this.#message.length - this.#sent;
    if (left === 0) return undefined;
    const header = this.#index === 0 ? 4 : 2;
    const room = Math.min(Math.max(maximumWrite, minimumWrite), maximumFragment) - header;
    const length = Math.min(room, left);
    const fragment = new Uint8Array(header + length);
    fragment[0] = layout | (this.#index === 0 ? flagFirst : 0) | (length === left ? flagLast : 0);
    fragment[1] = (this.#number << 4) | (this.#index & 15);
    if (this.#index === 0) {
      fragment[2] = this.#message.length >> 8;
      fragment[3] = this.#message.length & 0xff;
    }
    fragment.set(this.#message.subarray(this.#sent, this.#sent + length), header);
    this.#sent += length;
    this.#index++;
    return fragment;
  }
}

/** How many fragments a message takes at an ATT_MTU. */
export function fragmentCount(length: number, attMtu: number): number {
  const room = Math.min(attMtu - 3, maximumFragment);
  // The first has two octets of header more than the others.
  return 1 + Math.ceil((length - (room - 4)) / (room - 2));
}

interface Partial {
  readonly message: Uint8Array;
  readonly number: number;
  at: number;
  index: number;
}

/** Puts messages together again; holds one at a time and allocates what its first fragment declares, bounded. */
export class Reassembler {
  #partial: Partial | undefined;
  #expected = 0;
  #skipping = false;

  /** True between the first and the last fragment of a message. */
  get pending(): boolean {
    return this.#partial !== undefined;
  }

  /** Drops a half message, wiped; what is left of it passes unseen until a first fragment starts afresh. */
  reset(): void {
    wipe(this.#partial?.message);
    this.#partial = undefined;
    this.#skipping = true;
  }

  /**
   * The whole message with its last fragment, else undefined. Throws LinkError, after which it is as after `reset`:
   * link.fragment (form), link.order (not the next one: something was lost, repeated or left over), link.tooLong.
   */
  push(fragment: Uint8Array): Uint8Array | undefined {
    try {
      return this.#take(fragment);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #take(fragment: Uint8Array): Uint8Array | undefined {
    if (fragment.length < 3 || fragment.length > maximumFragment)
      throw new LinkError("link.fragment", "length");
    const flags = fragment[0] as number;
    if ((flags & ~(flagFirst | flagLast)) !== layout) throw new LinkError("link.fragment", "flags");
    if (this.#skipping && (flags & flagFirst) === 0) return undefined;
    const partial = (flags & flagFirst) !== 0 ? this.#begin(fragment) : this.#partial;
    if (partial === undefined) throw new LinkError("link.order", "no first fragment");
    const numbers = (partial.number << 4) | (partial.index & 15);
    if (fragment[1] !== numbers) throw new LinkError("link.order");
    const content = fragment.subarray((flags & flagFirst) !== 0 ? 4 : 2);
    if (partial.at + content.length > partial.message.length)
      throw new LinkError("link.fragment", "too much");
    partial.message.set(content, partial.at);
    partial.at += content.length;
    partial.index++;
    const complete = partial.at === partial.message.length;
    if (complete !== ((flags & flagLast) !== 0)) throw new LinkError("link.fragment", "last");
    if (!complete) return undefined;
    this.#partial = undefined;
    return partial.message;
  }

  #begin(fragment: Uint8Array): Partial {
    if (this.#partial !== undefined) throw new LinkError("link.order", "message not finished");
    if (fragment.length < 5) throw new LinkError("link.fragment", "first is too short");
    const length = ((fragment[2] as number) << 8) | (fragment[3] as number);
    if (length > maximumSdu) throw new LinkError("link.tooLong", `${length}`);
    const number = (fragment[1] as number) >> 4;
    if (number !== this.#expected && !this.#skipping) throw new LinkError("link.order", "message number");
    this.#skipping = false;
    this.#expected = (number + 1) & 15;
    this.#partial = { message: new Uint8Array(length), number, at: 0, index: 0 };
    return this.#partial;
  }
}
