import type { GatewayPorts } from "../procedure/gatewayPorts.js";
import type { GbaPorts } from "../protocols/gba/gateway.js";

/** What the PN GW is made with. */
export interface GatewayEntityPorts extends GatewayPorts {
  /** A UICC and the way to its BSF (EUK-GW-01); without them the EUKey comes by User ID and password (EUK-GW-04). */
  readonly gba?: GbaPorts;
}
