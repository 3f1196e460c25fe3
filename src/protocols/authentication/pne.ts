import { wipe } from "../../base/octets.js";
import type { Clock, Random } from "../../base/ports.js";
import { deriveKeys } from "../../crypto/keys/pairKeys.js";
import type { Suite } from "../../crypto/suite.js";
import type { SessionLimits } from "../../link/record.js";
import type { Ticket } from "../../link/ticket.js";
import { noDerivation, type Procedure, type Step } from "../../procedure/procedure.js";
import { Initiator } from "./initiator.js";
import { maximumResumptions, Resumption } from "./resumption.js";
import { type OpenSession, openSession } from "./session.js";

/** What the PNE's sessions with its PN GW are made of. */
export interface LocalSessionPorts {
  readonly suite: Suite;
  readonly random: Random;
  readonly clock: Clock;
  readonly limits?: SessionLimits;
  readonly policy: { readonly forwardSecrecy?: boolean };
}

/** Continues the session of a lost link on a new one, in one round trip; the first message of the new connection. */
export class ResumeLink implements Procedure<OpenSession> {
  readonly name = "resume";
  readonly #ports: LocalSessionPorts;
  readonly #ticket: Ticket;
  readonly #resumption: Resumption;
  readonly #exchange: number;

  /** Takes ownership of the ticket's secret. */
  constructor(ports: LocalSessionPorts, ticket: Ticket, exchange: number) {
    this.#ports = ports;
    this.#ticket = ticket;
    this.#resumption = new Resumption(ports.suite, ports.random, ticket);
    this.#exchange = exchange;
  }

  start(): Step<never> {
    return { kind: "request", octets: this.#resumption.start(this.#exchange) };
  }

  receive(answer: Uint8Array): Step<OpenSession> {
    const { sk } = this.#resumption.receive(answer);
    const { until, left } = this.#ticket;
    const { suite, clock, limits } = this.#ports;
    const options = { suite, clock, sk, role: "initiator", until, resumptions: left - 1 } as const;
    return { kind: "done", outcome: openSession({ ...options, ...(limits && { limits }) }) };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {
    this.#resumption.dispose();
  }
}

/**
 * Full authentication of PNE and PN GW by the LocalEUKey of a PN that is already set up (C-15): on a new connection when
 * the session cannot be resumed, and inside the session before it ends (GWA-01, GWA-02).
 */
export class Reauthenticate implements Procedure<OpenSession> {
  readonly name = "reauthenticate";
  readonly #ports: LocalSessionPorts;
  readonly #initiator: Initiator;
  readonly #exchange: number;

  /** `localKey.key` is wiped. */
  constructor(
    ports: LocalSessionPorts,
    entityID: Uint8Array,
    localKey: { readonly key: Uint8Array; readonly keyID: number },
    exchange: number,
  ) {
    const { suite, random, policy } = ports;
    const forwardSecrecy = policy.forwardSecrecy === true;
    const keys = deriveKeys(suite, "LEU", localKey.key, entityID);
    wipe(localKey.key);
    this.#ports = ports;
    this.#initiator = new Initiator({ suite, random, entityID, keys, keyID: localKey.keyID, forwardSecrecy });
    this.#exchange = exchange;
  }

  start(): Step<never> {
    return { kind: "request", octets: this.#initiator.start(this.#exchange) };
  }

  receive(answer: Uint8Array): Step<OpenSession> {
    const next = this.#initiator.receive(answer);
    if (next instanceof Uint8Array) return { kind: "request", octets: next };
    const { suite, clock, limits } = this.#ports;
    const options = {
      suite,
      clock,
      sk: next.sk,
      role: "initiator",
      resumptions: maximumResumptions,
    } as const;
    return { kind: "done", outcome: openSession({ ...options, ...(limits && { limits }) }) };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {
    this.#initiator.dispose();
  }
}
