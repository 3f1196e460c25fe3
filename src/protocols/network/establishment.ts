import { CpnsError } from "../../base/errors.js";
import { equalBytes } from "../../base/octets.js";
import type { Clock, Timer } from "../../base/ports.js";
import { encodeMessage, type MessageOf, messageSet, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result } from "../../codec/results.js";
import { decode } from "../../codec/schema.js";
import type { Exchanged } from "../../procedure/gatewayPorts.js";
import { ProcedureError, unexpected } from "../../procedure/procedure.js";
import { invitationTime, proofTime } from "./invitations.js";
import type { MemberLeg } from "./memberSetup.js";
import {
  maximumBackhaulMessage,
  pnAuthenticationRequest,
  pnAuthenticationResponse,
  pnInventory,
  pnRegistrationRequest,
  pnRegistrationResponse,
} from "./messages.js";

const replies = messageSet(pnAuthenticationRequest, pnRegistrationResponse, failure);

type State = "inviting" | "registering" | "authenticating" | "verifying" | "over";

export interface EstablishmentOptions {
  readonly clock: Clock;
  readonly pnID: Uint8Array;
  readonly setupType: number;
  /** The PN's label for people, when the PN GW starts it. */
  readonly alias?: string | undefined;
  /** To the Server, inside the PN GW's session. */
  exchange(octets: Uint8Array, done: (result: Exchanged) => void): void;
  /** Who is in, with the Server's inventory; nobody when the PN could not be set up, and then why. */
  done(members: readonly MemberLeg[], inventory: Uint8Array | undefined, result: Result): void;
}

/**
 * One PN being set up with any number of PNEs, from the invitations to the Server's word (PNI-02 … 14, GWI-01 … 14):
 * asks the Server whether each may (PNR-10), and tells each how it came out (PNR-15).
 */
export class Establishment {
  readonly #options: EstablishmentOptions;
  readonly #legs: MemberLeg[] = [];
  #invited: number;
  #state: State = "inviting";
  #timer: Timer | undefined;

  /** `invited`: how many PNEs have been asked and will take part, decline, or say nothing. */
  constructor(options: EstablishmentOptions, invited: number) {
    this.#options = options;
    this.#invited = invited;
  }

  get inviting(): boolean {
    return this.#state === "inviting";
  }

  /** The initiator, if it is a PNE, has been added. */
  start(): void {
    // An invitation that could not be sent counts as an answer, and may have been the only one.
    if (this.#state !== "inviting") return;
    this.#timer = this.#options.clock.after(invitationTime, () => this.#register());
    this.#invitationsChanged();
  }

  /** Takes part. Throws when it comes too late. */
  add(leg: MemberLeg): void {
    if (this.#state !== "inviting") throw new ProcedureError("pn.tooLate");
    this.#legs.push(leg);
  }

  /** One of the invited has said yes or no. */
  answered(): void {
    this.#invited--;
    this.#invitationsChanged();
  }

  #invitationsChanged(): void {
    if (this.#state === "inviting" && this.#invited <= 0) this.#register();
  }

  /** A leg has proven itself or is over. */
  changed(): void {
    // The initiator that went away takes its PN with it, while nobody is in yet.
    const initiatorGone = this.#legs.some((leg) => leg.initiator && leg.over);
    if (this.#state === "inviting" && initiatorGone) this.#fail(Result.noRoute);
    const open = this.#legs.some((leg) => !leg.over && leg.hash === undefined);
    if (this.#state === "authenticating" && !open) this.#verify();
  }

  /** PNRegistrationRequest with those who take part (PNI-04b, GWI-05b). */
  #register(): void {
    this.#timer?.cancel();
    const members = this.#legs.filter((leg) => !leg.over).map((leg) => leg.entry);
    if (members.length === 0) {
      this.#fail(Result.declined);
      return;
    }
    this.#state = "registering";
    const { pnID, setupType, alias } = this.#options;
    const body = { pnID, setupType, members, ...(alias !== undefined && { alias }) };
    this.#ask(encodeMessage(pnRegistrationRequest, 1, body, maximumBackhaulMessage), (reply) => {
      if (reply.name !== "PNAuthenticationRequest") throw unexpected(reply.name, "registering");
      if (!equalBytes(reply.body.pnID, pnID)) throw new ProcedureError("pn.notTrusted");
      this.#authenticate(reply.body);
    });
  }

  #authenticate(body: Received<typeof pnAuthenticationRequest>["body"]): void {
    this.#state = "authenticating";
    this.#timer = this.#options.clock.after(proofTime, () => this.#verify());
    for (const leg of this.#legs) {
      const wrapped = body.members.find((one) => equalBytes(one.entityID, leg.pne));
      try {
        leg.authenticate(body.rand, wrapped);
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        leg.verdict(Result.refused);
      }
    }
    this.changed();
  }

  /** The hashes of those who have proven themselves → Server (PNI-10, PNI-11). */
  #verify(): void {
    this.#timer?.cancel();
    this.#state = "verifying";
    const { pnID } = this.#options;
    for (const leg of this.#legs) if (!leg.over && leg.hash === undefined) leg.verdict(Result.refused);
    const members = this.#legs.flatMap((leg) =>
      leg.hash === undefined ? [] : [{ entityID: leg.pne, hash: leg.hash }],
    );
    if (members.length === 0) {
      this.#fail(Result.refused);
      return;
    }
    const octets = encodeMessage(pnAuthenticationResponse, 2, { pnID, members }, maximumBackhaulMessage);
    this.#ask(octets, (reply) => {
      if (reply.name !== "PNRegistrationResponse") throw unexpected(reply.name, "verifying");
      this.#registered(reply.body);
    });
  }

  /** PNI-12c, PNI-13, C-16: each member gets its own Result, and its hash_server when it is in. */
  #registered(body: Received<typeof pnRegistrationResponse>["body"]): void {
    const { pnID, done } = this.#options;
    const { pnInventory: inventory } = body;
    if (inventory !== undefined && !equalBytes(decode(pnInventory, inventory).pnID, pnID)) {
      throw new ProcedureError("pn.notTrusted");
    }
    const verdicts = this.#legs.flatMap((leg) => {
      const own = body.members.find((one) => equalBytes(one.entityID, leg.pne));
      return leg.over || own === undefined ? [] : [{ leg, own }];
    });
    const inside = verdicts.filter(({ own }) => own.result === Result.ok && own.hash !== undefined);
    this.#state = "over";
    // Known as members before they are told: what they send next is already routed.
    done(
      inside.map(({ leg }) => leg),
      inventory,
      body.result as Result,
    );
    for (const { leg, own } of verdicts) leg.verdict(own.result as Result, inventory, own.hash);
    for (const leg of this.#legs) leg.verdict(Result.refused);
  }

  /** Asks the Server; anything but the awaited reply ends the establishment with a Result for every PNE. */
  #ask(
    octets: Uint8Array,
    next: (reply: Exclude<MessageOf<typeof replies>, { name: "Failure" }>) => void,
  ): void {
    const began = this.#state;
    this.#options.exchange(octets, (result) => {
      if (this.#state !== began) return;
      if ("failed" in result) {
        this.#fail(result.failed);
        return;
      }
      try {
        const reply = replies.decode(result.octets, maximumBackhaulMessage);
        if (reply.name === "Failure") this.#fail(reply.body.result as Result);
        else next(reply);
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        this.#fail(Result.protocol);
      }
    });
  }

  #fail(result: Result): void {
    if (this.#state === "over") return;
    this.#timer?.cancel();
    this.#state = "over";
    for (const leg of this.#legs) if (!leg.over) leg.verdict(result);
    this.#options.done([], undefined, result);
  }
}
