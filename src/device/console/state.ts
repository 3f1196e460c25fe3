import type { ErrorCode } from "../../base/errorCodes.js";
import type { PneView } from "../../pne/ports.js";

/** Octets of memory outside XS. */
export interface ConsoleMemory {
  readonly free: number;
  /** The fewest that there were. */
  readonly lowest: number;
}

export interface ConsoleState {
  readonly version: string;
  readonly halted: ErrorCode | undefined;
  readonly view: PneView | undefined;
  readonly screen: string | undefined;
  readonly memory: ConsoleMemory | undefined;
}

/** One line for each thing that is known; names and identities, never a key. */
export function stateLines({ version, halted, view, screen, memory }: ConsoleState): string[] {
  const doing = halted === undefined ? (view === undefined ? "starting" : "running") : `halted by ${halted}`;
  return [
    line("firmware", version),
    line("state", screen === undefined ? doing : `${doing}, at the screen ${screen}`),
    ...(view === undefined ? [] : viewLines(view)),
    ...(memory === undefined ? [] : [line("memory", `${memory.free} free, ${memory.lowest} at the lowest`)]),
  ];
}

const line = (name: string, value: string): string => `${name.padEnd(9)}${value}`;

function viewLines({ keys, entityID, name, connected, gateway, pn, update }: PneView): string[] {
  const where = pn === undefined ? "none" : `${pn.alias ?? pn.id}, members ${pn.members.length}`;
  const link = pn?.away === true ? "gateway out of range" : connected ? "connected" : "none";
  return [
    line("key", keys),
    line("entity", entityID ?? "none yet"),
    line("name", name ?? "none"),
    line("link", `${link}${connected && pn?.secure === true ? ", protected" : ""}`),
    line("gateway", gateway ?? "none"),
    line("network", where),
    ...(update === undefined ? [] : [line("update", update.version)]),
  ];
}
