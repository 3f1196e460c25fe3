import { ascii, hex } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { preAssignedKey, wrapLocalKey } from "../../crypto/keys/localKeys.js";
import { deriveKeys, type PairKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import type { PairContext } from "../../crypto/keys/relayedKeys.js";
import { Secret } from "../../crypto/secret.js";
import { floorOf } from "../../database/backup.js";
import { noHistory } from "../../database/ownership.js";
import type { PNMember } from "../../database/rows/networks.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { localKeyLifetime, PairFlag } from "./messages.js";

/** Of the ids that are told for PNEs that are not there. */
const falseIDs = 8;

export interface WrappedKeys {
  readonly keyID: number;
  readonly expiresAt: number;
  /** None of a pre-assigned key: the PNE derives it. */
  readonly wrappedKey?: Uint8Array;
  readonly gatewayCopy: Uint8Array;
}

/** LocalEUKeys in their two copies (PNI-05a, GWI-06a). */
export class LocalKeys {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /**
   * One LocalEUKey in two copies, when the PNE asked (C-01, C-02); of the pre-assigned key of a PNE without UI (LEU-02)
   * the PN GW's copy. A PNE that is not there gets what one that is there would: nobody's, under a key that nobody has,
   * so that a PN GW does not learn who is enrolled. Only where the PNE may join does its next key get a greater id at
   * once; elsewhere nothing changes before it has proven itself.
   */
  async make(
    tables: ServerTables,
    member: PNMember,
    context: PairContext,
    gateway: PairKeys,
    mayJoin: boolean,
  ): Promise<WrappedKeys | undefined> {
    const { suite, random, clock } = this.#ports;
    const { entityID, flags } = member;
    const preAssigned = (flags & PairFlag.preAssigned) !== 0;
    if (!preAssigned && (flags & PairFlag.localKey) === 0) return undefined;
    const terms = {
      keyID: await this.#nextID(tables, entityID),
      expiresAt: Math.max(toSeconds(clock.now()), await this.#madeAt(tables, entityID)) + localKeyLifetime,
    };
    if (mayJoin) await this.used(tables, { entityID, localKeyID: terms.keyID });
    const localKey = preAssigned
      ? preAssignedKey(suite, await this.#temporaryKey(tables, entityID), context, terms)
      : new Secret(randomOctets(random, 32));
    const wrap = (role: "pne" | "gw", keys: PairKeys): Uint8Array =>
      wrapLocalKey(suite, keys, { role, context, ...terms }, randomOctets(random, 12), localKey.octets);
    const gatewayCopy = wrap("gw", gateway);
    const own = preAssigned ? undefined : await this.#keysOf(tables, entityID);
    const wrappedKey = own && wrap("pne", own);
    wipeKeys(own);
    localKey.wipe();
    return { ...terms, gatewayCopy, ...(wrappedKey && { wrappedKey }) };
  }

  /**
   * Its EUKey may be of a time when the Server's calendar was ahead: a PNE without calendar takes nothing that ended before
   * its EUKey was made (C-21).
   */
  async #madeAt(tables: ServerTables, entityID: Uint8Array): Promise<number> {
    const entity = await tables.entities.get(hex(entityID));
    return entity?.role === "pne" ? entity.committed.createdAt : 0;
  }

  async #keysOf(tables: ServerTables, entityID: Uint8Array): Promise<PairKeys> {
    const entity = await tables.entities.get(hex(entityID));
    const known = entity?.role === "pne" ? entity.committed.key : undefined;
    return deriveKeys(this.#ports.suite, "EUK", known ?? this.#nobodys("key", entityID), entityID);
  }

  async #temporaryKey(tables: ServerTables, entityID: Uint8Array): Promise<Uint8Array> {
    const device = await tables.devices.get(hex(entityID));
    return device?.temporaryKey ?? this.#nobodys("key", entityID);
  }

  async #nextID(tables: ServerTables, entityID: Uint8Array): Promise<number> {
    const history = await tables.histories.get(hex(entityID));
    const floor = await floorOf(tables);
    if (history !== undefined) return Math.max(floor, history.localKeyID) + 1;
    return floor + 1 + ((this.#nobodys("key id", entityID)[0] ?? 0) % falseIDs);
  }

  /** The same for the same Entity ID at every time. */
  #nobodys(label: string, entityID: Uint8Array): Uint8Array {
    const { suite, secrets } = this.#ports;
    return suite.hmac(secrets.unknown.octets, ascii(label), entityID);
  }

  /** The PNE has proven itself: the next one gets a greater id. */
  async used(
    tables: ServerTables,
    { entityID, localKeyID }: Pick<PNMember, "entityID" | "localKeyID">,
  ): Promise<void> {
    if (localKeyID === undefined) return;
    const name = hex(entityID);
    const history = (await tables.histories.get(name)) ?? noHistory;
    if (localKeyID > history.localKeyID) await tables.histories.put(name, { ...history, localKeyID });
  }
}
