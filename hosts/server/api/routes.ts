import { deviceRoutes } from "./devices.js";
import type { ApiPorts, Route } from "./route.js";
import { tokenRoutes } from "./tokens.js";

/** Every route below /api/v1 but /openapi.json, which anybody may read. */
export const apiRoutes = (ports: ApiPorts): readonly Route[] => [
  ...deviceRoutes(ports),
  ...tokenRoutes(ports),
];
