import { hex } from "../base/octets.js";
import type { Clock } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import { Allowance, type AllowanceRule } from "./allowance.js";
import type { PneLink } from "./pneLink.js";

/** What somebody may begin too often. */
export type Begun = "enrolment" | "pn" | "data";

/** What one link may begin: more than a person does. */
const ofLink: Readonly<Record<Begun, AllowanceRule>> = Object.freeze({
  enrolment: { burst: 3, every: Milliseconds(5_000) },
  pn: { burst: 3, every: Milliseconds(2_000) },
  data: { burst: 40, every: Milliseconds(100) },
});
/**
 * What all links together may begin on which nobody has proven anything. The Server keeps 256 exchanges of a PN GW open,
 * and 64 PNs in which nobody has proven anything, and drops the oldest for a newer one: at these rates an honest one
 * has 6 s until then.
 */
const ofStrangers: Readonly<Record<Begun, AllowanceRule>> = Object.freeze({
  enrolment: { burst: 64, every: Milliseconds(25) },
  pn: { burst: 64, every: Milliseconds(100) },
  // Members are none: what they say is proven to be theirs, or sealed for the Server.
  data: { burst: 640, every: Milliseconds(10) },
});

/** A PNE waits for 10 s, and the Server has to answer in them, too. */
const patience = Milliseconds(4_000);

/** Handles of open exchanges that one link is remembered by. */
const maximumHandles = 4;

interface Neighbour {
  readonly allowed: Readonly<Record<Begun, Allowance>>;
  readonly handles: string[];
}

/** What links may do at the cost of others: a stranger behind the PN GW must not fill what all of them share. */
export class Neighbours {
  readonly #clock: Pick<Clock, "now">;
  readonly #strangers: Readonly<Record<Begun, Allowance>>;
  readonly #links = new WeakMap<PneLink, Neighbour>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#strangers = this.#allowances(ofStrangers);
  }

  #allowances(rules: Readonly<Record<Begun, AllowanceRule>>): Readonly<Record<Begun, Allowance>> {
    return {
      enrolment: new Allowance(this.#clock, rules.enrolment),
      pn: new Allowance(this.#clock, rules.pn),
      data: new Allowance(this.#clock, rules.data),
    };
  }

  #of(link: PneLink): Neighbour {
    const known = this.#links.get(link) ?? { allowed: this.#allowances(ofLink), handles: [] };
    this.#links.set(link, known);
    return known;
  }

  /** After which time the link may begin one more; undefined when it may not. */
  mayBegin(link: PneLink, what: Begun): Milliseconds | undefined {
    const own = this.#of(link).allowed[what].take();
    return own === undefined || link.secured ? own : this.#strangers[what].take(patience);
  }

  /** The Server has opened an exchange by this handle for the PNE on this link. */
  opened(link: PneLink, handle: Uint8Array): void {
    const { handles } = this.#of(link);
    handles.push(hex(handle));
    if (handles.length > maximumHandles) handles.shift();
  }

  /** Another link must not use the exchange up that was opened on this one, whatever Entity ID it claims. */
  owns(link: PneLink, handle: Uint8Array): boolean {
    return this.#of(link).handles.includes(hex(handle));
  }
}
