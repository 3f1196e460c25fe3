import type { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import type { Done } from "../base/outcome.js";
import { Milliseconds, Seconds } from "../base/units.js";
import { checkPassword, checkUserID } from "../crypto/password.js";
import type { PNPlace } from "../keystore/schemas.js";
import { type Procedure, ProcedureError } from "../procedure/procedure.js";
import type { How, JoinedPN } from "../protocols/network/setupOptions.js";
import { rotationProcedure } from "./assignment.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import { Joined } from "./joined.js";
import { AdvertisedState } from "./ports.js";
import { capabilitiesOf, confirmProcedure, enrolProcedure, joinProcedure } from "./procedures.js";
import { watchSessions } from "./sessionRenewal.js";
import type { Assignment, Task } from "./state.js";
import { entityIDOf } from "./view.js";

/** The one thing that the PNE is about: from the person's wish, over the gateway that is looked for, to its end. */

/** For a gateway to connect after the device began to advertise. */
export const connectTimeout = Milliseconds(15_000);

/** Ownership of `password` passes. Throws CredentialError, ProcedureError("busy"), StoreError. */
export function enrol(core: Core, userID: Uint8Array, password: Uint8Array): void {
  checkUserID(userID);
  checkPassword(password);
  const { ports, store } = core;
  const left = core.notBefore - ports.clock.now();
  if (left > 0) {
    wipe(password);
    ports.notify({ kind: "failed", code: "throttled", wait: Seconds(Math.ceil(left / 1000)) });
    return;
  }
  if (core.task !== undefined) throw new ProcedureError("busy");
  // The person sees the delay when the attempt has failed; the count is durable before it is made.
  store.failures += 1;
  begin(core, { kind: "enrol", userID, password });
}

/** Throws ProcedureError("busy"). */
export function begin(core: Core, task: Task): void {
  if (core.task !== undefined) throw new ProcedureError("busy");
  const { ports } = core;
  const ready = core.joined === undefined && core.connection?.idle === true;
  core.leave();
  // What the person begins instead is an answer too; the PN GW stops waiting by itself.
  core.answered();
  const patience = ready
    ? undefined
    : ports.clock.after(connectTimeout, () => abandon(core, new ProcedureError("gatewayNotFound")));
  core.become({ at: "working", task, patience });
  ports.notify({ kind: "progress", step: "connect" });
  if (ready) {
    work(core);
    return;
  }
  core.advertise(AdvertisedState.wanting);
  // A PN, even one that is being left, is bound to its connection: what is begun now starts on a fresh one.
  core.connection?.disconnect();
}

/** There is a connection: the gateway is asked who it is. */
export function work(core: Core): void {
  const { connection, state } = core;
  if (connection === undefined || state.at !== "working") return;
  state.patience?.cancel();
  // Not before a gateway is there: without one nothing else is begun.
  const { kind } = state.task;
  if (kind !== "look" && kind !== "confirm") core.forgetPN();
  const { ports, store } = core;
  connection.discover(entityIDOf(store, ports), capabilitiesOf(ports), (outcome) => {
    if ("error" in outcome) {
      core.failed(outcome.error);
      return;
    }
    core.fresh(() => {
      if (core.state !== state) return;
      if (core.connection === connection) core.guard(() => confirmFirst(core, connection));
      // Lost in between, when nothing ran that it could have ended.
      else if (core.connection === undefined) core.failed(new ProcedureError("linkLost"));
    });
  });
}

/** Whoever has its EUKey goes straight on (PNR-05). An assignment that was cut off is finished before anything else is done. */
function confirmFirst(core: Core, connection: Connection): void {
  const client = confirmProcedure(core.ports, core.store, connection);
  if (client === undefined) {
    rotateFirst(core, connection, () => doTask(core, connection));
    return;
  }
  run(core, connection, client, (outcome) => {
    // A refusal is not authenticated and changes nothing: an older key, or a new enrolment, may still do.
    if ("error" in outcome && outcome.error.code !== "result.refused") core.failed(outcome.error);
    else rotateFirst(core, connection, () => doTask(core, connection));
  });
}

/** C-18. Where it cannot be done the old key is shown for what it is, and good for nothing but to be replaced. */
function rotateFirst(core: Core, connection: Connection, then: () => void): void {
  const { ports, store } = core;
  const rotation = rotationProcedure(ports, store, connection);
  if (rotation === undefined) {
    then();
    return;
  }
  run(core, connection, rotation, (outcome) => {
    if ("error" in outcome) ports.log.event("pne.escrowed", { code: outcome.error.code });
    core.tell();
    then();
  });
}

function doTask(core: Core, connection: Connection): void {
  const { task } = core;
  switch (task?.kind) {
    case "look":
      found(core);
      return;
    case "enrol":
      doEnrol(core, connection, task);
      return;
    case "join":
      doJoin(core, connection, task.how);
      return;
    case "assign":
      doAssign(core, connection, task.assignment);
      return;
    case "confirm":
      if (core.store.state === "enrolled") enrolled(core);
      else core.failed(new ProcedureError("enrol.unconfirmed"));
  }
}

/** A gateway is there; the connection stays for what is to come, unless it is the way back into a PN on a fresh one. */
function found(core: Core): void {
  core.rest();
  core.tell();
  core.ports.notify({ kind: "found" });
  if (core.lastPN !== undefined) core.connection?.disconnect();
}

function doEnrol(core: Core, connection: Connection, task: Task & { kind: "enrol" }): void {
  const client = enrolProcedure(core.ports, core.store, connection, task);
  run(core, connection, client, (outcome) => {
    if ("value" in outcome) enrolled(core);
    // A false Server that cuts the link after its guess has had that guess.
    else core.failed(client.refused ? new ProcedureError("result.refused") : outcome.error);
  });
}

/** The link may go once the EUKey is committed: then the rotation waits for the next one. */
function doAssign(core: Core, connection: Connection, assignment: Assignment): void {
  run(core, connection, assignment.begin(connection), (outcome) => {
    if ("error" in outcome) core.failed(outcome.error);
    else rotateFirst(core, connection, () => enrolled(core));
  });
}

function enrolled(core: Core): void {
  core.store.failures = 0;
  core.rest();
  core.ports.log.event("pne.enrolled");
  core.tell();
  core.ports.notify({ kind: "enrolled" });
  core.connection?.disconnect();
}

function doJoin(core: Core, connection: Connection, how: How): void {
  const setup = joinProcedure(core.ports, core.store, connection, how);
  run(core, connection, setup, (outcome) => {
    if ("error" in outcome) {
      const refused = outcome.error.code === "result.refused";
      core.failed(refused ? new ProcedureError("pn.refused") : outcome.error);
      return;
    }
    enter(core, connection, outcome.value);
  });
}

/** Into the PN; `back`: the place that it had there when the device lost its power. */
export function enter(core: Core, connection: Connection, pn: JoinedPN, back?: PNPlace): void {
  const { gatewayID } = connection.peer;
  const started = back?.started ?? pn.started;
  const times = back === undefined ? 0 : back.times + 1;
  core.lastPN = undefined;
  core.keepPlace({ pnID: pn.pnID, gatewayID, times, started });
  core.become(new Joined({ ...pn, started }, connection.peer, times));
  watchSessions(core);
  core.tell();
  core.ports.notify({ kind: "joined" });
  core.update?.joined();
}

function run<T>(core: Core, connection: Connection, procedure: Procedure<T>, done: Done<T>): void {
  connection.run(procedure, (outcome) => core.guard(() => done(outcome)));
}

/** Ends the task, whatever it waits for. */
export function abandon(core: Core, error: CpnsError): void {
  if (core.connection?.busy) core.connection.fail(error);
  else if (core.task !== undefined) core.failed(error);
}
