import { equalBytes, hex, wipe } from "../../base/octets.js";
import type { Log } from "../../base/ports.js";
import type { Received } from "../../codec/message.js";
import { ProcedureError } from "../../procedure/procedure.js";
import type { Protected } from "../authentication/gateway.js";
import type { authenticateResponse, connectRequest } from "../authentication/messages.js";
import type { PendingHandshake } from "../authentication/responder.js";
import type { resumeRequest } from "../authentication/resumptionMessages.js";
import type { Member, MemberLink } from "./member.js";

interface Returning {
  readonly member: Member;
  readonly handshake: PendingHandshake;
}

/** Members of PNs whose link was lost, or whose session with the PN GW is to be renewed, at the PN GW. */
export class ReturningMembers {
  readonly #log: Log;
  readonly #members: () => readonly Member[];
  /** Links on which a PNE of a PN is authenticating anew. */
  readonly #returning = new Map<MemberLink, Returning>();

  /** `members`: of all PNs, as they are now. */
  constructor(log: Log, members: () => readonly Member[]) {
    this.#log = log;
    this.#members = members;
  }

  /** ResumeRequest on a fresh link: who it is, and its session; undefined when no ticket here is meant (GWA-01). */
  resume(
    link: MemberLink,
    message: Received<typeof resumeRequest>,
  ): (Protected & { readonly entityID: Uint8Array }) | undefined {
    for (const member of this.#members()) {
      const resumed = member.local.resume(message);
      if (resumed === undefined) continue;
      member.returned(link);
      this.#log.event("pn.resumed", { entity: hex(member.entityID) });
      return { ...resumed, entityID: member.entityID };
    }
    return undefined;
  }

  /** ConnectRequest: the LocalEUKey of the PN once more (C-15, GWA-02). Throws ProcedureError("result.refused"). */
  connect(link: MemberLink, message: Received<typeof connectRequest>): Uint8Array {
    const member = this.#claimed(link, message.body.keyID);
    if (member === undefined) throw new ProcedureError("result.refused");
    this.stop(link);
    const handshake = member.local.connect(message);
    this.#returning.set(link, { member, handshake });
    return handshake.authenticateRequest;
  }

  /** AuthenticateResponse; the PNE is back in its PN when its HASH holds. False when it answers nothing of here. */
  accept(
    link: MemberLink,
    message: Received<typeof authenticateResponse>,
    answer: (octets: Uint8Array) => void,
  ): boolean {
    const returning = this.#returning.get(link);
    if (returning === undefined) return false;
    this.#returning.delete(link);
    const { member, handshake } = returning;
    const { response, layer } = member.local.accept(handshake, message);
    answer(response);
    link.protect(layer);
    member.returned(link);
    this.#log.event("pn.reauthenticated", { entity: hex(member.entityID) });
    return true;
  }

  /** The member whose Entity ID the link claims, in the PN of this LocalEUKey. */
  #claimed(link: MemberLink, keyID: number | undefined): Member | undefined {
    const { entityID } = link;
    if (entityID === undefined || keyID === undefined) return undefined;
    return this.#members().find(
      (member) => equalBytes(member.entityID, entityID) && member.local.keyID === keyID,
    );
  }

  /** The link closed, or begins something else. */
  stop(link: MemberLink): void {
    wipe(this.#returning.get(link)?.handshake.ecdh);
    this.#returning.delete(link);
  }
}
