/** HCI packets as a UART has them (Core specification, vol. 4, part A). */
export const Packet = Object.freeze({ command: 1, acl: 2, event: 4 });

/** Octets before the parameters, packet type included, and where their number stands. */
function headerOf(type: number): { readonly length: number; readonly size: (octets: Uint8Array) => number } {
  if (type === Packet.command) return { length: 4, size: (octets) => octets[3] as number };
  if (type === Packet.event) return { length: 3, size: (octets) => octets[2] as number };
  if (type === Packet.acl)
    return { length: 5, size: (octets) => (octets[3] as number) | ((octets[4] as number) << 8) };
  throw new Error(`no HCI packet begins with ${type}`);
}

/** Longer than any that a host may send, whatever the buffers it was told of. */
const longest = 1_100;

/** Finds the packets in a stream of octets, for a host that speaks H4 over a UART or TCP. Throws when it is lost. */
export class H4Reader {
  readonly #packet: (packet: Uint8Array) => void;
  #held = new Uint8Array(0);

  constructor(packet: (packet: Uint8Array) => void) {
    this.#packet = packet;
  }

  push(octets: Uint8Array): void {
    let held = new Uint8Array(this.#held.length + octets.length);
    held.set(this.#held);
    held.set(octets, this.#held.length);
    while (held.length > 0) {
      const header = headerOf(held[0] as number);
      if (held.length < header.length) break;
      const length = header.length + header.size(held);
      if (length > longest) throw new Error(`an HCI packet of ${length} octets`);
      if (held.length < length) break;
      const packet = held.slice(0, length);
      held = held.slice(length);
      this.#packet(packet);
    }
    this.#held = held;
  }
}
