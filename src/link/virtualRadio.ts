/**
 * What a device and a virtual radio say to each other over a socket, in place of BLE (docs/VIRTUAL-RADIO.md): the
 * same fragments, writes with their completions, the MTU. A frame is length (2, big endian, of what follows) ‖ kind (1)
 * ‖ payload.
 */
export const Kind = Object.freeze({
  /** From the device: AdvertisedState in one octet, or 255 for none; then its name in UTF-8. */
  advertise: 1,
  /** Both ways: one fragment. */
  fragment: 2,
  /** From the device: ends the connection. To the device: it has ended. */
  disconnect: 3,
  /** To the device: maximumWrite (2), then 1 for a PAN that is secure by itself, else 0. */
  connected: 4,
  /** To the device: the oldest write that was not yet completed is; 0, or 1 when it failed. */
  sent: 5,
});

export const notAdvertising = 255;

/** A fragment has at most 240 octets, a name fewer. */
const maximumFrame = 256;
const headLength = 3;

export function frame(kind: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const octets = new Uint8Array(headLength + payload.length);
  octets[0] = (payload.length + 1) >> 8;
  octets[1] = (payload.length + 1) & 0xff;
  octets[2] = kind;
  octets.set(payload, headLength);
  return octets;
}

/** Takes a stream apart again. */
export class FrameReader {
  readonly #take: (kind: number, payload: Uint8Array) => void;
  #held = new Uint8Array(0);

  constructor(take: (kind: number, payload: Uint8Array) => void) {
    this.#take = take;
  }

  /** False for what is no frame: the connection is of no more use. */
  push(octets: Uint8Array): boolean {
    const held = new Uint8Array(this.#held.length + octets.length);
    held.set(this.#held);
    held.set(octets, this.#held.length);
    let at = 0;
    while (held.length - at >= headLength) {
      const length = ((held[at] as number) << 8) | (held[at + 1] as number);
      if (length === 0 || length > maximumFrame) return false;
      if (held.length - at < length + 2) break;
      this.#take(held[at + 2] as number, held.slice(at + headLength, at + 2 + length));
      at += length + 2;
    }
    this.#held = held.slice(at);
    return true;
  }
}
