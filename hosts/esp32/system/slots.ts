import { StoreError } from "../../../src/keystore/errors.js";
import type { UpdateSlots } from "../../../src/pne/updatePorts.js";

/** The functions of c/cpnsSlots.c. */

function capacity(this: unknown): number {
  return native("xs_cpns_slot_capacity").call(this);
}

function current(this: unknown): number {
  return native("xs_cpns_slot_current").call(this);
}

function trial(this: unknown): boolean {
  return native("xs_cpns_slot_trial").call(this);
}

function begun(this: unknown): boolean {
  return native("xs_cpns_slot_begun").call(this);
}

function write(this: unknown, offset: number, octets: Uint8Array): boolean {
  return native("xs_cpns_slot_write").call(this, offset, octets);
}

function hash(this: unknown, length: number): ArrayBuffer | undefined {
  return native("xs_cpns_slot_hash").call(this, length);
}

function activate(this: unknown): boolean {
  return native("xs_cpns_slot_activate").call(this);
}

function confirm(this: unknown): boolean {
  return native("xs_cpns_slot_confirm").call(this);
}

function rollBack(this: unknown): void {
  native("xs_cpns_slot_roll_back").call(this);
}

function done(kept: boolean): void {
  if (!kept) throw new StoreError("store.broken", "slot");
}

/** The two OTA slots of the chip. */
export const slots: UpdateSlots = Object.freeze({
  get capacity() {
    return capacity();
  },
  get current() {
    return current();
  },
  get trial() {
    return trial();
  },
  get begun() {
    return begun();
  },
  write: (offset: number, octets: Uint8Array) => done(write(offset, octets)),
  hash(length: number) {
    const octets = hash(length);
    done(octets !== undefined);
    return new Uint8Array(octets as ArrayBuffer);
  },
  activate: () => done(activate()),
  confirm: () => done(confirm()),
  rollBack: () => rollBack(),
});
