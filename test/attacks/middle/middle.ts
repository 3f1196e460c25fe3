import type { Outcome } from "../../../src/base/outcome.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { ServerLink } from "../../../src/gateway/serverLink.js";
import { Channel } from "../../../src/link/channel.js";
import type { TestNetwork } from "../../support/network.js";

/**
 * Where the attacker stands. `link`: in the air, or, once the link is protected, in the PN GW's own place. `session`:
 * in the place of the PN GW toward the Server, and of the Server toward it. `clear`: on the way between both.
 */
export type Place = "link" | "session" | "clear";

export interface Passed {
  readonly place: Place;
  readonly name: string;
  /** The how manieth of this name at this place. */
  readonly n: number;
  readonly octets: Uint8Array;
}

/** What becomes of a message; undefined lets it pass as it is. */
export type Hand = (passed: Passed) => Uint8Array | undefined;

/** Stands in the middle of one network, reads what passes, and changes it. */
export class Middle {
  readonly passed: Passed[] = [];
  readonly #hand: Hand;
  readonly #counts = new Map<string, number>();

  constructor(net: TestNetwork, hand: Hand = () => undefined) {
    this.#hand = hand;
    net.network.backhaul.tamper = (octets) => this.pass("clear", octets);
    current = this;
  }

  pass(place: Place, octets: Uint8Array): Uint8Array {
    let name: string;
    try {
      name = everyMessage.decode(octets, 8192).name;
    } catch {
      // A record: nothing can be changed in it that would not end it.
      return octets;
    }
    const n = this.#counts.get(`${place} ${name}`) ?? 0;
    this.#counts.set(`${place} ${name}`, n + 1);
    const passed = { place, name, n, octets: octets.slice() };
    this.passed.push(passed);
    return this.#hand(passed) ?? octets;
  }

  leave(net: TestNetwork): void {
    net.network.backhaul.tamper = undefined;
    current = undefined;
  }
}

let current: Middle | undefined;

/** Opens the places inside sessions, for networks that are made from now on. Returns what closes them again. */
export function openPlaces(): () => void {
  const { send } = Channel.prototype;
  const { exchange, poll } = ServerLink.prototype;
  const inSession = (outcome: Outcome<Uint8Array>): Outcome<Uint8Array> => {
    const answer = "value" in outcome ? current?.pass("session", outcome.value) : undefined;
    return answer === undefined ? outcome : { value: answer };
  };
  Channel.prototype.send = function (message) {
    send.call(this, current?.pass("link", message) ?? message);
  };
  ServerLink.prototype.exchange = function (octets, done, errand) {
    const asked = current?.pass("session", octets) ?? octets;
    exchange.call(this, asked, (outcome) => done(inSession(outcome)), errand);
  };
  ServerLink.prototype.poll = function (octets, done) {
    poll.call(this, current?.pass("session", octets) ?? octets, (outcome) => done(inSession(outcome)));
  };
  return () => {
    Channel.prototype.send = send;
    ServerLink.prototype.exchange = exchange;
    ServerLink.prototype.poll = poll;
  };
}
