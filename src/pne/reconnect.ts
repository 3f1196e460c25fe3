import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { equalBytes } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import type { KeyStore } from "../keystore/keystore.js";
import type { Procedure } from "../procedure/procedure.js";
import { ResumeLink } from "../protocols/authentication/pne.js";
import type { OpenSession } from "../protocols/authentication/session.js";
import type { DiscoveredGateway } from "../protocols/discovery/pne.js";
import type { JoinedPN } from "../protocols/network/pne.js";
import type { Connection, Result } from "./connection.js";
import type { Membership } from "./membership.js";
import type { PnePorts } from "./ports.js";
import { reauthenticateProcedure, rekeyProcedure } from "./procedures.js";
import { capabilitiesOf } from "./pushHandlers.js";

/** A gateway that cannot prove itself so often is not waited for any longer. */
const maximumRefusals = 3;

export interface ReunionHost {
  readonly ports: PnePorts;
  readonly store: KeyStore;
  readonly membership: Membership;
  /** False when the connection has ended in the meantime. */
  current(connection: Connection): boolean;
  /** The gateway is back, and so is the link's protection. */
  back(): void;
  /** This connection has not brought the gateway back; `last` when none is tried any more. */
  failed(last: boolean): void;
}

/**
 * A PNE that is in a PN and has lost its link: on a new connection it resumes its session with the PN GW in one round
 * trip, or, when the ticket is used up or the PN GW has forgotten it, authenticates in full by the LocalEUKey; without
 * one the Server vouches for it. Its session with the Server goes on by itself: counters and keys of it are in memory. An answer of a stranger proves
 * nothing and ends nothing but the connection.
 */
export class Reunion {
  readonly #host: ReunionHost;
  #refusals = 0;

  constructor(host: ReunionHost) {
    this.#host = host;
  }

  begin(connection: Connection): void {
    const { ports, membership } = this.#host;
    const ticket = membership.takeTicket();
    const { peer } = membership;
    if (ticket === undefined || peer === undefined) {
      this.#discover(connection);
      return;
    }
    const procedure = new ResumeLink(ports, ticket, connection.nextExchange());
    this.#run(connection, procedure, (result) => {
      if ("outcome" in result) this.#back();
      else if (result.error.code === "result.sessionExpired") {
        this.#discover(connection);
      } else this.#failed(result.error.code);
    });
  }

  #discover(connection: Connection): void {
    const { ports, membership } = this.#host;
    const { peer } = membership;
    const done = (result: Result<DiscoveredGateway>): void => {
      this.#next(connection, () => {
        if ("error" in result) this.#failed(result.error.code);
        else if (peer === undefined || !equalBytes(result.outcome.gatewayID, peer.gatewayID)) {
          this.#failed("pn.otherGateway");
        } else this.#authenticate(connection);
      });
    };
    connection.discover(peer?.entityID, capabilitiesOf(ports), done, true);
  }

  #authenticate(connection: Connection): void {
    const { ports, store, membership } = this.#host;
    const { pn } = membership;
    if (pn === undefined) return;
    const procedure = reauthenticateProcedure(ports, store, pn, connection);
    if (procedure === undefined) {
      this.#rekey(connection, pn);
      return;
    }
    this.#run(connection, procedure, (result) => {
      if ("outcome" in result) this.#back();
      else this.#failed(result.error.code);
    });
  }

  /** Without a LocalEUKey it is the Server that tells the PN GW who this is. */
  #rekey(connection: Connection, pn: JoinedPN): void {
    const { ports, store, membership } = this.#host;
    connection.run(
      rekeyProcedure(ports, store, pn, connection),
      (result) => {
        if ("outcome" in result) membership.rekeyed(result.outcome);
        this.#next(connection, () => {
          if ("error" in result) return this.#failed(result.error.code);
          membership.here();
          this.#back();
        });
      },
      true,
    );
  }

  #run(
    connection: Connection,
    procedure: Procedure<OpenSession>,
    done: (result: Result<OpenSession>) => void,
  ): void {
    const ended = (result: Result<OpenSession>): void => {
      // At once: what the gateway sends next is already a record.
      if ("outcome" in result) {
        connection.protect(result.outcome.layer);
        const { peer } = this.#host.membership;
        if (peer !== undefined) connection.meet(peer);
        this.#host.membership.here();
        this.#host.membership.renewed(result.outcome.ticket);
      }
      this.#next(connection, () => done(result));
    };
    connection.run(procedure, ended, true);
  }

  /** On a fresh stack: what received the answer is still open below, and the device has 512 slots of it. */
  #next(connection: Connection, work: () => void): void {
    this.#host.ports.clock.after(Milliseconds(0), () => {
      if (!this.#host.current(connection)) return;
      try {
        work();
      } catch (error) {
        if (!(error instanceof CpnsError)) throw error;
        this.#failed(error.code);
      }
    });
  }

  #back(): void {
    this.#refusals = 0;
    this.#host.back();
  }

  #failed(code: ErrorCode): void {
    this.#refusals++;
    const last = this.#refusals >= maximumRefusals;
    if (last) this.#refusals = 0;
    this.#host.ports.log.event("pne.notBack", { code });
    this.#host.failed(last);
  }
}
