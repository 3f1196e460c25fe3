import { CpnsError } from "../base/errors.js";
import { fromHex, wipe } from "../base/octets.js";
import type { Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { PushedToPNE } from "../catalogue/pne.js";
import { Result as ResultCode } from "../codec/results.js";
import { KeyStore } from "../keystore/keystore.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import type { DiscoveredGateway } from "../protocols/discovery/pne.js";
import { SetupType } from "../protocols/network/messages.js";
import type { How } from "../protocols/network/pne.js";
import { type Assignment, InstalledCredentials, rotationProcedure } from "./assignment.js";
import { Connection, type Result } from "./connection.js";
import { type Invitation, Membership } from "./membership.js";
import { Conversation } from "./messaging.js";
import {
  AdvertisedState,
  type GatewayConnection,
  type PneCommand,
  type PnePorts,
  type PneView,
} from "./ports.js";
import { confirmProcedure } from "./procedures.js";
import { capabilitiesOf, declining, dutyOf } from "./pushHandlers.js";
import { Reunion } from "./reconnect.js";
import { Upkeep } from "./sessionRenewal.js";
import { Jobs } from "./tasks.js";
import { checkLabel } from "./text.js";
import { nameOf, viewOf } from "./view.js";

/** Before an idle PNE that lost its gateway, or could not make it out, lets one connect again. */
export const restPause = Milliseconds(3_000);

/** The PNE: one person's commands in, notices out, one connection at a time, keys in flash. */
export class Pne {
  readonly #ports: PnePorts;
  #store: KeyStore;
  #connection: Connection | undefined;
  #resting: Timer | undefined;
  readonly #membership: Membership;
  readonly #reunion: Reunion;
  readonly #upkeep: Upkeep;
  readonly #installed: InstalledCredentials;
  readonly #jobs: Jobs;
  readonly #conversation: Conversation;

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
        this.#jobs.failed(new ProcedureError("result.sessionExpired"));
      },
    });
    const membership = this.#membership;
    const connection = (): Connection | undefined => this.#connection;
    const leave = (): void => this.#leave();
    this.#jobs = new Jobs({
      ports,
      store: this.#store,
      membership,
      connection,
      disconnect: () => this.#disconnect(),
      leave,
      tell: () => this.#tell(),
      rest: () => this.#rest(),
      joined: () => {
        this.#upkeep.watch();
        this.#tell();
        ports.notify({ kind: "joined" });
      },
    });
    const upkeep = this.#upkeep;
    this.#conversation = new Conversation({ ports, membership, upkeep, jobs: this.#jobs, connection, leave });
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
    if (keys === "staged" || keys === "replacing") this.#jobs.begin({ kind: "confirm" });
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
      else this.#jobs.failed(error);
    }
  }

  #command(command: PneCommand): void {
    switch (command.kind) {
      case "enrol":
        this.#jobs.enrol(command.userID, command.password);
        return;
      case "createPN":
        this.#jobs.begin({
          kind: "join",
          how: creation(command.who ?? "oneToOne", checkLabel(command.alias)),
        });
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
        this.#jobs.abandon(new ProcedureError("cancelled"));
        return;
      case "leavePN":
      case "dissolvePN":
        this.#conversation.goodbye(command.kind === "dissolvePN");
        return;
      case "sendToServer":
      case "sendToGateway":
        this.#conversation.send(command.kind === "sendToServer" ? "server" : "gateway", command.text);
        return;
      case "sendToMember":
        this.#conversation.sendToMember(command.to, command.text);
        return;
      case "factoryReset":
        this.#jobs.abandon(new ProcedureError("cancelled"));
        this.#installed.wipe();
        this.#leave();
        this.#store.factoryReset();
        this.#jobs.forgive();
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
    if (!this.#jobs.idle) this.#jobs.work();
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
      if (this.#jobs.idle) this.#disconnect();
    };
    connection.discover(entityID, capabilitiesOf(this.#ports), done, true);
  }

  /**
   * On a fresh stack, when nothing else has begun: an assignment that was cut off is finished, and an EUKey that a
   * gateway has seen is replaced (C-18). A device without UI has nobody to begin anything else.
   */
  #settle(connection: Connection, asked = false): void {
    this.#ports.clock.after(Milliseconds(0), () => {
      if (this.#connection !== connection || !connection.idle || !this.#jobs.idle) return;
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
      name: () => nameOf(this.#store, this.#ports),
      assignment: {
        ports: this.#ports,
        store: this.#store,
        connection,
        installed: this.#installed,
        unoccupied: membership.pn === undefined && this.#jobs.idle,
        assign: (assignment: Assignment) => this.#jobs.begin({ kind: "assign", assignment }),
      },
      free: enrolled && membership.pn === undefined && this.#jobs.idle,
      accept: (invitation: Invitation) => this.#accept(invitation),
      dissolved: () => {
        this.#leave();
        this.#ports.notify({ kind: "left", why: "dissolved" });
      },
      changed: () => this.#tell(),
    };
    this.#jobs.guard(() => {
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
    this.#jobs.begin({ kind: "join", how: { kind: "invited", pnID, byGateway } });
  }

  /** Lets a gateway connect, while there is nothing else to do and the owner wants the device to be reached. */
  #rest(): void {
    if (!this.#ports.policy.reachable) return;
    this.#resting?.cancel();
    this.#resting = this.#ports.clock.after(restPause, () => {
      if (!this.#jobs.idle || this.#connection !== undefined || this.#membership.away) return;
      const enrolled = this.#store.state === "enrolled";
      this.#ports.radio.advertise(enrolled ? AdvertisedState.freeToJoin : AdvertisedState.needsEnrolment);
    });
  }

  received(fragment: Uint8Array): void {
    this.#connection?.fragment(fragment);
  }

  disconnected(): void {
    const connection = this.#connection;
    const away = this.#membership.pn !== undefined && this.#jobs.idle;
    this.#connection = undefined;
    if (away) this.#membership.leaveRange(() => this.#lost());
    else this.#membership.drop();
    this.#installed.wipe();
    if (this.#membership.decide() !== undefined) this.#ports.notify({ kind: "invitationOver" });
    connection?.close(new ProcedureError("linkLost"));
    this.#tell();
    if (away) this.#ports.radio.advertise(AdvertisedState.joined);
    else if (this.#jobs.idle) this.#rest();
  }

  /** The gateway has not come back, or could not prove that it is the one: the PN is left. */
  #lost(): void {
    this.#leave();
    this.#jobs.failed(new ProcedureError("linkLost"));
  }

  #disconnect(): void {
    this.#connection?.disconnect();
  }

  #leave(): void {
    if (this.#membership.pn === undefined) return;
    if (this.#membership.away) this.#ports.radio.advertise(undefined);
    this.#membership.drop();
    this.#disconnect();
    this.#tell();
  }
}

function creation(who: "oneToOne" | "all" | readonly string[], alias: string | undefined): How {
  const called = alias === undefined ? {} : { alias };
  if (who === "oneToOne") return { kind: "create", setupType: SetupType.oneToOne, ...called };
  if (who === "all") return { kind: "create", setupType: SetupType.all, ...called };
  return { kind: "create", setupType: SetupType.list, targets: who.map(fromHex), ...called };
}
