import { fromHex, hex, wipe } from "../../../src/base/octets.js";
import { isTopicName } from "../../../src/protocols/topics/contents.js";
import { ProgramError } from "../../../src/server/programs/errors.js";
import { ownEntity } from "../../../src/server/programs/views.js";
import {
  deadLettersOf,
  makeWebhook,
  removeWebhook,
  type ShownWebhook,
  webhooksOf,
} from "../../../src/server/programs/webhooks.js";
import { textOf } from "./credentials.js";
import { type ApiPorts, instantOf, objectOf, ok, type Route, there } from "./route.js";
import { type Targets, targetOf } from "./target.js";

const shownWebhook = ({ id, webhook, waiting, dead }: ShownWebhook) => ({
  id,
  url: String.fromCharCode(...webhook.url),
  ...(webhook.device !== undefined && { device: hex(webhook.device) }),
  ...(webhook.topic !== undefined && { topic: webhook.topic }),
  createdAt: instantOf(webhook.createdAt * 1000),
  waiting,
  dead,
  dropped: webhook.dropped ?? 0,
  failing: webhook.failing,
  ...(webhook.failing > 0 && { nextAttempt: instantOf(webhook.nextAt) }),
});

/** The 32 octets, which are wiped, as libraries of Standard Webhooks take them. */
export function secretText(key: Uint8Array): string {
  const text = `whsec_${textOf(key, "base64")}`;
  wipe(key);
  return text;
}

/** Where a User's events are sent to. */
export const webhookRoutes = (ports: ApiPorts, targets: Targets): readonly Route[] => [
  {
    method: "GET",
    path: "/webhooks",
    scope: "webhooks",
    async run({ user }) {
      const found = await ports.store.read((tables) => webhooksOf(tables, user));
      return ok({ webhooks: found.map(shownWebhook) });
    },
  },
  {
    method: "POST",
    path: "/webhooks",
    scope: "webhooks",
    async run({ user, body }) {
      const { url: text, device, topic } = objectOf(body, "url", "device", "topic");
      if (typeof text !== "string") throw new ProgramError("api.request", "url is expected");
      if (device !== undefined && typeof device !== "string")
        throw new ProgramError("api.request", "device is an ID");
      if (topic !== undefined && !(typeof topic === "string" && isTopicName(topic)))
        throw new ProgramError("api.request", "topic is the name of one");
      const url = targetOf(text, targets);
      if (url === undefined) throw new ProgramError("api.target");
      const made = await ports.store.transaction(async (tables) => {
        if (device !== undefined) there(await ownEntity(tables, user, device));
        const only = { ...(device && { device: fromHex(device) }), ...(topic && { topic }) };
        const one = await makeWebhook(ports, tables, user, { url: url.href, ...only });
        return { ...shownWebhook(one), secret: secretText(one.webhook.key) };
      });
      return { status: 201, body: made };
    },
  },
  {
    method: "DELETE",
    path: "/webhooks/{webhook}",
    scope: "webhooks",
    async run({ user, named }) {
      const gone = await ports.store.transaction((tables) =>
        removeWebhook(tables, named.webhook ?? "", user),
      );
      there(gone || undefined);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/webhooks/{webhook}/dead-letters",
    scope: "webhooks",
    async run({ user, named }) {
      return ports.store.read(async (tables) => {
        const found = there(await deadLettersOf(tables, user, named.webhook ?? ""));
        const deadLetters = found.map(({ body, attempts, dead }) => ({
          event: JSON.parse(new TextDecoder().decode(body)),
          attempts,
          why: dead ?? "",
        }));
        return ok({ deadLetters });
      });
    },
  },
];
