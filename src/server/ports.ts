import type { Clock } from "../base/ports.js";
import type { StoredServerPorts } from "../procedure/serverPorts.js";
import type { GbaServerPorts } from "../protocols/gba/server.js";

/** What the Server is made with. */
export interface ServerEntityPorts extends StoredServerPorts {
  /** Polls are held by it. */
  readonly clock: Clock;
  /** Bootstrapped keys of PN GWs (EUK-GW-03); without it the Server takes none. */
  readonly gba?: GbaServerPorts;
}
