import { hex } from "../../base/octets.js";
import type { Timer } from "../../base/ports.js";
import { Milliseconds, Seconds, toMilliseconds, toSeconds } from "../../base/units.js";
import { encodeMessage } from "../../codec/message.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { pnSetupNotify } from "./invitations.js";
import type { Member } from "./member.js";
import { localKeyLifetime } from "./messages.js";

/** Before members are asked to take part anew, who may be several times in a row; and until they are asked again. */
const soon = Milliseconds(500);
const askAgain = Milliseconds(20_000);
const maximumAsked = 6;

/** Of a LocalEUKey's 30 days, seconds: a member that is away meanwhile is back by then. */
const renewKeyBefore = 10 * 24 * 3600;

/**
 * Who has no proof of all that are in its PN is asked to take part anew, by the invitation into the PN that it is in, until
 * it has done so (ADR 17).
 */
export class Asking {
  readonly #ports: GatewayPorts;
  readonly #members: (pnID: Uint8Array) => readonly Member[];
  /** PNs whose members are to be asked, and when. */
  readonly #waiting = new Map<string, { readonly timer: Timer; readonly at: number }>();

  /** `members`: of a PN as it is now; none when it is over. */
  constructor(ports: GatewayPorts, members: (pnID: Uint8Array) => readonly Member[]) {
    this.#ports = ports;
    this.#members = members;
  }

  soon(pnID: Uint8Array): void {
    this.#after(pnID, soon);
  }

  later(pnID: Uint8Array): void {
    this.#after(pnID, askAgain);
  }

  #after(pnID: Uint8Array, wait: Milliseconds): void {
    const name = hex(pnID);
    const at = this.#ports.clock.now() + wait;
    const before = this.#waiting.get(name);
    if ((before !== undefined && before.at <= at) || !this.#members(pnID).some(mayBeAsked)) return;
    before?.timer.cancel();
    const timer = this.#ports.clock.after(wait, () => {
      this.#waiting.delete(name);
      const origin = this.#ports.gatewayID;
      for (const one of this.#members(pnID)) {
        if (!mayBeAsked(one) || one.link?.secured !== true) continue;
        one.asked++;
        one.push((exchange) => encodeMessage(pnSetupNotify, exchange, { pnID, origin }));
      }
      this.#after(pnID, askAgain);
    });
    this.#waiting.set(name, { timer, at });
  }

  /** Its LocalEUKey nears its end: by taking part anew it gets another one, else the PN would be over for it with the key. */
  renewKey(member: Member): void {
    const key = member.local.localKey;
    if (key === undefined) return;
    const now = this.#ports.clock.now();
    const old = now - member.provenAt > toMilliseconds(Seconds(localKeyLifetime - renewKeyBefore));
    if (!old && key.expiresAt - toSeconds(now) > renewKeyBefore) return;
    member.outdated = true;
    member.asked = 0;
  }
}

/** One that says no, or nothing, is asked no longer. */
const mayBeAsked = ({ outdated, asked }: Member): boolean => outdated && asked < maximumAsked;
