import { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds, Seconds } from "../base/units.js";
import { checkPassword, checkUserID } from "../crypto/password.js";
import type { KeyStore } from "../keystore/keystore.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import { delayAfter, pneRule } from "../protocols/enrolment/throttle.js";
import type { How } from "../protocols/network/pne.js";
import { type Assignment, rotationProcedure } from "./assignment.js";
import type { Connection, Result } from "./connection.js";
import type { Membership } from "./membership.js";
import { AdvertisedState, type PnePorts } from "./ports.js";
import { confirmProcedure, enrolProcedure, joinProcedure } from "./procedures.js";
import { capabilitiesOf } from "./pushHandlers.js";

/** For a gateway to connect after the device began to advertise. */
export const connectTimeout = Milliseconds(15_000);

/** What waits for a connection; one thing at a time. */
export type Job =
  | { readonly kind: "enrol"; readonly userID: Uint8Array; readonly password: Uint8Array }
  | { readonly kind: "join"; readonly how: How }
  /** The gateway gives a device without UI its EUKey (SEC-04, SEC-05). */
  | { readonly kind: "assign"; readonly assignment: Assignment }
  /** An assignment that was cut off between delivery and acknowledgement. */
  | { readonly kind: "confirm" };

export interface JobsHost {
  readonly ports: PnePorts;
  readonly store: KeyStore;
  readonly membership: Membership;
  connection(): Connection | undefined;
  disconnect(): void;
  /** Out of the PN that it is in, if any. */
  leave(): void;
  /** Something that a screen shows has changed. */
  tell(): void;
  /** Lets a gateway connect, when the owner wants the device to be reached. */
  rest(): void;
  /** It is in a PN now. */
  joined(): void;
}

/** The one thing that the PNE is about: from the person's wish, over the gateway that is looked for, to its end. */
export class Jobs {
  readonly #host: JobsHost;
  #job: Job | undefined;
  #waiting: Timer | undefined;
  /** No enrolment before this instant (throttle of the PNE, persisted as a count). */
  #notBefore: Milliseconds;

  constructor(host: JobsHost) {
    this.#host = host;
    const { ports, store } = host;
    // A restart must not give free tries: the whole delay runs again.
    this.#notBefore = Milliseconds(ports.clock.now() + delayAfter(store.failures, pneRule));
  }

  get idle(): boolean {
    return this.#job === undefined;
  }

  /** After a factory reset. */
  forgive(): void {
    this.#notBefore = this.#host.ports.clock.now();
  }

  /** Ownership of `password` passes. Throws CredentialError, ProcedureError("busy"), StoreError. */
  enrol(userID: Uint8Array, password: Uint8Array): void {
    checkUserID(userID);
    checkPassword(password);
    const { ports, store } = this.#host;
    const left = this.#notBefore - ports.clock.now();
    if (left > 0) {
      wipe(password);
      ports.notify({ kind: "failed", code: "throttled", wait: Seconds(Math.ceil(left / 1000)) });
      return;
    }
    if (this.#job !== undefined) throw new ProcedureError("busy");
    // The person sees the delay when the attempt has failed; the count is durable before it is made.
    store.failures += 1;
    this.begin({ kind: "enrol", userID, password });
  }

  /** Throws ProcedureError("busy"). */
  begin(job: Job): void {
    if (this.#job !== undefined) throw new ProcedureError("busy");
    const { ports, membership } = this.#host;
    const idle = membership.pn === undefined && this.#host.connection()?.idle === true;
    this.#host.leave();
    // What the person begins instead is an answer too; the PN GW stops waiting by itself.
    membership.decide();
    this.#job = job;
    ports.notify({ kind: "progress", step: "connect" });
    if (idle) {
      this.work();
      return;
    }
    this.#waiting = ports.clock.after(connectTimeout, () => {
      this.abandon(new ProcedureError("gatewayNotFound"));
    });
    ports.radio.advertise(AdvertisedState.wanting);
    // A PN, even one that is being left, is bound to its connection: what is begun now starts on a fresh one.
    this.#host.disconnect();
  }

  /** There is a connection: the gateway is asked who it is. */
  work(): void {
    const connection = this.#host.connection();
    if (connection === undefined) return;
    this.#waiting?.cancel();
    const { ports, store } = this.#host;
    const entityID = ports.factoryEntityID ?? store.entityID;
    connection.discover(entityID, capabilitiesOf(ports), (result) => {
      if ("error" in result) {
        this.guard(() => this.failed(result.error));
        return;
      }
      const job = this.#job;
      // On a fresh stack: what received the answer is still open below, and the device has 512 slots of it.
      ports.clock.after(Milliseconds(0), () => {
        if (this.#job !== job || job === undefined) return;
        const now = this.#host.connection();
        if (now === connection) this.guard(() => this.#confirmFirst(connection));
        // Lost in between, when nothing ran that it could have ended.
        else if (now === undefined) this.failed(new ProcedureError("linkLost"));
      });
    });
  }

  /** Whoever has its EUKey goes straight on (PNR-05). An assignment that was cut off is finished before anything else is done. */
  #confirmFirst(connection: Connection): void {
    const { ports, store } = this.#host;
    const client = confirmProcedure(ports, store, connection);
    if (client === undefined) {
      this.#rotateFirst(connection, () => this.#doJob(connection));
      return;
    }
    this.run(connection, client, (result) => {
      // A refusal is not authenticated and changes nothing: an older key, or a new enrolment, may still do.
      if ("error" in result && result.error.code !== "result.refused") this.failed(result.error);
      else this.#rotateFirst(connection, () => this.#doJob(connection));
    });
  }

  /** C-18. Where it cannot be done the old key is shown for what it is, and good for nothing but to be replaced. */
  #rotateFirst(connection: Connection, then: () => void): void {
    const { ports, store } = this.#host;
    const rotation = rotationProcedure(ports, store, connection);
    if (rotation === undefined) {
      then();
      return;
    }
    this.run(connection, rotation, (result) => {
      if ("error" in result) ports.log.event("pne.escrowed", { code: result.error.code });
      this.#host.tell();
      then();
    });
  }

  #doJob(connection: Connection): void {
    const job = this.#job;
    if (job?.kind === "enrol") this.#doEnrol(connection, job);
    else if (job?.kind === "join") this.#doJoin(connection, job.how);
    else if (job?.kind === "assign") this.#doAssign(connection, job.assignment);
    else if (this.#host.store.state === "enrolled") this.#enrolled();
    else this.failed(new ProcedureError("result.refused"));
  }

  #doEnrol(connection: Connection, job: Job & { kind: "enrol" }): void {
    const { ports, store } = this.#host;
    const client = enrolProcedure(ports, store, connection, job);
    this.run(connection, client, (result) => {
      if ("outcome" in result) this.#enrolled();
      // A false Server that cuts the link after its guess has had that guess.
      else this.failed(client.refused ? new ProcedureError("result.refused") : result.error);
    });
  }

  /** The link may go once the EUKey is committed: then the rotation waits for the next one. */
  #doAssign(connection: Connection, assignment: Assignment): void {
    this.run(connection, assignment.begin(connection), (result) => {
      if ("error" in result) this.failed(result.error);
      else this.#rotateFirst(connection, () => this.#enrolled());
    });
  }

  #enrolled(): void {
    const { ports, store } = this.#host;
    this.#job = undefined;
    store.failures = 0;
    ports.log.event("pne.enrolled");
    this.#host.tell();
    ports.notify({ kind: "enrolled" });
    this.#host.disconnect();
  }

  #doJoin(connection: Connection, how: How): void {
    const { ports, store, membership } = this.#host;
    const setup = joinProcedure(ports, store, connection, how);
    this.run(connection, setup, (result) => {
      if ("error" in result) {
        this.failed(result.error);
        return;
      }
      this.#job = undefined;
      membership.enter(result.outcome, connection.peer);
      this.#host.joined();
    });
  }

  // ── Ends ──

  run<Outcome>(
    connection: Connection,
    procedure: Procedure<Outcome>,
    done: (result: Result<Outcome>) => void,
  ): void {
    connection.run(procedure, (result) => this.guard(() => done(result)));
  }

  /** What the next step refuses to do ends the job by its name. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Ends the job, whatever it waits for. */
  abandon(error: CpnsError): void {
    const connection = this.#host.connection();
    if (connection?.busy) connection.fail(error);
    else if (this.#job !== undefined) this.failed(error);
  }

  /** Only a wrong credential counts; a link that was lost cost nobody a guess. The delay that follows, seconds. */
  #countFailure(error: CpnsError): Seconds | undefined {
    const { ports, store } = this.#host;
    if (error.code !== "result.refused") {
      store.failures = Math.max(0, store.failures - 1);
      return undefined;
    }
    const delay = delayAfter(store.failures, pneRule);
    this.#notBefore = Milliseconds(ports.clock.now() + delay);
    return delay > 0 ? Seconds(Math.ceil(delay / 1000)) : undefined;
  }

  /** The job, or what was asked for in the PN, has failed: its person is told. */
  failed(error: unknown): void {
    if (!(error instanceof CpnsError)) throw error;
    this.#waiting?.cancel();
    const { ports, membership } = this.#host;
    const job = this.#job;
    this.#job = undefined;
    let wait: Seconds | undefined;
    if (job?.kind === "assign") job.assignment.drop();
    if (job?.kind === "enrol") {
      wipe(job.password);
      wait = this.#countFailure(error);
    }
    // While the gateway is waited for it must be able to find the device.
    if (!membership.away) ports.radio.advertise(undefined);
    if (this.#host.connection() === undefined) this.#host.rest();
    ports.log.event("pne.failed", { code: error.code });
    if (job !== undefined) this.#host.disconnect();
    this.#host.tell();
    const failed = { kind: "failed", code: error.code } as const;
    ports.notify(wait === undefined ? failed : { ...failed, wait });
  }
}
