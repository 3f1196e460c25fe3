import { CpnsError } from "../base/errors.js";
import { equalBytes, wipe } from "../base/octets.js";
import type { PushedToPNE } from "../catalogue/pne.js";
import { encodeMessage } from "../codec/message.js";
import { Method } from "../codec/methods.js";
import { Result } from "../codec/results.js";
import { isScalar } from "../crypto/curve.js";
import { checkUserID } from "../crypto/password.js";
import { Secret } from "../crypto/secret.js";
import type { ProverSecrets } from "../crypto/spake2plus.js";
import { hasCurve } from "../crypto/suite.js";
import type { KeyStore } from "../keystore/keystore.js";
import { KeyOrigin } from "../keystore/schemas.js";
import { ProcedureError } from "../procedure/procedure.js";
import { Report } from "../protocols/data/report.js";
import { EnrolClient } from "../protocols/enrolment/client.js";
import { userInfoInstallResponse } from "../protocols/provisioning/messages.js";
import { TemporaryEnrolment, type TemporaryTrigger } from "../protocols/temporaryKey/pne.js";
import { Rotation } from "../protocols/temporaryKey/rotation.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { PnePorts } from "./ports.js";
import { takeFreshID } from "./procedures.js";
import type { Assignment } from "./state.js";

/** EUKey assignment to a device without UI, which its gateway sets off (SEC-04, SEC-05), and what follows (C-18). */

/** A person types into a device that has UI, and an owner does not lose his device to whoever comes by. */
function mayBeAssigned({ ports, store, free }: Core, userID: Uint8Array): Result {
  const { hasUI, allowReenrolment } = ports.policy;
  const { at, staged } = store.facts;
  const owned = at === "enrolled" || at === "replacing";
  // What is staged may be committed already, and only its acknowledgement lost: nobody else's takes its place.
  if (staged !== undefined && !equalBytes(staged.userID, userID)) return Result.refused;
  if (hasUI || (owned && allowReenrolment !== true)) return Result.refused;
  return free === undefined ? Result.busy : Result.ok;
}

/** SEC-04: takes the credentials, on a PAN that is secure by itself only. Those that it does not take are wiped. */
export function install(
  core: Core,
  connection: Connection,
  { body, octets }: PushedToPNE & { name: "UserInfoInstallRequest" },
): Report {
  const { userID, w0, w1 } = body;
  wipe(octets);
  const { ports } = core;
  const allowed = mayBeAssigned(core, userID);
  const can =
    connection.link.secure && hasCurve(ports.suite) && ports.policy.secureMethods.includes(Method.spake2plus);
  const good = can && isUserID(userID) && isScalar(w0) && isScalar(w1);
  const result = allowed !== Result.ok ? allowed : good ? Result.ok : Result.refused;
  if (result === Result.ok) connection.installed.put(userID, { w0: new Secret(w0), w1: new Secret(w1) });
  else wipe(w0, w1);
  return new Report("install", encodeMessage(userInfoInstallResponse, connection.nextExchange(), { result }));
}

function isUserID(userID: Uint8Array): boolean {
  try {
    checkUserID(userID);
    return true;
  } catch (error) {
    if (error instanceof CpnsError) return false;
    throw error;
  }
}

/** EUKeyAssignmentTrigger (PNR-07): what it asks for; nothing is answered, and what cannot be done is not begun. */
export function triggered(
  core: Core,
  connection: Connection,
  { userID, rand, keyID }: (PushedToPNE & { name: "EUKeyAssignmentTrigger" })["body"],
): Assignment | undefined {
  const { ports, store } = core;
  const refuse = (why: string): undefined => {
    ports.log.event("pne.trigger", { refused: why });
  };
  if (userID === undefined && rand === undefined && keyID === undefined) {
    const held = connection.installed.take();
    if (held === undefined) return refuse("notInstalled");
    if (mayBeAssigned(core, held.userID) === Result.ok) return withInstalled(ports, store, held);
    held.secrets.w0.wipe();
    held.secrets.w1.wipe();
    return refuse("occupied");
  }
  if (userID === undefined || rand === undefined || keyID === undefined || !isUserID(userID)) {
    return refuse("form");
  }
  if (mayBeAssigned(core, userID) !== Result.ok) return refuse("occupied");
  if (ports.temporaryKey === undefined) return refuse("noTemporaryKey");
  return underTemporaryKey(ports, store, { userID, rand, keyID });
}

/** SEC-04: as a person would who types, but without a password. */
function withInstalled(
  ports: PnePorts,
  store: KeyStore,
  { userID, secrets }: { readonly userID: Uint8Array; readonly secrets: ProverSecrets },
): Assignment {
  const { suite, random, temporaryKey } = ports;
  return {
    begin: (connection) => {
      const { entityID, gatewayID, serverID } = connection.peer;
      // The link may be another one by now.
      if (!connection.link.secure) throw new ProcedureError("enrol.method");
      return new EnrolClient(
        {
          suite,
          random,
          parties: { pne: entityID, gateway: gatewayID, server: serverID },
          userID,
          password: secrets,
          methods: [Method.spake2plus],
          temporaryKey,
          foreign: () => takeFreshID(ports, store),
          stage: ({ id, key, createdAt }) => {
            if (ports.factoryEntityID === undefined) store.entityID = entityID;
            store.stage({ id, key: key.octets, createdAt, origin: KeyOrigin.password, userID, serverID });
          },
          commit: (id) => store.commit(id),
        },
        connection.nextExchange(),
      );
    },
    drop: () => {
      secrets.w0.wipe();
      secrets.w1.wipe();
    },
  };
}

/** SEC-05: the EUKey is the gateway's to read until it is replaced. */
function underTemporaryKey(ports: PnePorts, store: KeyStore, trigger: TemporaryTrigger): Assignment {
  const { suite, random, temporaryKey } = ports;
  return {
    begin: (connection) => {
      const { entityID, gatewayID, serverID } = connection.peer;
      if (temporaryKey === undefined) throw new ProcedureError("enrol.method");
      const fresh = new Uint8Array(16);
      random.fill(fresh);
      const { userID } = trigger;
      const origin = KeyOrigin.gatewayEscrow;
      return new TemporaryEnrolment(
        {
          suite,
          random,
          parties: { pne: entityID, gateway: gatewayID, server: serverID },
          trigger,
          temporaryKey,
          epoch: store.epoch(fresh),
          stage: ({ id, key, createdAt }) => {
            store.stage({ id, key: key.octets, createdAt, origin, userID, serverID });
          },
          commit: (id) => store.commit(id),
        },
        connection.nextExchange(),
      );
    },
    drop: () => {},
  };
}

/**
 * C-18: replaces an EUKey that a gateway has seen, or any because the Server has `asked` for it (C-38); undefined when there
 * is none, or the device cannot.
 */
export function rotationProcedure(
  ports: PnePorts,
  store: KeyStore,
  connection: Connection,
  asked = false,
): Rotation | undefined {
  const { suite, random, temporaryKey } = ports;
  const { entityID, gatewayID, serverID } = connection.peer;
  const before = store.facts.committed?.origin;
  const escrowed = before === KeyOrigin.gatewayEscrow;
  if (before === undefined || !hasCurve(suite) || (escrowed ? temporaryKey === undefined : !asked))
    return undefined;
  const held = store.committed;
  if (held === undefined) return undefined;
  const { id, key, userID } = held;
  return new Rotation(
    {
      suite,
      random,
      parties: { pne: entityID, gateway: gatewayID, server: serverID },
      temporaryKey,
      escrowed,
      old: { id, key },
      stage: (made) => {
        const { createdAt } = made;
        const octets = made.key.octets;
        const origin = escrowed ? KeyOrigin.temporary : before;
        store.stage({ id: made.id, key: octets, createdAt, origin, userID, serverID });
      },
      commit: (newID) => store.commit(newID),
    },
    connection.nextExchange(),
  );
}
