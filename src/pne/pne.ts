import { encodeMessage } from "../codec/message.js";
import { Result as ResultCode } from "../codec/results.js";
import { ascii, fromHex, wipe } from "../crypto/bytes.js";
import { checkPassword, checkUserID } from "../crypto/password.js";
import type { DiscoveredGateway } from "../discovery/pne.js";
import { delayAfter, pneRule } from "../enrol/throttle.js";
import { CpnsError } from "../errors.js";
import { LeaveFlag, pnLeaveRequest } from "../pn/invitations.js";
import { SetupType } from "../pn/messages.js";
import type { How, JoinedPN } from "../pn/pne.js";
import type { PushedToPNE } from "../pneMessages.js";
import type { Timer } from "../ports.js";
import { type Procedure, ProcedureError } from "../procedure.js";
import { SendData } from "../relay/pne.js";
import { Report } from "../relay/report.js";
import { KeyStore } from "../store/keystore.js";
import { Milliseconds, Seconds } from "../units.js";
import { type Assignment, InstalledCredentials, rotationProcedure } from "./assignment.js";
import { Connection, type Result } from "./connection.js";
import { capabilitiesOf, declining, dutyOf } from "./duties.js";
import { type Invitation, Membership } from "./membership.js";
import {
  AdvertisedState,
  type GatewayConnection,
  type PneCommand,
  type PnePorts,
  type PneView,
} from "./ports.js";
import { confirmProcedure, enrolProcedure, joinProcedure } from "./procedures.js";
import { Reunion } from "./reunion.js";
import { asciiText, checkLabel } from "./text.js";
import { Upkeep } from "./upkeep.js";
import { nameOf, viewOf } from "./view.js";

/** For a gateway to connect after the device began to advertise. */
export const connectTimeout = Milliseconds(15_000);

/** Before an idle PNE that lost its gateway, or could not make it out, lets one connect again. */
export const restPause = Milliseconds(3_000);

/** What waits for a connection; one thing at a time. */
type Job =
  | { readonly kind: "enrol"; readonly userID: Uint8Array; readonly password: Uint8Array }
  | { readonly kind: "join"; readonly how: How }
  /** The gateway gives a device without UI its EUKey (SEC-04, SEC-05). */
  | { readonly kind: "assign"; readonly assignment: Assignment }
  /** An assignment that was cut off between delivery and acknowledgement. */
  | { readonly kind: "confirm" };

/** The PNE: one person's commands in, notices out, one connection at a time, keys in flash. */
export class Pne {
  readonly #ports: PnePorts;
  #store: KeyStore;
  #connection: Connection | undefined;
  #job: Job | undefined;
  #waiting: Timer | undefined;
  #resting: Timer | undefined;
  readonly #membership: Membership;
  readonly #reunion: Reunion;
  readonly #upkeep: Upkeep;
  readonly #installed: InstalledCredentials;
  /** No enrolment before this instant (throttle of the PNE, persisted as a count). */
  #notBefore: Milliseconds;

  /** Boots: reads flash, finishing a reset that was cut. Throws StoreError when flash holds a newer format. */
  constructor(ports: PnePorts) {
    this.#ports = ports;
    this.#membership = new Membership(ports);
    this.#installed = new InstalledCredentials(ports);
    this.#store = new KeyStore(ports.flash, ports.suite);
    this.#reunion = this.#makeReunion();
    this.#upkeep = new Upkeep({
      ports,
      store: this.#store,
      membership: this.#membership,
      connection: () => this.#connection,
      ended: () => {
        this.#leave();
        this.#failed(new ProcedureError("result.sessionExpired"));
      },
    });
    // A restart must not give free tries: the whole delay runs again.
    this.#notBefore = Milliseconds(ports.clock.now() + delayAfter(this.#store.failures, pneRule));
    this.#tell();
  }

  #makeReunion(): Reunion {
    return new Reunion({
      ports: this.#ports,
      store: this.#store,
      membership: this.#membership,
      current: (connection) => this.#connection === connection,
      back: () => {
        this.#ports.log.event("pne.back");
        this.#upkeep.watch();
        this.#tell();
      },
      failed: (last) => {
        if (last) this.#lost();
        else this.#disconnect();
      },
    });
  }

  /** After the boot, once the radio is up: finishes an assignment that was cut off. */
  start(): void {
    const keys = this.#store.state;
    if (keys === "staged" || keys === "replacing") this.#begin({ kind: "confirm" });
    else this.#rest();
  }

  get view(): PneView {
    return viewOf(this.#store, this.#ports, this.#connection, this.#membership);
  }

  #tell(): void {
    this.#ports.notify({ kind: "state", view: this.view });
  }

  /** What the person wants. Never throws: what cannot be done is a "failed" notice. */
  command(command: PneCommand): void {
    try {
      this.#command(command);
    } catch (error) {
      if (command.kind === "enrol") wipe(command.password);
      // What runs goes on: only the new command is refused.
      if (error instanceof CpnsError && error.code === "busy") this.#ports.log.event("pne.busy");
      else this.#failed(error);
    }
  }

  #command(command: PneCommand): void {
    switch (command.kind) {
      case "enrol":
        this.#enrol(command.userID, command.password);
        return;
      case "createPN":
        this.#begin({ kind: "join", how: creation(command.who ?? "oneToOne", checkLabel(command.alias)) });
        return;
      case "setName":
        this.#store.name = checkLabel(command.name);
        this.#tell();
        this.#ports.notify({ kind: "named" });
        return;
      case "acceptInvitation":
      case "declineInvitation":
        this.#decide(command.kind === "acceptInvitation");
        return;
      case "cancel":
        this.#abandon(new ProcedureError("cancelled"));
        return;
      case "leavePN":
      case "dissolvePN":
        this.#goodbye(command.kind === "dissolvePN");
        return;
      case "sendToServer":
      case "sendToGateway":
        this.#send(command.kind === "sendToServer" ? "server" : "gateway", command.text);
        return;
      case "sendToMember":
        this.#sendToMember(command.to, command.text);
        return;
      case "factoryReset":
        this.#abandon(new ProcedureError("cancelled"));
        this.#installed.wipe();
        this.#leave();
        this.#store.factoryReset();
        this.#notBefore = this.#ports.clock.now();
        this.#ports.notify({ kind: "resetDone" });
        this.#tell();
    }
  }

  // ── Connection ──

  /** The gateway connected. A second connection at once is refused. */
  connected(link: GatewayConnection): boolean {
    if (this.#connection !== undefined) return false;
    const connection = new Connection(this.#ports, link, (message) => this.#pushed(connection, message));
    this.#connection = connection;
    this.#ports.radio.advertise(undefined);
    this.#tell();
    if (this.#job !== undefined) this.#work();
    else if (this.#membership.away) this.#reunion.begin(connection);
    else this.#introduce(connection);
    return true;
  }

  /** An idle PNE says who it is, and can be asked for things from then on. */
  #introduce(connection: Connection): void {
    const entityID = this.#ports.factoryEntityID ?? this.#store.entityID;
    const done = (result: Result<DiscoveredGateway>): void => {
      if (this.#connection !== connection) return;
      if ("outcome" in result) return this.#settle(connection);
      this.#ports.log.event("pne.unmet", { code: result.error.code });
      if (this.#job === undefined) this.#disconnect();
    };
    connection.discover(entityID, capabilitiesOf(this.#ports), done, true);
  }

  /**
   * On a fresh stack, when nothing else has begun: an assignment that was cut off is finished, and an EUKey that a
   * gateway has seen is replaced (C-18). A device without UI has nobody to begin anything else.
   */
  #settle(connection: Connection, asked = false): void {
    this.#ports.clock.after(Milliseconds(0), () => {
      if (this.#connection !== connection || !connection.idle || this.#job !== undefined) return;
      const store = this.#store;
      const confirm = asked ? undefined : confirmProcedure(this.#ports, store, connection);
      const duty = confirm ?? rotationProcedure(this.#ports, store, connection);
      if (duty === undefined) return;
      this.#quietly(connection, duty, () => {
        this.#tell();
        // A refusal of the confirmation is not authenticated: the older key may still do.
        if (confirm !== undefined) this.#settle(connection, true);
      });
    });
  }

  /** What the gateway asks for while nothing else runs. */
  #pushed(connection: Connection, message: PushedToPNE): void {
    if (this.#connection !== connection) return;
    const membership = this.#membership;
    const enrolled = this.#store.state === "enrolled" || this.#store.state === "replacing";
    const host = {
      ports: this.#ports,
      connection,
      membership,
      name: nameOf(this.#store, this.#ports),
      assignment: {
        ports: this.#ports,
        store: this.#store,
        connection,
        installed: this.#installed,
        unoccupied: membership.pn === undefined && this.#job === undefined,
        assign: (assignment: Assignment) => this.#begin({ kind: "assign", assignment }),
      },
      free: enrolled && membership.pn === undefined && this.#job === undefined,
      accept: (invitation: Invitation) => this.#accept(invitation),
      dissolved: () => {
        this.#leave();
        this.#ports.notify({ kind: "left", why: "dissolved" });
      },
      changed: () => this.#tell(),
    };
    this.#guard(() => {
      const duty = dutyOf(host, message);
      if (duty !== undefined) this.#quietly(connection, duty);
    });
  }

  /** `over` is called at the end, whatever it was. */
  #quietly(connection: Connection, duty: Procedure<unknown>, over?: () => void): void {
    const done = (result: Result<unknown>): void => {
      over?.();
      if ("error" in result) this.#ports.log.event("pne.duty", { name: duty.name, code: result.error.code });
    };
    connection.run(duty, done, true);
  }

  // ── Invitations ──

  #decide(yes: boolean): void {
    const invitation = this.#membership.decide();
    const connection = this.#connection;
    this.#tell();
    if (invitation === undefined || connection === undefined) throw new ProcedureError("pn.tooLate");
    if (yes) this.#accept(invitation);
    else this.#quietly(connection, declining(connection, invitation, ResultCode.declined));
  }

  #accept({ pnID, byGateway }: Invitation): void {
    this.#begin({ kind: "join", how: { kind: "invited", pnID, byGateway } });
  }

  /** Lets a gateway connect, while there is nothing else to do and the owner wants the device to be reached. */
  #rest(): void {
    if (!this.#ports.policy.reachable) return;
    this.#resting?.cancel();
    this.#resting = this.#ports.clock.after(restPause, () => {
      if (this.#job !== undefined || this.#connection !== undefined || this.#membership.away) return;
      const enrolled = this.#store.state === "enrolled";
      this.#ports.radio.advertise(enrolled ? AdvertisedState.freeToJoin : AdvertisedState.needsEnrolment);
    });
  }

  received(fragment: Uint8Array): void {
    this.#connection?.fragment(fragment);
  }

  disconnected(): void {
    const connection = this.#connection;
    const away = this.#membership.pn !== undefined && this.#job === undefined;
    this.#connection = undefined;
    if (away) this.#membership.leaveRange(() => this.#lost());
    else this.#membership.drop();
    this.#installed.wipe();
    if (this.#membership.decide() !== undefined) this.#ports.notify({ kind: "invitationOver" });
    connection?.close(new ProcedureError("linkLost"));
    this.#tell();
    if (away) this.#ports.radio.advertise(AdvertisedState.joined);
    else if (this.#job === undefined) this.#rest();
  }

  /** The gateway has not come back, or could not prove that it is the one: the PN is left. */
  #lost(): void {
    this.#leave();
    this.#failed(new ProcedureError("linkLost"));
  }

  #disconnect(): void {
    this.#connection?.disconnect();
  }

  // ── Jobs that need a gateway ──

  #enrol(userID: Uint8Array, password: Uint8Array): void {
    checkUserID(userID);
    checkPassword(password);
    const left = this.#notBefore - this.#ports.clock.now();
    if (left > 0) {
      wipe(password);
      this.#ports.notify({ kind: "failed", code: "throttled", wait: Seconds(Math.ceil(left / 1000)) });
      return;
    }
    if (this.#job !== undefined) throw new ProcedureError("busy");
    // The person sees the delay when the attempt has failed; the count is durable before it is made.
    this.#store.failures += 1;
    this.#begin({ kind: "enrol", userID, password });
  }

  #begin(job: Job): void {
    if (this.#job !== undefined) throw new ProcedureError("busy");
    const idle = this.#membership.pn === undefined && this.#connection?.idle === true;
    this.#leave();
    // What the person begins instead is an answer too; the PN GW stops waiting by itself.
    this.#membership.decide();
    this.#job = job;
    this.#ports.notify({ kind: "progress", step: "connect" });
    if (idle) {
      this.#work();
      return;
    }
    const { clock, radio } = this.#ports;
    this.#waiting = clock.after(connectTimeout, () => {
      this.#abandon(new ProcedureError("gatewayNotFound"));
    });
    radio.advertise(job.kind === "enrol" ? AdvertisedState.needsEnrolment : AdvertisedState.freeToJoin);
    // A PN, even one that is being left, is bound to its connection: what is begun now starts on a fresh one.
    this.#disconnect();
  }

  #work(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#waiting?.cancel();
    const { factoryEntityID } = this.#ports;
    const entityID = factoryEntityID ?? this.#store.entityID;
    connection.discover(entityID, capabilitiesOf(this.#ports), (result) => {
      if ("error" in result) {
        this.#guard(() => this.#failed(result.error));
        return;
      }
      const job = this.#job;
      // On a fresh stack: what received the answer is still open below, and the device has 512 slots of it.
      this.#ports.clock.after(Milliseconds(0), () => {
        if (this.#job !== job || job === undefined) return;
        if (this.#connection === connection) this.#guard(() => this.#confirmFirst(connection));
        // Lost in between, when nothing ran that it could have ended.
        else if (this.#connection === undefined) this.#failed(new ProcedureError("linkLost"));
      });
    });
  }

  /** Whoever has its EUKey goes straight on (PNR-05). An assignment that was cut off is finished before anything else is done. */
  #confirmFirst(connection: Connection): void {
    const client = confirmProcedure(this.#ports, this.#store, connection);
    if (client === undefined) {
      this.#rotateFirst(connection, () => this.#doJob(connection));
      return;
    }
    this.#run(connection, client, (result) => {
      // A refusal is not authenticated and changes nothing: an older key, or a new enrolment, may still do.
      if ("error" in result && result.error.code !== "result.refused") this.#failed(result.error);
      else this.#rotateFirst(connection, () => this.#doJob(connection));
    });
  }

  /** C-18. Where it cannot be done the old key still works, and is shown for what it is. */
  #rotateFirst(connection: Connection, then: () => void): void {
    const rotation = rotationProcedure(this.#ports, this.#store, connection);
    if (rotation === undefined) {
      then();
      return;
    }
    this.#run(connection, rotation, (result) => {
      if ("error" in result) this.#ports.log.event("pne.escrowed", { code: result.error.code });
      this.#tell();
      then();
    });
  }

  #doJob(connection: Connection): void {
    const job = this.#job;
    if (job?.kind === "enrol") this.#doEnrol(connection, job);
    else if (job?.kind === "join") this.#doJoin(connection, job.how);
    else if (job?.kind === "assign") this.#doAssign(connection, job.assignment);
    else if (this.#store.state === "enrolled") this.#enrolled();
    else this.#failed(new ProcedureError("result.refused"));
  }

  #doEnrol(connection: Connection, job: Job & { kind: "enrol" }): void {
    const client = enrolProcedure(this.#ports, this.#store, connection, job);
    this.#run(connection, client, (result) => {
      if ("outcome" in result) this.#enrolled();
      // A false Server that cuts the link after its guess has had that guess.
      else this.#failed(client.refused ? new ProcedureError("result.refused") : result.error);
    });
  }

  /** The link may go once the EUKey is committed: then the rotation waits for the next one. */
  #doAssign(connection: Connection, assignment: Assignment): void {
    this.#run(connection, assignment.begin(connection), (result) => {
      if ("error" in result) this.#failed(result.error);
      else this.#rotateFirst(connection, () => this.#enrolled());
    });
  }

  #enrolled(): void {
    this.#job = undefined;
    this.#store.failures = 0;
    this.#ports.log.event("pne.enrolled");
    this.#tell();
    this.#ports.notify({ kind: "enrolled" });
    this.#disconnect();
  }

  /** Only a wrong credential counts; a link that was lost cost nobody a guess. The delay that follows, seconds. */
  #countFailure(error: CpnsError): Seconds | undefined {
    if (error.code !== "result.refused") {
      this.#store.failures = Math.max(0, this.#store.failures - 1);
      return undefined;
    }
    const delay = delayAfter(this.#store.failures, pneRule);
    this.#notBefore = Milliseconds(this.#ports.clock.now() + delay);
    return delay > 0 ? Seconds(Math.ceil(delay / 1000)) : undefined;
  }

  #doJoin(connection: Connection, how: How): void {
    const setup = joinProcedure(this.#ports, this.#store, connection, how);
    this.#run(connection, setup, (result) => {
      if ("error" in result) {
        this.#failed(result.error);
        return;
      }
      this.#job = undefined;
      this.#membership.enter(result.outcome, connection.peer);
      this.#upkeep.watch();
      this.#tell();
      this.#ports.notify({ kind: "joined" });
    });
  }

  // ── In a PN ──

  /** Throws ProcedureError("pn.notMember" | "busy"). */
  #inPN(): { readonly pn: JoinedPN; readonly connection: Connection } {
    const { pn } = this.#membership;
    const connection = this.#connection;
    if (pn === undefined) throw new ProcedureError("pn.notMember");
    if (connection === undefined || this.#membership.away) throw new ProcedureError("linkLost");
    if (connection.busy && !this.#upkeep.renewing) throw new ProcedureError("busy");
    return { pn, connection };
  }

  /** True when a session nears its end (GWA-01): it is renewed first, then `work` is done. */
  #renewFirst(connection: Connection, work: () => void): boolean {
    if (!this.#upkeep.due(connection)) return false;
    this.#upkeep.renew(connection, () => this.#guard(work));
    return true;
  }

  #send(to: "server" | "gateway", text: string, renewed = false): void {
    const { pn, connection } = this.#inPN();
    if (!renewed && this.#renewFirst(connection, () => this.#send(to, text, true))) return;
    const { layer: server } = pn.server;
    if (to === "server" && !server.alive) {
      this.#leave();
      throw new ProcedureError("result.sessionExpired");
    }
    const target = to === "server" ? { server } : { gatewayID: connection.peer.gatewayID };
    const data = new SendData(pn.pnID, target, ascii(text), connection.nextExchange());
    this.#run(connection, data, (result) => {
      this.#upkeep.watch();
      if ("outcome" in result) {
        this.#ports.notify({ kind: "message", from: to, text: asciiText(result.outcome) });
        return;
      }
      // The session is gone on the other side: so it is on this one.
      if (result.error.code === "result.sessionExpired") this.#leave();
      this.#failed(result.error);
    });
  }

  /** By the routing table of the PN GW; it has arrived when the other device says so. */
  #sendToMember(to: string, text: string, renewed = false): void {
    const { pn, connection } = this.#inPN();
    if (!renewed && this.#renewFirst(connection, () => this.#sendToMember(to, text, true))) return;
    const member = fromHex(to);
    const name = this.#membership.nameOf(member);
    if (name === undefined) throw new ProcedureError("result.noRoute");
    const data = new SendData(pn.pnID, { member }, ascii(text), connection.nextExchange());
    this.#run(connection, data, (result) => {
      if ("outcome" in result) this.#ports.notify({ kind: "sent", to: name });
      else this.#failed(result.error);
    });
  }

  /** Tells the PN GW, as far as it can be told, and leaves in any case. */
  #goodbye(dissolve: boolean): void {
    const { pn } = this.#membership;
    const connection = this.#connection;
    const gone = (): void => {
      this.#leave();
      this.#ports.notify({ kind: "left" });
    };
    if (pn === undefined || connection === undefined || this.#membership.away || connection.busy) {
      gone();
      return;
    }
    const body = { pnID: pn.pnID, flags: dissolve ? LeaveFlag.dissolve : 0 };
    const octets = encodeMessage(pnLeaveRequest, connection.nextExchange(), body);
    this.#run(connection, new Report("leave", octets), gone);
  }

  #leave(): void {
    if (this.#membership.pn === undefined) return;
    if (this.#membership.away) this.#ports.radio.advertise(undefined);
    this.#membership.drop();
    this.#disconnect();
    this.#tell();
  }

  // ── Ends ──

  #run<Outcome>(
    connection: Connection,
    procedure: Procedure<Outcome>,
    done: (result: { readonly outcome: Outcome } | { readonly error: CpnsError }) => void,
  ): void {
    connection.run(procedure, (result) => this.#guard(() => done(result)));
  }

  /** What the next step refuses to do ends the job by its name. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Ends the job, whatever it waits for. */
  #abandon(error: CpnsError): void {
    if (this.#connection?.busy) this.#connection.fail(error);
    else if (this.#job !== undefined) this.#failed(error);
  }

  #failed(error: unknown): void {
    if (!(error instanceof CpnsError)) throw error;
    this.#waiting?.cancel();
    const job = this.#job;
    const working = job !== undefined;
    this.#job = undefined;
    let wait: Seconds | undefined;
    if (job?.kind === "assign") job.assignment.drop();
    if (job?.kind === "enrol") {
      wipe(job.password);
      wait = this.#countFailure(error);
    }
    // While the gateway is waited for it must be able to find the device.
    if (!this.#membership.away) this.#ports.radio.advertise(undefined);
    if (this.#connection === undefined) this.#rest();
    this.#ports.log.event("pne.failed", { code: error.code });
    if (working) this.#disconnect();
    this.#tell();
    this.#ports.notify(
      wait === undefined ? { kind: "failed", code: error.code } : { kind: "failed", code: error.code, wait },
    );
  }
}

function creation(who: "oneToOne" | "all" | readonly string[], alias: string | undefined): How {
  const called = alias === undefined ? {} : { alias };
  if (who === "oneToOne") return { kind: "create", setupType: SetupType.oneToOne, ...called };
  if (who === "all") return { kind: "create", setupType: SetupType.all, ...called };
  return { kind: "create", setupType: SetupType.list, targets: who.map(fromHex), ...called };
}
