import type { Programs, SendTopic } from "../../../src/server/programs/programs.js";
import { deviceRoutes } from "./devices.js";
import type { ApiPorts, Route } from "./route.js";
import { settingRoutes } from "./settings.js";
import type { EventStreams } from "./stream.js";
import type { Targets } from "./target.js";
import { tokenRoutes } from "./tokens.js";
import { topicRoutes } from "./topics.js";
import { webhookRoutes } from "./webhooks.js";

export interface ApiParts {
  readonly ports: ApiPorts;
  readonly programs: Programs;
  readonly streams: EventStreams;
  readonly sendTopic: SendTopic;
  readonly targets: Targets;
}

/** Every route below /api/v1 but /openapi.json, which anybody may read. */
export const apiRoutes = ({ ports, programs, streams, sendTopic, targets }: ApiParts): readonly Route[] => [
  ...deviceRoutes(ports),
  ...topicRoutes(ports, sendTopic),
  streams.route,
  ...webhookRoutes(ports, targets),
  ...tokenRoutes(ports),
  ...settingRoutes(ports, programs),
];
