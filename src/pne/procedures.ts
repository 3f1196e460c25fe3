import { equalBytes, wipe } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import { randomOctets } from "../base/ports.js";
import { Method } from "../codec/methods.js";
import { hasCurve } from "../crypto/suite.js";
import type { KeyStore } from "../keystore/keystore.js";
import { KeyOrigin, type LocalKeyData } from "../keystore/schemas.js";
import { ProcedureError } from "../procedure/procedure.js";
import { Reauthenticate } from "../protocols/authentication/pne.js";
import { Capability } from "../protocols/discovery/messages.js";
import { EnrolClient } from "../protocols/enrolment/client.js";
import { ConfirmClient } from "../protocols/enrolment/confirm.js";
import { LinkKey } from "../protocols/network/messages.js";
import { PNSetup } from "../protocols/network/pne.js";
import type { How, JoinedPN } from "../protocols/network/setupOptions.js";
import { Rekey } from "../protocols/rekey/pne.js";
import type { Connection } from "./connection.js";
import { atLeast } from "./expiry.js";
import type { PnePorts } from "./ports.js";
import { nameOf } from "./view.js";

/** The PNE's procedures, bound to its ports, its flash and the connection that they run on. */

/**
 * EUK-UI-02, EUK-UI-03, EUK-UI-12: a person types into the device (SEC-03). Throws ProcedureError("enrol.method") where
 * policy allows none (SEC-02).
 */
export function enrolProcedure(
  ports: PnePorts,
  store: KeyStore,
  connection: Connection,
  credentials: { readonly userID: Uint8Array; readonly password: Uint8Array },
): EnrolClient {
  const { suite, random, policy, temporaryKey } = ports;
  const { entityID, gatewayID, serverID } = connection.peer;
  const { userID, password } = credentials;
  const allowed = connection.link.secure ? policy.secureMethods : policy.insecureMethods;
  const methods = allowed.filter((method) => method !== Method.spake2plus || hasCurve(suite));
  if (methods.length === 0) throw new ProcedureError("enrol.method");
  return new EnrolClient(
    {
      suite,
      random,
      parties: { pne: entityID, gateway: gatewayID, server: serverID },
      userID,
      password,
      methods,
      temporaryKey,
      heldKey: () => store.committed?.key,
      foreign: () => takeFreshID(ports, store),
      stage: ({ id, key, createdAt }) => {
        ports.notify({ kind: "progress", step: "store" });
        if (ports.factoryEntityID === undefined) store.entityID = entityID;
        store.stage({ id, key: key.octets, createdAt, origin: KeyOrigin.password, userID, serverID });
      },
      commit: (id) => store.commit(id),
    },
    connection.nextExchange(),
  );
}

/**
 * Another User has its Entity ID, perhaps only because he has heard it: who holds no key loses nothing with it. With a
 * Temporary Key it can show that it is this device, and stays it.
 */
export function takeFreshID({ random, temporaryKey }: PnePorts, store: KeyStore): void {
  if (temporaryKey !== undefined || store.facts.committed !== undefined) return;
  store.entityID = randomOctets(random, 16);
}

/** Finishes an assignment that was cut off; undefined when there is none. */
export function confirmProcedure(
  ports: PnePorts,
  store: KeyStore,
  connection: Connection,
): ConfirmClient | undefined {
  if (store.facts.staged === undefined) return undefined;
  const keys = store.keys;
  if (keys.at === "enrolled" || keys.at === "replacing") wipe(keys.committed.key);
  if (keys.at === "enrolled" || keys.at === "empty") return undefined;
  const { entityID, gatewayID, serverID } = connection.peer;
  return new ConfirmClient(
    {
      suite: ports.suite,
      parties: { pne: entityID, gateway: gatewayID, server: serverID },
      staged: keys.staged,
      temporaryKey: ports.temporaryKey,
      escrowed: keys.staged.origin === KeyOrigin.gatewayEscrow,
      commit: (id) => store.commit(id),
    },
    connection.nextExchange(),
  );
}

/** Bits of `Capability` (PNI-01 "Device Capabilities"). */
export function capabilitiesOf({ policy }: Pick<PnePorts, "policy">): number {
  return (policy.hasUI ? Capability.ui : 0) | (policy.reachable ? Capability.reachable : 0);
}

/**
 * LEU-01, LEU-03: a LocalEUKey by the PNE's UI, whatever the PAN is like; or by the flow text (C-01). Without UI the
 * pre-assigned key, where the PAN is not secure by itself (LEU-02, LEU-04); undefined when there is none.
 */
export function linkKeyOf(
  { policy, temporaryKey }: Pick<PnePorts, "policy" | "temporaryKey">,
  panSecure: boolean,
): LinkKey | undefined {
  if (policy.hasUI) {
    const wanted = policy.localEUKeyCriterion === "r01" || !panSecure;
    return wanted ? LinkKey.localEUKey : LinkKey.none;
  }
  if (panSecure) return LinkKey.none;
  return temporaryKey === undefined ? undefined : LinkKey.preAssigned;
}

/**
 * PNI-01, PNI-03, GWI-03: takes part in a PN. Throws ProcedureError("notEnrolled" | "pn.otherServer" |
 * "pn.unprotected" | "pn.escrowed").
 */
export function joinProcedure(ports: PnePorts, store: KeyStore, connection: Connection, how: How): PNSetup {
  const { suite, random, clock, policy, limits } = ports;
  const { entityID, gatewayID, serverID } = connection.peer;
  const panSecure = connection.link.secure;
  const linkKey = linkKeyOf(ports, panSecure);
  if (linkKey === undefined) throw new ProcedureError("pn.unprotected");
  const held = store.committed;
  if (held === undefined) throw new ProcedureError("notEnrolled");
  try {
    if (!equalBytes(serverID, held.serverID)) throw new ProcedureError("pn.otherServer");
    // Who has seen the key can play the Server with it (C-18): what keeps it from being replaced keeps it from being used.
    if (held.origin === KeyOrigin.gatewayEscrow) throw new ProcedureError("pn.escrowed");
    return new PNSetup(
      {
        how,
        suite,
        random,
        clock,
        ...(limits && { limits }),
        entityID,
        gatewayID,
        serverID,
        euKey: held.key,
        capabilities: capabilitiesOf(ports),
        name: nameOf(store, ports),
        contents: ports.application?.contents,
        ownOnly: !policy.hasUI && policy.guest !== true,
        linkKey,
        temporaryKey: ports.temporaryKey,
        panSecure,
        forwardSecrecy: policy.forwardSecrecy === true,
        atLeast: atLeast(clock, store),
        storeLocalKey: (key) => keepLocalKey(ports, store, how, key),
      },
      connection.nextExchange(),
    );
  } finally {
    wipe(held.key);
  }
}

/**
 * A flash that takes no writes keeps nobody out of a PN that he is in: what it costs is the way back by this key. Throws
 * StoreError for anybody else, and for a key that is not newer (C-25).
 */
function keepLocalKey({ log }: PnePorts, store: KeyStore, how: How, key: LocalKeyData): void {
  const kept = attempt(() => store.putLocalKey(key));
  if (!("error" in kept)) return;
  const { code } = kept.error;
  if (how.kind === "create" || how.again !== true || code === "store.keyNotNewer") throw kept.error;
  log.event("pne.keyNotKept", { code });
}

/** The LocalEUKey of the PN once more (C-15, GWA-02); undefined when there is none that is still good. */
export function reauthenticateProcedure(
  ports: PnePorts,
  store: KeyStore,
  pn: JoinedPN,
  connection: Connection,
): Reauthenticate | undefined {
  const key = store.localKey(pn.pnID);
  if (key !== undefined && key.expiresAt <= atLeast(ports.clock, store)) {
    wipe(key.key);
    return undefined;
  }
  const { pne } = pn.server.context;
  return key && new Reauthenticate(ports, pne, key, connection.nextExchange());
}

/** A new session with the Server (GWA-01). Throws ProcedureError("notEnrolled"). */
export function rekeyProcedure(
  ports: PnePorts,
  store: KeyStore,
  pn: JoinedPN,
  connection: Connection,
): Rekey {
  const held = store.committed;
  if (held === undefined) throw new ProcedureError("notEnrolled");
  try {
    return new Rekey(ports, pn.server, held.key, connection.nextExchange());
  } finally {
    wipe(held.key);
  }
}
