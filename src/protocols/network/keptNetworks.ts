import { equalBytes, hex } from "../../base/octets.js";
import { attempt } from "../../base/outcome.js";
import type { KeyValue } from "../../base/ports.js";
import { entityID, instant, localKeyID } from "../../codec/attributes.js";
import { bool, decode, field, type Infer, list, octets, optional, record, uint } from "../../codec/schema.js";
import { StoredRecord } from "../../keystore/record.js";
import { SlotRecord } from "../../keystore/slots.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import type { LocalKey } from "../authentication/gateway.js";
import { maximumMembers, pnInventory, pnInventoryOctets } from "./messages.js";

/** A PN as it outlasts the PN GW's power; one value of flash has room for the fullest. */
export const keptPN = record({
  inventory: field(1, pnInventoryOctets),
  initiator: optional(2, entityID),
  members: field(
    3,
    list(
      record({
        /** Of its place in the inventory. */
        place: field(1, uint(maximumMembers - 1)),
        keyID: optional(2, localKeyID),
        key: optional(3, octets(32, 32)),
        expiresAt: optional(4, instant),
        started: optional(5, bool),
      }),
      1,
      maximumMembers,
    ),
  ),
  open: optional(4, bool),
});

interface KeptMember {
  readonly entityID: Uint8Array;
  /** As far as the inventory has room for them (C-30). */
  readonly contents?: Uint8Array | undefined;
  readonly localKey: LocalKey | undefined;
  readonly started: boolean;
}

/** What of a PN is kept. */
export interface KeptPN {
  readonly pnID: Uint8Array;
  readonly inventory: Uint8Array;
  readonly initiator: Uint8Array | undefined;
  readonly open: boolean;
  readonly members: readonly KeptMember[];
}

/** In flash a name has 13 characters beside those of its slot: so much of a PN ID is in it. */
const namedOctets = 5;
const nameForm = /^pn[0-9a-f]{10}(?=\.[ab]$)/;
const nameOf = (pnID: Uint8Array): string => `pn${hex(pnID.subarray(0, namedOctets))}`;

/**
 * The PNs of a PN GW in its flash: inventory, members and the PN GW's copies of their LocalEUKeys (PNI-06a, PNI-13,
 * GWI-14, C-33), so that its devices are back in their PNs after it has lost its power. A flash that is full or broken
 * loses that and nothing else ("pn.notKept").
 */
export class KeptNetworks {
  readonly #ports: Pick<GatewayPorts, "suite" | "log">;
  readonly #flash: KeyValue | undefined;

  constructor(ports: Pick<GatewayPorts, "suite" | "log" | "networks">) {
    this.#ports = ports;
    this.#flash = ports.networks;
  }

  /** Those that there were when the power went; their keys are the caller's. What cannot be read is forgotten. */
  all(): readonly KeptPN[] {
    const names = new Set((this.#flash?.names() ?? []).flatMap((name) => nameForm.exec(name) ?? []));
    return [...names].sort().flatMap((name) => {
      const record = this.#record(name);
      const read = attempt(() => {
        record?.slots.mend();
        const kept = record?.read();
        return kept && keptOf(kept);
      });
      if ("value" in read && read.value !== undefined) return [read.value];
      this.#guarded(() => record?.slots.erase());
      return [];
    });
  }

  /** As it is now, without those whom the Server does not know any more; the keys stay the caller's. */
  keep({ pnID, inventory, initiator, open, members }: KeptPN): void {
    const places = decode(pnInventory, inventory).members;
    const placeOf = (id: Uint8Array): number => places.findIndex((one) => equalBytes(one.entityID, id));
    this.#guarded(() =>
      this.#record(nameOf(pnID))?.replace({
        inventory,
        ...(initiator && { initiator }),
        ...(open && { open }),
        members: members
          .filter(({ entityID: id }) => placeOf(id) >= 0)
          .map(({ entityID: id, localKey, started }) => ({
            place: placeOf(id),
            ...localKey,
            ...(started && { started }),
          })),
      }),
    );
  }

  forget(pnID: Uint8Array): void {
    this.#guarded(() => this.#record(nameOf(pnID))?.slots.erase());
  }

  #record(name: string): StoredRecord<Infer<typeof keptPN>> | undefined {
    const { suite, log } = this.#ports;
    return this.#flash && new StoredRecord(new SlotRecord(this.#flash, suite, name, log), keptPN);
  }

  #guarded(work: () => void): void {
    const done = attempt(work);
    if ("error" in done) this.#ports.log.event("pn.notKept", { code: done.error.code });
  }
}

/** Throws CodecError. */
function keptOf({ inventory, initiator, open = false, members }: Infer<typeof keptPN>): KeptPN {
  const { pnID, members: places } = decode(pnInventory, inventory);
  return {
    pnID,
    inventory,
    initiator,
    open,
    members: members.flatMap(({ place, keyID, key, expiresAt, started = false }) => {
      const { entityID, contents } = places[place] ?? {};
      const whole = keyID !== undefined && key !== undefined && expiresAt !== undefined;
      return entityID
        ? [{ entityID, contents, localKey: whole ? { keyID, key, expiresAt } : undefined, started }]
        : [];
    }),
  };
}
