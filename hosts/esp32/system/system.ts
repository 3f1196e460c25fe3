import type { CrashReason } from "../../../src/device/crash.js";

/** The functions of c/cpnsSystem.c. */

/** Does not return on a device. */
export function restart(this: unknown): void {
  native("xs_cpns_restart").call(this);
}

/** ESP-IDF's code of what kept flash storage from starting, or 0 (c/cpnsStorage.h). */
export function storageFault(this: unknown): number {
  return native("xs_cpns_storage_fault").call(this);
}

/** Erases all of flash storage, what the factory wrote too; the next start finds it empty. False when it cannot. */
export function eraseStorage(this: unknown): boolean {
  return native("xs_cpns_erase_storage").call(this);
}

function resetReason(this: unknown): number {
  return native("xs_cpns_reset_reason").call(this);
}

/**
 * By the numbers of c/cpnsSystem.h. XS restarts the chip by itself, without a report, only when the stack is full: for
 * everything else it calls the hook that writes one.
 */
const reasons: readonly (CrashReason | undefined)[] = Object.freeze([
  undefined,
  "stack",
  "unknown",
  "watchdog",
  "power",
]);

/** What the chip knows of why it starts; undefined when it was switched on or restarted on purpose. Once per start. */
export const startedAfter = (): CrashReason | undefined => reasons[resetReason()];
