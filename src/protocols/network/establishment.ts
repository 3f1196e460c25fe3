import { equalBytes } from "../../base/octets.js";
import { contain, type Done } from "../../base/outcome.js";
import type { Clock, Timer } from "../../base/ports.js";
import type { Milliseconds } from "../../base/units.js";
import { encodeMessage, type MessageOf, messageSet, type Received } from "../../codec/message.js";
import { Result, resultOf } from "../../codec/results.js";
import { decode } from "../../codec/schema.js";
import { readAnswer } from "../../procedure/answers.js";
import type { Exchange, GatewayInfo } from "../../procedure/gatewayPorts.js";
import { ProcedureError, refusal, unexpected } from "../../procedure/procedure.js";
import { invitationTime, proofTime } from "./invitations.js";
import type { MemberSetup } from "./memberSetup.js";
import {
  maximumBackhaulMessage,
  maximumMembers,
  pnAuthenticationRequest,
  pnAuthenticationResponse,
  pnInventory,
  pnRegistrationRequest,
  pnRegistrationResponse,
} from "./messages.js";

const replies = messageSet(pnAuthenticationRequest, pnRegistrationResponse);

type State = "inviting" | "registering" | "authenticating" | "verifying" | "over";

/** Who is in, with the Server's inventory. */
export interface Established {
  readonly members: readonly MemberSetup[];
  readonly inventory: Uint8Array;
}

export interface EstablishmentOptions {
  readonly clock: Clock;
  readonly fault: (error: unknown) => void;
  readonly pnID: Uint8Array;
  readonly setupType: number;
  /** The PN's label for people, when the PN GW starts it. */
  readonly alias?: string | undefined;
  /** What the PN GW is (C-29). */
  readonly gatewayInfo: GatewayInfo;
  /** For so many there is room, in a PN that stands; else for as many as a PN has. */
  readonly room?: number | undefined;
  /** To the Server, inside the PN GW's session. */
  readonly exchange: Exchange;
  /** Once, before those who are in are told: what they send next is already routed. */
  readonly done: Done<Established>;
  /** In place of all that, when the Server lets them into no PN that stands: they have been told nothing yet. */
  readonly instead?: (() => void) | undefined;
}

/**
 * One PN being set up with any number of PNEs, from the invitations to the Server's word (PNI-02 … 14, GWI-01 … 14):
 * asks the Server whether each may (PNR-10), and tells each how it came out (PNR-15).
 */
export class Establishment {
  readonly #options: EstablishmentOptions;
  readonly #members: MemberSetup[] = [];
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
    this.#wait(invitationTime, () => this.#register());
    this.#invitationsChanged();
  }

  /**
   * Takes part. Throws ProcedureError: "pn.tooLate"; "result.full" when there is no room; "result.refused" for an Entity ID
   * that takes part already: the Server would refuse the whole PN for it.
   */
  add(member: MemberSetup): void {
    if (this.#state !== "inviting") throw new ProcedureError("pn.tooLate");
    if (this.full) throw refusal(Result.full);
    const twice = this.#present.some((one) => equalBytes(one.pne, member.pne));
    if (twice) throw refusal(Result.refused);
    this.#members.push(member);
  }

  get #present(): readonly MemberSetup[] {
    return this.#members.filter((member) => !member.over);
  }

  /** As many take part as can. */
  get full(): boolean {
    return this.#present.length >= (this.#options.room ?? maximumMembers);
  }

  /** One of the invited has said yes or no. */
  answered(): void {
    this.#invited--;
    this.#invitationsChanged();
  }

  #invitationsChanged(): void {
    const complete = this.#invited <= 0 || this.full;
    if (this.#state === "inviting" && complete) this.#step(() => this.#register());
  }

  /** A member has proven itself or is over. */
  changed(): void {
    // Initiators that went away take their PN with them, while nobody is in yet.
    const initiators = this.#members.filter((member) => member.initiator);
    const allGone = initiators.length > 0 && initiators.every((member) => member.over);
    if (this.#state === "inviting" && allGone) this.#fail(Result.noRoute);
    const open = this.#members.some((member) => !member.over && member.hash === undefined);
    if (this.#state === "authenticating" && !open) this.#step(() => this.#verify());
  }

  #wait(time: Milliseconds, work: () => void): void {
    this.#timer = this.#options.clock.after(time, () => this.#step(work));
  }

  /** Nothing of one PN leaves a timer or an answer: its error ends this PN. */
  #step(work: () => void): void {
    const outcome = contain(work, this.#options.fault);
    if ("error" in outcome) this.#fail(resultOf(outcome.error.code));
  }

  /** PNRegistrationRequest with those who take part (PNI-04b, GWI-05b). */
  #register(): void {
    this.#timer?.cancel();
    const members = this.#present.map((member) => member.entry);
    if (members.length === 0) throw refusal(Result.declined);
    this.#state = "registering";
    const { pnID, setupType, alias, gatewayInfo } = this.#options;
    const body = { pnID, setupType, members, gatewayInfo, ...(alias !== undefined && { alias }) };
    this.#ask(encodeMessage(pnRegistrationRequest, 1, body, maximumBackhaulMessage), false, (reply) => {
      if (reply.name !== "PNAuthenticationRequest") throw unexpected(reply.name, "registering");
      if (!equalBytes(reply.body.pnID, pnID)) throw new ProcedureError("pn.notTrusted");
      this.#authenticate(reply.body);
    });
  }

  #authenticate(body: Received<typeof pnAuthenticationRequest>["body"]): void {
    this.#state = "authenticating";
    this.#wait(proofTime, () => this.#verify());
    for (const member of this.#members) {
      const wrapped = body.members.find((one) => equalBytes(one.entityID, member.pne));
      const asked = contain(() => member.authenticate(body.rand, wrapped), this.#options.fault);
      if ("error" in asked) member.verdict(Result.refused);
    }
    this.changed();
  }

  /** The hashes of those who have proven themselves → Server (PNI-10, PNI-11). */
  #verify(): void {
    this.#timer?.cancel();
    this.#state = "verifying";
    const { pnID } = this.#options;
    for (const member of this.#members) {
      if (!member.over && member.hash === undefined) member.verdict(Result.refused);
    }
    const members = this.#members.flatMap(({ pne: entityID, hash }) =>
      hash === undefined ? [] : [{ entityID, hash }],
    );
    // Nobody has proven anything: the Server is told all the same, so that it keeps no place for this PN.
    const octets = encodeMessage(pnAuthenticationResponse, 2, { pnID, members }, maximumBackhaulMessage);
    this.#ask(octets, true, (reply) => {
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
    const verdicts = this.#members.flatMap((member) => {
      const own = body.members.find((one) => equalBytes(one.entityID, member.pne));
      return member.over || own === undefined ? [] : [{ member, own }];
    });
    const inside = verdicts.filter(({ own }) => own.result === Result.ok && own.hash !== undefined);
    this.#state = "over";
    const members = inside.map(({ member }) => member);
    if (inventory !== undefined) done({ value: { members, inventory } });
    else done({ error: refusal(reasonOf(body)) });
    for (const { member, own } of verdicts) member.verdict(own.result as Result, inventory, own.hash);
    for (const member of this.#members) member.verdict(Result.refused);
  }

  /** Asks the Server; anything but the awaited reply ends the establishment with a Result for every PNE. */
  #ask(octets: Uint8Array, begun: boolean, next: (reply: MessageOf<typeof replies>) => void): void {
    const began = this.#state;
    const answered: Done<Uint8Array> = (outcome) => {
      if (this.#state !== began) return;
      this.#step(() => {
        if ("error" in outcome) throw outcome.error;
        next(readAnswer(replies, outcome.value, began, maximumBackhaulMessage));
      });
    };
    this.#options.exchange(octets, answered, { begun });
  }

  #fail(result: Result): void {
    if (this.#state === "over") return;
    const { instead } = this.#options;
    const elsewhere =
      this.#state === "registering" && (result === Result.notAuthorized || result === Result.full);
    this.#timer?.cancel();
    this.#state = "over";
    if (elsewhere && instead !== undefined) return instead();
    for (const member of this.#members) if (!member.over) member.verdict(result);
    this.#options.done({ error: refusal(result) });
  }
}

/** Why nobody is in, where the Server has said it of any of them. */
function reasonOf({ result, members }: Received<typeof pnRegistrationResponse>["body"]): number {
  const told = members.find((one) => one.result !== Result.ok && one.result !== Result.refused)?.result;
  return told ?? (result === Result.ok ? Result.refused : result);
}
