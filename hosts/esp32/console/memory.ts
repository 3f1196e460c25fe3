import type { ConsoleMemory } from "../../../src/device/console/state.js";

/** The functions of c/cpnsConsole.c. */

function free(this: unknown): number {
  return native("xs_cpns_heap_free").call(this);
}

function lowest(this: unknown): number {
  return native("xs_cpns_heap_lowest").call(this);
}

export const memory = (): ConsoleMemory => ({ free: free(), lowest: lowest() });
