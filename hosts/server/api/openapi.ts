import type { Method } from "./route.js";
import { entityId, ref, rowId, schemas, topicName } from "./schemas.js";

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary: string;
  /** What a token must be for; none: the session of the Server's page. */
  readonly scope?: string;
  /** Name of the schema of what is sent. */
  readonly takes?: string;
  readonly query?: Readonly<Record<string, Json>>;
  /** Statuses with the name of their schema; "" for no body. */
  readonly answers: Readonly<Record<number, string>>;
  /** Statuses of problems, beside those that every route has. */
  readonly problems?: readonly number[];
}

const params: Readonly<Record<string, Json>> = Object.freeze({
  device: entityId,
  topic: topicName,
  token: rowId,
  webhook: rowId,
});

/** Every route below /api/v1; a test holds it against the implementation, and every answer against its schema. */
const operations: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>> = Object.freeze({
  "/devices": {
    GET: { summary: "The User's devices and gateways", scope: "read", answers: { 200: "Devices" } },
  },
  "/devices/{device}": {
    GET: { summary: "One of them", scope: "read", answers: { 200: "Device" }, problems: [404] },
  },
  "/networks": {
    GET: {
      summary: "Networks at the User's gateways, and those that the User's devices are in",
      scope: "read",
      answers: { 200: "Networks" },
    },
  },
  "/topics": {
    GET: {
      summary: "Topics of the User's devices, with their last values",
      scope: "read",
      query: { device: entityId },
      answers: { 200: "DeviceTopics" },
      problems: [404],
    },
  },
  "/devices/{device}/topics/{topic}": {
    GET: {
      summary: "One topic, with its last day",
      scope: "read",
      answers: { 200: "TopicHistory" },
      problems: [404],
    },
    POST: {
      summary: "Sends a value, and waits until the device's application has taken it",
      scope: "send",
      takes: "Send",
      answers: { 200: "Delivered" },
      problems: [404, 422, 502, 504],
    },
  },
  "/stream": {
    GET: {
      summary: "Server-sent events: `reading` with an Event as data, `missed` with a count",
      scope: "stream",
      query: { device: entityId, topic: topicName, after: { type: "string", pattern: "^[0-9]{1,15}$" } },
      answers: { 200: "text/event-stream" },
      problems: [400],
    },
  },
  "/webhooks": {
    GET: { summary: "Where events are sent to", scope: "webhooks", answers: { 200: "Webhooks" } },
    POST: {
      summary: "Sends events to an address from now on; its secret is shown this once",
      scope: "webhooks",
      takes: "NewWebhook",
      answers: { 201: "MadeWebhook" },
      problems: [404, 409, 422],
    },
  },
  "/webhooks/{webhook}": {
    DELETE: {
      summary: "Ends it, with what waits",
      scope: "webhooks",
      answers: { 204: "" },
      problems: [404],
    },
  },
  "/webhooks/{webhook}/dead-letters": {
    GET: {
      summary: "Events that were given up, the oldest first",
      scope: "webhooks",
      answers: { 200: "DeadLetters" },
      problems: [404],
    },
  },
  "/settings": {
    GET: { summary: "What the User wants kept", answers: { 200: "Settings" } },
    PUT: { summary: "Changes it", takes: "NewSettings", answers: { 204: "" } },
  },
  "/tokens": {
    GET: { summary: "The User's tokens, never what they are", answers: { 200: "Tokens" } },
    POST: {
      summary: "Makes a token, which is shown this once",
      takes: "NewToken",
      answers: { 201: "MadeToken" },
      problems: [409],
    },
  },
  "/tokens/{token}": {
    DELETE: { summary: "Ends a token", answers: { 204: "" }, problems: [404] },
  },
});

const everywhere = Object.freeze([401, 403, 429, 503]);
const ofBodies = Object.freeze([400, 413, 415]);

const words: Readonly<Record<number, string>> = Object.freeze({
  200: "As asked",
  201: "Made",
  204: "Done",
  400: "The request is not as the schema has it",
  401: "No token, or one that is not known, altered or over",
  403: "The token is not for this",
  404: "No such thing of the User's",
  409: "The User has as many as may be",
  413: "The body is too long",
  415: "The body is no JSON",
  422: "No such value for this topic, nothing that the device's application takes, no address to send to",
  429: "Too many requests, or too many wrong tokens; Retry-After tells when to ask again",
  502: "The device has refused it",
  503: "Not available now; Retry-After tells when to ask again",
  504: "The device is in no network, or was not reached within the time",
});

function described(
  path: string,
  { summary, scope, takes, query = {}, answers, problems = [] }: Operation,
): Json {
  const failing = [...everywhere, ...(takes === undefined ? [] : ofBodies), ...problems].sort();
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    ...{ name, in: "path", required: true },
    schema: params[name],
  }));
  const inQuery = Object.entries(query).map(([name, schema]) => ({ name, in: "query", schema }));
  const answered = Object.entries(answers).map(([status, name]) => [
    status,
    { description: words[Number(status)], ...(name !== "" && { content: bodyOf(name) }) },
  ]);
  const refused = failing.map((status) => [`${status}`, { $ref: `#/components/responses/${status}` }]);
  return {
    summary,
    security: scope === undefined ? [{ page: [] }] : [{ token: [scope] }, { page: [] }],
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(takes !== undefined && {
      requestBody: { required: true, content: { "application/json": { schema: ref(takes) } } },
    }),
    responses: Object.fromEntries([...answered, ...refused]),
  };
}

const bodyOf = (name: string): Json =>
  name.startsWith("text/") ? { [name]: {} } : { "application/json": { schema: ref(name) } };

const paths = Object.entries(operations).map(([path, methods]) => [
  path,
  Object.fromEntries(
    Object.entries(methods).map(([method, one]) => [method.toLowerCase(), described(path, one)]),
  ),
]);

/** Problems by their status. */
const responses = Object.keys(words)
  .filter((status) => Number(status) >= 400)
  .map((status) => [
    status,
    {
      description: words[Number(status)],
      content: { "application/problem+json": { schema: ref("Problem") } },
    },
  ]);

/** OpenAPI 3.1 of the interface for programs, as /api/v1/openapi.json serves it. */
export const openapi: Json = Object.freeze({
  openapi: "3.1.1",
  info: { title: "CPNS Server", version: "1", description: "For programs of a User; docs/API.md says more." },
  servers: [{ url: "/api/v1" }],
  paths: Object.fromEntries(paths),
  components: {
    schemas,
    responses: Object.fromEntries(responses),
    securitySchemes: {
      token: {
        type: "http",
        scheme: "bearer",
        description: "A token of the User's, of the scope that is named.",
      },
      page: { type: "apiKey", in: "header", name: "CPNS-Session", description: "The Server's own page." },
    },
  },
});
