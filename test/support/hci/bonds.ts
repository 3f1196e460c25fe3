import type { AclData, LinkEnd } from "./aclLink.js";
import type { Address } from "./air.js";
import type { LinkSecurity } from "./controller.js";
import { addressType } from "./hci.js";
import { Channel, cutFrame } from "./l2cap.js";
import { PairingInitiator } from "./smp.js";

/** What has come of a link's security. */
export type Secured = "bonded" | "paired" | "failed";

const none = Object.freeze({ random: new Uint8Array(8), diversifier: new Uint8Array(2) });
const typed = (address: Address): Uint8Array =>
  Uint8Array.of(addressType(address), ...address.split(":").map((octet) => Number.parseInt(octet, 16)));

/**
 * The bonds of a gateway's operating system, under a stack that pairs with nobody: each link is encrypted with the
 * bond's key, and where there is none, or the peer has none, the two pair with a comparison.
 */
export class Bonds implements LinkSecurity {
  readonly keys = new Map<Address, Uint8Array>();
  /** Of each link, what has come of it; with the reason of a failure. */
  readonly seen: { readonly what: Secured; readonly reason?: number }[] = [];
  /** Numbers that this side has shown. */
  readonly numbers: number[] = [];
  /** Nobody pairs, unless told. */
  active = false;
  /** What the gateway's person says. */
  says: (number: number) => Promise<boolean> = () => Promise.resolve(true);
  /** AuthReq of the next pairings, where it is not all of it. */
  asks: number | undefined;
  readonly #running = new Map<LinkEnd, PairingInitiator>();

  connected(end: LinkEnd, own: Address, peer: Address): (data: AclData) => boolean {
    if (!this.active) return () => true;
    const key = this.keys.get(peer);
    if (key === undefined) this.#pair(end, own, peer);
    else {
      void this.#encrypt(end, key).then((status) => {
        if (status === 0) this.seen.push({ what: "bonded" });
        else this.#pair(end, own, peer);
      });
    }
    return (data) => {
      if ((data.octets[2] as number) !== Channel.security || !data.first) return true;
      this.#running.get(end)?.receive(data.octets.subarray(4));
      return false;
    };
  }

  closed(end: LinkEnd): void {
    this.#running.get(end)?.lost();
  }

  #encrypt(end: LinkEnd, key: Uint8Array): Promise<number> {
    return new Promise((resolve) => {
      end.onEncrypted = resolve;
      end.encrypt(key, none);
    });
  }

  #pair(end: LinkEnd, own: Address, peer: Address): void {
    const initiator = new PairingInitiator({
      own: typed(own),
      peer: typed(peer),
      ...(this.asks !== undefined && { asks: this.asks }),
      send: (pdu) => {
        for (const piece of cutFrame(Channel.security, pdu, 251)) end.send(piece);
      },
      compare: (number) => {
        this.numbers.push(number);
        return this.says(number);
      },
      encrypt: async (key) => (await this.#encrypt(end, key)) === 0,
      done: (key, reason) => {
        this.#running.delete(end);
        if (key !== undefined) this.keys.set(peer, key);
        this.seen.push({
          what: key === undefined ? "failed" : "paired",
          ...(reason !== undefined && { reason }),
        });
      },
    });
    this.#running.set(end, initiator);
    initiator.start();
  }
}
