import type { ErrorCode } from "../base/errorCodes.js";
import { CpnsError } from "../base/errors.js";
import { equalBytes } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import { ResumeLink } from "../protocols/authentication/pne.js";
import type { OpenSession } from "../protocols/authentication/session.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { Joined } from "./joined.js";
import { capabilitiesOf, joinProcedure, reauthenticateProcedure, rekeyProcedure } from "./procedures.js";
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
  prove(back, new ResumeLink(core.ports, ticket, connection.nextExchange()), whenOver(discover));
}

type Refused = (back: Return, code: ErrorCode) => void;

/** What is said of a session that is over is no refusal. */
const whenOver =
  (instead: (back: Return) => void): Refused =>
  (back, code) =>
    code === "result.sessionExpired" ? instead(back) : failed(back, code);

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
  else prove(back, procedure, failed);
}

/** Without a LocalEUKey it is the Server that tells the PN GW who this is, also when their session is over meanwhile. */
function rekey(back: Return): void {
  const { core, joined, connection } = back;
  run(
    back,
    rekeyProcedure(core.ports, core.store, joined.pn, connection),
    (session) => joined.rekeyed(session),
    whenOver(takePartAnew),
  );
}

/**
 * In the PN that it is in, with another inventory and other sessions when the Server has proven itself, and with those that
 * it has until then. Throws what `joinProcedure` throws.
 */
export function takePartAnew(back: Return, refused: Refused = failed): void {
  const { core, joined, connection } = back;
  const how = { kind: "invited", pnID: joined.pn.pnID, byGateway: false, again: true } as const;
  const setup = joinProcedure(core.ports, core.store, connection, how);
  run(back, setup, (pn) => joined.replace(pn), refused);
}

function prove(back: Return, procedure: Procedure<OpenSession>, refused: Refused): void {
  const { joined, connection } = back;
  const protect = ({ layer, ticket }: OpenSession): void => {
    // At once: what the gateway sends next is already a record.
    connection.protect(layer);
    connection.setPeer(joined.peer);
    joined.here();
    joined.renewed(ticket);
  };
  run(back, procedure, protect, refused);
}

/** What comes of it is used at once, and wiped where the PNE is not in the PN any more. */
function run<T>(back: Return, procedure: Procedure<T>, use: (value: T) => void, refused: Refused): void {
  const { core, joined, connection } = back;
  connection.runQuietly(procedure, (outcome) => {
    if ("value" in outcome) {
      use(outcome.value);
      if (core.joined !== joined) joined.drop();
    }
    next(back, () => {
      if ("error" in outcome) refused(back, outcome.error.code);
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
