import { CpnsError } from "../base/errors.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { KeyStore } from "../keystore/keystore.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import type { Connection, Result } from "./connection.js";
import type { Membership } from "./membership.js";
import type { PnePorts } from "./ports.js";
import { reauthenticateProcedure, rekeyProcedure } from "./procedures.js";

/** Before another try, when the PNE was busy or away, and at most when a renewal has failed. */
const busyPause = Milliseconds(1_000);
const longestPause = Milliseconds(30_000);

export interface UpkeepHost {
  readonly ports: PnePorts;
  readonly store: KeyStore;
  readonly membership: Membership;
  connection(): Connection | undefined;
  /** The session with the Server is over, and could not be renewed in time. */
  ended(): void;
}

/**
 * Keeps the sessions of a PNE in a PN alive (GWA-01, GWA-02): renews that with the PN GW by the LocalEUKey and that with
 * the Server by the EUKey while they still work, before what the person sends and by itself in an idle device.
 */
export class Upkeep {
  readonly #host: UpkeepHost;
  #timer: Timer | undefined;
  #renewing = false;
  /** Who wants to go on once what is being renewed is done. */
  readonly #waiting: ((error?: CpnsError) => void)[] = [];

  constructor(host: UpkeepHost) {
    this.#host = host;
  }

  get renewing(): boolean {
    return this.#renewing;
  }

  /** Looks after the session that wants to be renewed first. */
  watch(): void {
    const { ports, membership } = this.#host;
    const server = membership.pn?.server.layer;
    if (server === undefined) {
      this.#timer?.cancel();
      return;
    }
    const local = this.#host.connection()?.session;
    const first = Math.min(server.renewFrom, local?.renewFrom ?? server.renewFrom);
    const worn = server.renewalDue || local?.renewalDue === true;
    this.#again(Milliseconds(worn ? 0 : first - ports.clock.now()));
  }

  #again(pause: Milliseconds): void {
    this.#timer?.cancel();
    this.#timer = this.#host.ports.clock.after(pause, () => this.#due());
  }

  #due(): void {
    const { membership } = this.#host;
    const connection = this.#host.connection();
    if (membership.pn === undefined) return;
    if (!membership.pn.server.layer.alive) {
      this.#host.ended();
      return;
    }
    if (connection === undefined || membership.away || connection.busy || this.#renewing) {
      this.#again(busyPause);
      return;
    }
    this.renew(connection, (error) => {
      if (error === undefined) this.watch();
      else this.#again(this.#failedPause());
    });
  }

  /** Some tries fit into what is left of the session. */
  #failedPause(): Milliseconds {
    const { ports, membership } = this.#host;
    const left = (membership.pn?.server.layer.until ?? 0) - ports.clock.now();
    return Milliseconds(Math.max(busyPause, Math.min(longestPause, left / 4)));
  }

  /** True when something should be renewed, or is being, before anything else is sent. */
  due(connection: Connection): boolean {
    return (
      this.#renewing ||
      connection.session?.renewalDue === true ||
      this.#host.membership.pn?.server.layer.renewalDue === true
    );
  }

  /** Renews what is worn; calls `done` on a fresh stack, with the error when that has failed. */
  renew(connection: Connection, done: (error?: CpnsError) => void): void {
    this.#waiting.push(done);
    if (this.#renewing) return;
    this.#renewing = true;
    const end = (error?: CpnsError): void => {
      this.#renewing = false;
      if (error !== undefined) this.#host.ports.log.event("pne.notRenewed", { code: error.code });
      for (const one of this.#waiting.splice(0)) one(error);
    };
    this.#fresh(() => {
      this.#local(connection, (local) => this.#server(connection, (server) => end(local ?? server)));
    });
  }

  /** On a fresh stack: keys are derived below, and the device has 512 slots of it. */
  #fresh(work: () => void): void {
    this.#host.ports.clock.after(Milliseconds(0), work);
  }

  #local(connection: Connection, done: (error?: CpnsError) => void): void {
    const { ports, store, membership } = this.#host;
    const { pn } = membership;
    if (pn === undefined || connection.session?.renewalDue !== true) return done();
    this.#run(
      connection,
      () => {
        const procedure = reauthenticateProcedure(ports, store, pn, connection);
        if (procedure === undefined) throw new ProcedureError("pn.keyUnknown");
        return procedure;
      },
      // At once: what the gateway sends next is already a record of the new session.
      ({ layer, ticket }) => {
        connection.protect(layer);
        membership.renewed(ticket);
      },
      done,
    );
  }

  #server(connection: Connection, done: (error?: CpnsError) => void): void {
    const { ports, store, membership } = this.#host;
    const { pn } = membership;
    if (pn?.server.layer.renewalDue !== true) return done();
    this.#run(
      connection,
      () => rekeyProcedure(ports, store, pn, connection),
      (session) => membership.rekeyed(session),
      done,
    );
  }

  #run<Outcome>(
    connection: Connection,
    make: () => Procedure<Outcome>,
    use: (outcome: Outcome) => void,
    done: (error?: CpnsError) => void,
  ): void {
    try {
      const ended = (result: Result<Outcome>): void => {
        if ("outcome" in result) use(result.outcome);
        const error = "error" in result ? result.error : undefined;
        this.#fresh(() => done(error));
      };
      connection.run(make(), ended, true);
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      done(error);
    }
  }
}
