import type { Timer } from "../../base/ports.js";
import { Milliseconds } from "../../base/units.js";
import type { AnyDefinition } from "../../codec/message.js";
import type { RecordLayer } from "../../link/record.js";
import type { Ticket } from "../../link/ticket.js";
import type { DeviceLink } from "../../procedure/deviceLink.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { type LocalKey, LocalResponder } from "../authentication/gateway.js";
import { MemberTopics } from "../topics/offered.js";

/** For a PNE whose link was lost to come back; then it has left. The PNE itself gives up a little before. */
export const absenceTime = Milliseconds(130_000);

/** One PNE's link, as far as PNs are concerned. */
export interface MemberLink extends DeviceLink {
  /** It can be asked: known, in no PN, nothing going on. */
  readonly idle: boolean;
  /** What travels on this link can be read by the PNE and the PN GW only. */
  readonly secured: boolean;
  expects(definition: AnyDefinition): boolean;
  protect(layer: RecordLayer): void;
  disconnect(): void;
}

/** What a member begins with. */
export interface MemberStart {
  readonly entityID: Uint8Array;
  /** Of its PNEInfo (C-30). */
  readonly contents?: Uint8Array | undefined;
  readonly localKey: LocalKey | undefined;
  readonly ticket?: Ticket | undefined;
  readonly started?: boolean;
  readonly outdated?: boolean;
}

/** A PNE in a PN; its link may be lost and come back. */
export class Member {
  readonly entityID: Uint8Array;
  readonly local: LocalResponder;
  /** What it offers and understands (C-30), and has last said. */
  readonly topics: MemberTopics;
  /** It has asked for the PN, and may end it for everybody. */
  started: boolean;
  /** Others have come in of whom it has no proof yet: it has to take part anew. */
  outdated: boolean;
  /** Its session with the Server is over; how often it has not come in anew since. */
  expired = false;
  refusals = 0;
  /** How often it has been asked to. */
  asked = 0;
  /** From then on it has surely heard that it is in with new keys. */
  sureFrom = 0;
  /** When the Server has said that it has proven itself. */
  readonly provenAt: Milliseconds;
  readonly #ports: GatewayPorts;
  #link: MemberLink | undefined;
  #absence: Timer | undefined;

  /** Takes ownership of the LocalEUKey and the ticket of its handshake; without a link it has to come back. */
  constructor(ports: GatewayPorts, start: MemberStart, link?: MemberLink) {
    const { entityID, contents, localKey, ticket, started = false, outdated = false } = start;
    this.#ports = ports;
    this.entityID = entityID;
    this.topics = new MemberTopics(contents);
    this.started = started;
    this.outdated = outdated;
    this.provenAt = ports.clock.now();
    this.local = new LocalResponder(ports, entityID, localKey, ticket);
    this.#link = link;
  }

  /** Undefined while it is out of reach. */
  get link(): MemberLink | undefined {
    return this.#link;
  }

  push(make: (exchange: number) => Uint8Array): void {
    this.#link?.push(make);
  }

  /** The link is lost; `over` when it has not come back in time. */
  away(over: () => void): void {
    this.#link = undefined;
    this.#absence?.cancel();
    this.#absence = this.#ports.clock.after(absenceTime, over);
  }

  /** It has proven itself on this link; an older one, which the PN GW may still think alive, is given up. */
  returned(link: MemberLink): void {
    const old = this.#link;
    this.#absence?.cancel();
    this.#absence = undefined;
    this.#link = link;
    if (old !== undefined && old !== link) old.disconnect();
  }

  /** It is no member any more. */
  end(): void {
    this.#absence?.cancel();
    this.#absence = undefined;
    this.local.wipe();
  }
}
