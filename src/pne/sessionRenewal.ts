import { CpnsError } from "../base/errors.js";
import type { Outcome } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import { wipeSession } from "../protocols/rekey/pne.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { Joined } from "./joined.js";
import { reauthenticateProcedure, rekeyProcedure } from "./procedures.js";

/**
 * Keeps the sessions of a PNE in a PN alive (GWA-01, GWA-02): renews that with the PN GW by the LocalEUKey and that with
 * the Server by the EUKey while they still work, before what the person sends and by itself in an idle device. One with
 * the Server that has ended ends no PN: the Server says so when it is asked to renew it, or hears of it, and the PN GW has
 * the PNE take part anew.
 */

/** Before another try, when the PNE was busy or away, and at most when a renewal has failed. */
const busyPause = Milliseconds(1_000);
const longestPause = Milliseconds(30_000);

/** Looks after the session that wants to be renewed first. */
export function watchSessions(core: Core): void {
  const { joined, connection, ports } = core;
  if (joined === undefined) return;
  const server = joined.pn.server.layer;
  const local = connection?.session;
  const first = Math.min(server.renewFrom, local?.renewFrom ?? server.renewFrom);
  again(core, joined, Milliseconds(renewalDue(core, joined) ? 0 : first - ports.clock.now()));
}

function again(core: Core, joined: Joined, pause: Milliseconds): void {
  joined.renewal.timer?.cancel();
  joined.renewal.timer = core.ports.clock.after(pause, () => {
    if (core.joined === joined) due(core, joined);
  });
}

function due(core: Core, joined: Joined): void {
  const { connection } = core;
  if (connection === undefined || joined.away || connection.busy || joined.renewal.running) {
    again(core, joined, busyPause);
  } else {
    renew(core, joined, connection, (error) => {
      if (error === undefined) watchSessions(core);
      else again(core, joined, failedPause(core, joined));
    });
  }
}

/** Some tries fit into what is left of the session; once that is over they become fewer as time goes on. */
function failedPause(core: Core, joined: Joined): Milliseconds {
  const left = joined.pn.server.layer.until - core.ports.clock.now();
  return Milliseconds(Math.max(busyPause, Math.min(longestPause, Math.abs(left) / 4)));
}

const renewalDue = ({ connection }: Core, { pn }: Joined, toServer = true): boolean =>
  connection?.session?.renewalDue === true ||
  (pn.server.layer.renewalDue && (toServer || pn.server.layer.alive));

/**
 * Before anything is sent: renews what nears its end, then does `work`, with the error when that has failed. What is not
 * for the Server does not wait for a Server that is away.
 */
export function withFreshSessions(
  core: Core,
  joined: Joined,
  connection: Connection,
  toServer: boolean,
  work: (error?: CpnsError) => void,
): void {
  if (!joined.renewal.running && !renewalDue(core, joined, toServer)) work();
  else renew(core, joined, connection, (error) => core.guard(() => work(error)));
}

/** Renews what is worn; calls `done` on a fresh stack, with the error when that has failed. */
function renew(core: Core, joined: Joined, connection: Connection, done: (error?: CpnsError) => void): void {
  const { renewal } = joined;
  renewal.waiting.push(done);
  if (renewal.running) return;
  renewal.running = true;
  const end = (error?: CpnsError): void => {
    renewal.running = false;
    if (error !== undefined) core.ports.log.event("pne.notRenewed", { code: error.code });
    renewal.waiting.splice(0).forEach((one) => {
      one(error);
    });
  };
  // Keys are derived below.
  core.fresh(() => {
    withGateway(core, joined, connection, (first) =>
      withServer(core, joined, connection, (second) => end(first ?? second)),
    );
  });
}

function withGateway(
  core: Core,
  joined: Joined,
  connection: Connection,
  done: (error?: CpnsError) => void,
): void {
  if (core.joined !== joined || connection.session?.renewalDue !== true) return done();
  const make = () => {
    const procedure = reauthenticateProcedure(core.ports, core.store, joined.pn, connection);
    if (procedure === undefined) throw new ProcedureError("pn.keyUnknown");
    return procedure;
  };
  run(core, connection, make, done, ({ layer, ticket }) => {
    // At once: what the gateway sends next is already a record of the new session.
    connection.protect(layer);
    if (core.joined === joined) joined.renewed(ticket);
    else ticket?.secret.wipe();
  });
}

function withServer(
  core: Core,
  joined: Joined,
  connection: Connection,
  done: (error?: CpnsError) => void,
): void {
  if (core.joined !== joined || !joined.pn.server.layer.renewalDue) return done();
  const make = () => rekeyProcedure(core.ports, core.store, joined.pn, connection);
  run(core, connection, make, done, (session) => {
    if (core.joined === joined) joined.rekeyed(session);
    else wipeSession(session);
  });
}

function run<T>(
  core: Core,
  connection: Connection,
  make: () => Procedure<T>,
  done: (error?: CpnsError) => void,
  use: (value: T) => void,
): void {
  try {
    connection.runQuietly(make(), (outcome: Outcome<T>) => {
      if ("value" in outcome) use(outcome.value);
      core.fresh(() => done("error" in outcome ? outcome.error : undefined));
    });
  } catch (error) {
    if (!(error instanceof CpnsError)) throw error;
    done(error);
  }
}
