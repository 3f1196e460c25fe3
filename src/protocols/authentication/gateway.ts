import { equalBytes, wipe } from "../../base/octets.js";
import { toSeconds } from "../../base/units.js";
import type { Received } from "../../codec/message.js";
import { answerShare } from "../../crypto/ephemeral.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { ticketID } from "../../crypto/keys/resumption.js";
import type { Ticket } from "../../link/ticket.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError, unexpected } from "../../procedure/procedure.js";
import type { authenticateResponse, connectRequest } from "./messages.js";
import { accept, type PendingHandshake, respond } from "./responder.js";
import { maximumResumptions, requestedTicket, resume } from "./resumption.js";
import type { resumeRequest } from "./resumptionMessages.js";
import { type OpenSession, openSession } from "./session.js";

/** The gateway's copy of a LocalEUKey. */
export interface LocalKey {
  readonly keyID: number;
  readonly key: Uint8Array;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** An answer to send, and the session that protects the link behind it. */
export interface Protected {
  readonly response: Uint8Array;
  readonly layer: OpenSession["layer"];
}

/**
 * The PN GW's side of its sessions with one PNE of a PN (C-15): what it needs to resume them and to authenticate anew
 * while links come and go. It dies with the PNE's membership in the PN.
 */
export class LocalResponder {
  readonly #ports: GatewayPorts;
  readonly #entityID: Uint8Array;
  #localKey: LocalKey | undefined;
  #ticket: Ticket | undefined;

  /** Takes ownership of key and ticket. */
  constructor(
    ports: GatewayPorts,
    entityID: Uint8Array,
    localKey: LocalKey | undefined,
    ticket: Ticket | undefined,
  ) {
    this.#ports = ports;
    this.#entityID = entityID;
    this.#localKey = localKey;
    this.#ticket = ticket;
  }

  get keyID(): number | undefined {
    return this.#localKey?.keyID;
  }

  /** To be kept; its octets stay this object's. */
  get localKey(): LocalKey | undefined {
    return this.#localKey;
  }

  /** The resumed session; undefined when the request is not for this ticket, or its time is over (GWA-01). */
  resume(message: Received<typeof resumeRequest>): Protected | undefined {
    const { suite, random, clock, limits } = this.#ports;
    const ticket = this.#ticket;
    if (ticket === undefined || ticket.until <= clock.now()) return undefined;
    if (!equalBytes(ticketID(suite, ticket.secret), requestedTicket(message))) return undefined;
    const resumed = resume(suite, random, ticket.secret, message);
    if (resumed === undefined) return undefined;
    ticket.secret.wipe();
    const { until, left } = ticket;
    const options = {
      suite,
      clock,
      sk: resumed.sk,
      role: "responder",
      until,
      resumptions: left - 1,
    } as const;
    return this.#opened(resumed.response, openSession({ ...options, ...(limits && { limits }) }));
  }

  /** ConnectRequest → a handshake, which is its link's: another link must not be able to end it. Throws ProcedureError("result.refused") for another key or none. */
  connect(message: Received<typeof connectRequest>): PendingHandshake {
    const { suite, random, clock } = this.#ports;
    const { entityID, keyID } = message.body;
    const key = this.#localKey;
    const holds = key !== undefined && key.keyID === keyID && toSeconds(clock.now()) < key.expiresAt;
    if (!holds || !equalBytes(entityID, this.#entityID)) throw new ProcedureError("result.refused");
    const rand = new Uint8Array(32);
    random.fill(rand);
    return respond(message, rand, undefined, (share) => answerShare(suite, random, share));
  }

  /** AuthenticateResponse → ConnectResponse; a handshake is tried once. Throws ProcedureError("result.refused"). */
  accept(handshake: PendingHandshake, message: Received<typeof authenticateResponse>): Protected {
    const { suite, clock, limits } = this.#ports;
    if (this.#localKey === undefined) throw unexpected(message.name, "forgotten");
    const keys = deriveKeys(suite, "LEU", this.#localKey.key, this.#entityID);
    try {
      const { sk, connectResponse } = accept(suite, keys, handshake, message);
      const options = { suite, clock, sk, role: "responder", resumptions: maximumResumptions } as const;
      return this.#opened(connectResponse, openSession({ ...options, ...(limits && { limits }) }));
    } finally {
      wipeKeys(keys);
    }
  }

  #opened(response: Uint8Array, { layer, ticket }: OpenSession): Protected {
    this.#ticket?.secret.wipe();
    this.#ticket = ticket;
    return { response, layer };
  }

  wipe(): void {
    wipe(this.#localKey?.key);
    this.#localKey = undefined;
    this.#ticket?.secret.wipe();
    this.#ticket = undefined;
  }
}
