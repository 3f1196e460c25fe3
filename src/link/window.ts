/** Counters that a receive window tells apart below the greatest (RFC 4303, 3.4.3). */
export const windowSize = 64;
/** Octets of its bits. */
export const windowLength = windowSize / 8;

/**
 * Which counters of a session have come, where they may come in any order: bit i (bit 0 is the lowest of the first
 * octet) tells of counter `received − i`.
 */
export interface ReceiveWindow {
  /** The greatest counter that has come; 0 before the first. */
  readonly received: number;
  /** `windowLength` octets. */
  readonly bits: Uint8Array;
}

export const emptyWindow: ReceiveWindow = Object.freeze({ received: 0, bits: new Uint8Array(windowLength) });

export type Seen = "new" | "seen" | "tooOld";

/** What is known of a counter of 1 or more: below the window nobody can tell whether it has come. */
export function seen({ received, bits }: ReceiveWindow, counter: number): Seen {
  const back = received - counter;
  if (back < 0) return "new";
  if (back >= windowSize) return "tooOld";
  return (((bits[back >> 3] as number) >> (back & 7)) & 1) === 1 ? "seen" : "new";
}

/** The window after this counter, which was new, has come. */
export function mark({ received, bits }: ReceiveWindow, counter: number): ReceiveWindow {
  const ahead = Math.max(0, counter - received);
  const moved = new Uint8Array(windowLength);
  if (ahead < windowSize) {
    // As two words, the lower first: a device opens records all day.
    const from = new DataView(bits.buffer, bits.byteOffset);
    const to = new DataView(moved.buffer);
    const lower = from.getUint32(0, true);
    const upper = from.getUint32(4, true);
    const carried = ahead === 0 ? 0 : ahead < 32 ? lower >>> (32 - ahead) : lower << (ahead - 32);
    to.setUint32(0, ahead < 32 ? lower << ahead : 0, true);
    to.setUint32(4, ahead < 32 ? (upper << ahead) | carried : carried, true);
  }
  const back = ahead > 0 ? 0 : received - counter;
  (moved[back >> 3] as number) |= 1 << (back & 7);
  return { received: received + ahead, bits: moved };
}
