import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { equalBytes } from "../base/octets.js";
import type { Outcome } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import { ResumeLink } from "../protocols/authentication/pne.js";
import type { OpenSession } from "../protocols/authentication/session.js";
import { wipeSession } from "../protocols/rekey/pne.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { Joined } from "./joined.js";
import { capabilitiesOf, reauthenticateProcedure, rekeyProcedure } from "./procedures.js";
import { watchSessions } from "./sessionRenewal.js";

/**
 * A PNE that is in a PN and has lost its link: on a new connection it resumes its session with the PN GW in one round
 * trip, or, when the ticket is used up or the PN GW has forgotten it, authenticates in full by the LocalEUKey; without
 * one the Server confirms who it is. Its session with the Server goes on by itself: counters and keys of it are in
 * memory. An answer of a stranger proves nothing and ends nothing but the connection.
 */

/**
 * For the gateway to come back after the link was lost; then the PNE has left. A gateway that has been without power for
 * the night finds its devices; one that has given the PNE up says so when it is back.
 */
export const absenceTime = Milliseconds(24 * 3_600_000);

/** A gateway that cannot prove itself so often is not waited for any longer. */
export const maximumRefusals = 3;

/** The link is lost. One that is lost again gains no time. */
export function leaveRange(core: Core, joined: Joined): void {
  joined.absence ??= core.ports.clock.after(absenceTime, () => lost(core));
}

/** The gateway has not come back, or could not prove that it is the one: the PN is left. */
function lost(core: Core): void {
  core.leave();
  core.failed(new ProcedureError("pn.lost"));
}

/** One run of it, on one connection. */
interface Return {
  readonly core: Core;
  readonly joined: Joined;
  readonly connection: Connection;
}

/** A gateway has connected while it is waited for. */
export function comeBack(core: Core, joined: Joined, connection: Connection): void {
  const back = { core, joined, connection };
  const ticket = joined.takeTicket(core.ports.clock.now());
  if (ticket === undefined) {
    discover(back);
    return;
  }
  prove(back, new ResumeLink(core.ports, ticket, connection.nextExchange()), (code) => {
    if (code === "result.sessionExpired") discover(back);
    else failed(back, code);
  });
}

function discover(back: Return): void {
  const { core, joined, connection } = back;
  connection.discover(
    joined.peer.entityID,
    capabilitiesOf(core.ports),
    (outcome) => {
      next(back, () => {
        if ("error" in outcome) failed(back, outcome.error.code);
        else if (!equalBytes(outcome.value.gatewayID, joined.peer.gatewayID)) failed(back, "pn.otherGateway");
        else authenticate(back);
      });
    },
    true,
  );
}

function authenticate(back: Return): void {
  const { core, joined, connection } = back;
  const procedure = reauthenticateProcedure(core.ports, core.store, joined.pn, connection);
  if (procedure === undefined) rekey(back);
  else prove(back, procedure, (code) => failed(back, code));
}

/** Without a LocalEUKey it is the Server that tells the PN GW who this is. */
function rekey(back: Return): void {
  const { core, joined, connection } = back;
  connection.runQuietly(rekeyProcedure(core.ports, core.store, joined.pn, connection), (outcome) => {
    if ("value" in outcome) {
      if (core.joined === joined) joined.rekeyed(outcome.value);
      else wipeSession(outcome.value);
    }
    next(back, () => {
      if ("error" in outcome) failed(back, outcome.error.code);
      else returned(back);
    });
  });
}

function prove(back: Return, procedure: Procedure<OpenSession>, refused: (code: ErrorCode) => void): void {
  const { core, joined, connection } = back;
  connection.runQuietly(procedure, (outcome: Outcome<OpenSession>) => {
    // At once: what the gateway sends next is already a record.
    if ("value" in outcome) {
      connection.protect(outcome.value.layer);
      connection.setPeer(joined.peer);
      if (core.joined === joined) {
        joined.here();
        joined.renewed(outcome.value.ticket);
      } else outcome.value.ticket?.secret.wipe();
    }
    next(back, () => {
      if ("error" in outcome) refused(outcome.error.code);
      else returned(back);
    });
  });
}

/** On a fresh stack, unless the connection has ended in the meantime, or the PN was left. */
function next(back: Return, work: () => void): void {
  const { core, joined, connection } = back;
  core.fresh(() => {
    if (core.connection !== connection || core.joined !== joined) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      failed(back, error.code);
    }
  });
}

/** The gateway is back, and so is the link's protection. */
function returned({ core, joined }: Return): void {
  joined.here();
  joined.refusals = 0;
  core.ports.log.event("pne.back");
  watchSessions(core);
  core.tell();
}

/** This connection has not brought the gateway back. */
function failed({ core, joined, connection }: Return, code: ErrorCode): void {
  joined.refusals++;
  core.ports.log.event("pne.notBack", { code });
  if (joined.refusals >= maximumRefusals) lost(core);
  else connection.disconnect();
}
