import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { equalBytes, fromHex, wipe } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { Result as ResultCode } from "../codec/results.js";
import { ProcedureError } from "../procedure/procedure.js";
import { SetupType } from "../protocols/network/messages.js";
import type { How } from "../protocols/network/setupOptions.js";
import { rotationProcedure } from "./assignment.js";
import { Connection } from "./connection.js";
import { Core } from "./core.js";
import { Joined } from "./joined.js";
import { goodbye, send, sendToMember } from "./messaging.js";
import {
  AdvertisedState,
  type GatewayConnection,
  type PneCommand,
  type PnePorts,
  type PneView,
} from "./ports.js";
import { capabilitiesOf, confirmProcedure, joinProcedure } from "./procedures.js";
import { accept, answerTo, declining } from "./pushHandlers.js";
import { absenceTime, comeBack, leaveRange, maximumRefusals } from "./reconnect.js";
import { abandon, begin, enrol, enter, work } from "./tasks.js";
import { checkLabel } from "./text.js";
import { Update } from "./update.js";
import { entityIDOf } from "./view.js";

/** Before what the device does by itself is tried again, on another connection. */
const pause = Milliseconds(15_000);

/** The PNE: one person's commands in, notices out, one connection at a time, keys in flash. */
export class Pne {
  /** What it works on, for what an application sends (posting.ts). */
  readonly core: Core;
  readonly #update: Update | undefined;
  /** Connections that have not brought the device back into its PN. */
  #refusals = 0;

  /** Boots: reads flash, finishing a reset that was cut. Throws StoreError when flash holds a newer format. */
  constructor(ports: PnePorts) {
    const { update } = ports;
    this.core = new Core(ports);
    if (update !== undefined) this.#update = new Update(this.core, update);
    this.core.tell();
  }

  /** After the boot, once the radio is up: finishes an assignment that was cut off. */
  start(): void {
    this.#update?.start();
    const { core } = this;
    if (core.lastPN !== undefined) core.ports.clock.after(absenceTime, () => core.forgetPN());
    const keys = core.store.state;
    if (keys === "staged" || keys === "replacing") begin(core, { kind: "confirm" });
    else core.awaitGateway();
  }

  get view(): PneView {
    return this.core.view;
  }

  /** What the person wants. Never throws: what cannot be done is a "failed" notice. */
  command(command: PneCommand): void {
    const core = this.core;
    try {
      this.#command(core, command);
    } catch (error) {
      if (command.kind === "enrol") wipe(command.password);
      if (!(error instanceof CpnsError)) throw error;
      // What runs goes on: only the new command is refused.
      if (error.code === "busy") core.ports.log.event("pne.busy");
      else core.failed(error);
    }
  }

  #command(core: Core, command: PneCommand): void {
    switch (command.kind) {
      case "look":
        begin(core, { kind: "look" });
        return;
      case "enrol":
        enrol(core, command.userID, command.password);
        return;
      case "createPN":
        begin(core, { kind: "join", how: creation(command.who ?? "oneToOne", checkLabel(command.alias)) });
        return;
      case "setName":
        core.store.name = checkLabel(command.name);
        core.renamed();
        core.ports.notify({ kind: "named" });
        return;
      case "setLanguage":
        core.store.language = command.language;
        core.tell();
        return;
      case "setQuiet":
        core.store.quiet = command.quiet;
        core.tell();
        return;
      case "acceptInvitation":
      case "declineInvitation":
        decide(core, command.kind === "acceptInvitation");
        return;
      case "cancel":
        abandon(core, new ProcedureError("cancelled"));
        return;
      case "answerUpdate":
        this.#update?.answer(command.yes);
        return;
      case "leavePN":
      case "dissolvePN":
        goodbye(core, command.kind === "dissolvePN");
        return;
      case "sendToServer":
      case "sendToGateway":
        send(core, command.kind === "sendToServer" ? "server" : "gateway", command.text);
        return;
      case "sendToMember":
        sendToMember(core, command.to, command.text);
        return;
      case "factoryReset":
        factoryReset(core);
    }
  }

  /** The gateway connected. A second connection at once is refused. */
  connected(link: GatewayConnection): boolean {
    const core = this.core;
    if (core.connection !== undefined) return false;
    const connection = new Connection(core.ports, link, (message) => {
      if (message.name !== "UpdateOffer") pushed(core, connection, message);
      else if (core.connection === connection) this.#update?.offered(message.body.header);
    });
    core.connection = connection;
    core.advertise(undefined);
    core.tell();
    const { state } = core;
    if (state.at === "working") work(core);
    else if (state.at === "joined" && state.away) comeBack(core, state, connection);
    else introduce(core, connection, () => this.#byItself(connection));
    return true;
  }

  /**
   * Back into the PN that the device was in when it lost its power; new firmware that has to reach its gateway goes into
   * one with the gateway alone, as nobody is asked. What a person does meanwhile comes first.
   */
  #byItself(connection: Connection): void {
    const { core } = this;
    const { lastPN: place, free } = core;
    if (!(place !== undefined || this.#onTrial) || free?.at !== "idle") return;
    if (free.asked !== undefined) return this.#later(connection);
    if (place !== undefined && !equalBytes(place.gatewayID, connection.peer.gatewayID)) {
      return this.#refused(connection);
    }
    const how: How = place
      ? { kind: "invited", pnID: place.pnID, byGateway: false, again: true }
      : creation("oneToOne", undefined);
    attempt(() => {
      const setup = joinProcedure(core.ports, core.store, connection, how);
      connection.runQuietly(setup, (outcome) => {
        if ("error" in outcome) this.#notBack(connection, outcome.error.code);
        else if (core.free !== undefined) enter(core, connection, outcome.value, place);
        // The person has begun something meanwhile, which starts on a fresh connection.
        else new Joined(outcome.value, connection.peer).drop();
      });
    });
  }

  get #onTrial(): boolean {
    return this.#update?.trial === true;
  }

  /** Most of what stands in the way passes, as a Server that is not there yet; a few words of a gateway are final. */
  #notBack(connection: Connection, code: ErrorCode): void {
    const { core } = this;
    core.ports.log.event("pne.notBack", { code });
    if (core.connection !== connection || core.free === undefined) return;
    const final = code === "result.noRoute" || code === "result.refused" || code === "result.notAuthorized";
    if (core.lastPN !== undefined && final) this.#refused(connection);
    // What the PN GW protects already is of no use.
    else if (connection.protected) connection.disconnect();
    else if (core.lastPN !== undefined || this.#onTrial) this.#later(connection);
  }

  /** The answer of a stranger proves nothing: only the last of three ends it. */
  #refused(connection: Connection): void {
    const { core } = this;
    if (++this.#refusals >= maximumRefusals) core.forgetPN();
    if (core.lastPN !== undefined || !core.mayBeFound) connection.disconnect();
    else this.#byItself(connection);
  }

  /** On another connection, once nobody is asked for anything. */
  #later(connection: Connection): void {
    const { core } = this;
    core.ports.clock.after(pause, () => {
      if (core.connection !== connection || core.free === undefined) return;
      if (core.free.asked !== undefined) this.#later(connection);
      else connection.disconnect();
    });
  }

  received(fragment: Uint8Array): void {
    this.core.connection?.fragment(fragment);
  }

  disconnected(): void {
    const core = this.core;
    const { connection, joined } = core;
    core.connection = undefined;
    if (joined !== undefined) leaveRange(core, joined);
    if (core.answered() !== undefined) core.ports.notify({ kind: "invitationOver" });
    connection?.close(new ProcedureError("linkLost"));
    core.tell();
    if (joined !== undefined && core.joined === joined) core.advertise(AdvertisedState.joined);
    else if (core.free !== undefined) core.awaitGateway();
  }
}

function creation(who: "oneToOne" | "all" | readonly string[], alias: string | undefined): How {
  const called = alias === undefined ? {} : { alias };
  if (who === "oneToOne") return { kind: "create", setupType: SetupType.oneToOne, ...called };
  if (who === "all") return { kind: "create", setupType: SetupType.all, ...called };
  return { kind: "create", setupType: SetupType.list, targets: who.map(fromHex), ...called };
}

function decide(core: Core, yes: boolean): void {
  const invitation = core.answered();
  const { connection } = core;
  core.tell();
  if (invitation === undefined || connection === undefined) throw new ProcedureError("pn.tooLate");
  if (yes) accept(core, invitation);
  else core.quietly(connection, declining(connection, invitation, ResultCode.declined));
}

function factoryReset(core: Core): void {
  core.lastPN = undefined;
  abandon(core, new ProcedureError("cancelled"));
  core.connection?.installed.wipe();
  core.leave(true);
  core.answered();
  core.update?.forget();
  // First: a power cut in between costs a comparison of numbers, not what was erased.
  core.ports.radio.forget?.();
  core.store.factoryReset();
  core.notBefore = core.ports.clock.now();
  core.rest();
  core.ports.notify({ kind: "resetDone" });
  core.tell();
}

/** An idle PNE says who it is, and can be asked for things from then on. */
function introduce(core: Core, connection: Connection, idle: () => void): void {
  const { ports, store } = core;
  connection.discover(
    entityIDOf(store, ports),
    capabilitiesOf(ports),
    (outcome) => {
      if (core.connection !== connection) return;
      if ("value" in outcome) return settle(core, connection, idle);
      ports.log.event("pne.unmet", { code: outcome.error.code });
      if (core.task === undefined) connection.disconnect();
    },
    true,
  );
}

/**
 * On a fresh stack, when nothing else has begun: an assignment that was cut off is finished, and an EUKey that a
 * gateway has seen is replaced (C-18). A device without UI has nobody to begin anything else.
 */
function settle(core: Core, connection: Connection, idle: () => void, asked = false): void {
  core.fresh(() => {
    if (core.connection !== connection || !connection.idle || core.task !== undefined) return;
    const { ports, store } = core;
    const confirm = asked ? undefined : confirmProcedure(ports, store, connection);
    const duty = confirm ?? rotationProcedure(ports, store, connection);
    if (duty === undefined) return idle();
    core.quietly(connection, duty, () => {
      if (core.free !== undefined) core.rest();
      core.tell();
      // A refusal of the confirmation is not authenticated: the older key may still do.
      if (confirm !== undefined) settle(core, connection, idle, true);
    });
  });
}

/** What the gateway asks for while nothing else runs. */
function pushed(core: Core, connection: Connection, message: Parameters<typeof answerTo>[2]): void {
  if (core.connection !== connection) return;
  core.guard(() => {
    const duty = answerTo(core, connection, message);
    if (duty !== undefined) core.quietly(connection, duty);
  });
}
