import type { AclData } from "./aclLink.js";

/** Fixed channels (Core specification, vol. 3, part A, 2.1). */
export const Channel = Object.freeze({ att: 4, signalling: 5, security: 6 });

/** Length and channel before the payload. */
const header = 4;

/** A frame in pieces of at most `most` octets. */
export function cutFrame(channel: number, payload: Uint8Array, most: number): AclData[] {
  const frame = new Uint8Array(header + payload.length);
  new DataView(frame.buffer).setUint16(0, payload.length, true);
  new DataView(frame.buffer).setUint16(2, channel, true);
  frame.set(payload, header);
  const pieces: AclData[] = [];
  for (let at = 0; at < frame.length; at += most) {
    pieces.push({ first: at === 0, octets: frame.subarray(at, at + most) });
  }
  return pieces;
}

/** Puts frames together again. Throws for what no sender that keeps to the specification sends. */
export class FrameAssembler {
  readonly #frame: (channel: number, payload: Uint8Array) => void;
  #held = new Uint8Array(0);
  #wanted = 0;

  constructor(frame: (channel: number, payload: Uint8Array) => void) {
    this.#frame = frame;
  }

  push({ first, octets }: AclData): void {
    if (first !== (this.#held.length === 0))
      throw new Error(first ? "a frame was not finished" : "no first piece");
    const held = new Uint8Array(this.#held.length + octets.length);
    held.set(this.#held);
    held.set(octets, this.#held.length);
    this.#held = held;
    if (held.length < header) throw new Error("the first piece is shorter than its header");
    const view = new DataView(held.buffer);
    if (first) this.#wanted = header + view.getUint16(0, true);
    if (held.length > this.#wanted) throw new Error("a frame is longer than it says");
    if (held.length < this.#wanted) return;
    this.#held = new Uint8Array(0);
    this.#frame(view.getUint16(2, true), held.subarray(header));
  }
}
