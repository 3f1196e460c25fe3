import { hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import type { WebhookRecord } from "./rows/programs.js";
import type { ServerStore, ServerTables } from "./store.js";
import { isAhead, slack } from "./table.js";

/** A Server that has a webhook in hand, and dies, holds it for no longer. */
export const holdTime = Milliseconds(30_000);
/** No webhook waits for longer until it is tried again. */
export const longestPause = Milliseconds(8 * 3_600_000);

/** A clock that was set back makes no pause longer than its rule. */
const isDue = ({ nextAt, heldUntil = Milliseconds(0) }: WebhookRecord, now: Milliseconds): boolean =>
  !isAhead(nextAt, now, longestPause) && !isAhead(heldUntil, now, holdTime);

/** Until when it waits: for its next try, or for the Server that has it in hand. */
type Kind = "n" | "h";
const longest = Object.freeze({ n: longestPause, h: holdTime });
const lastInstant = 99_999_999_999_999;
const turnAt = (kind: Kind, at: number): string => `${kind}/${String(at).padStart(14, "0")}/`;

/** Key of the row by which a webhook's turn is found; undefined while nothing waits for it. */
const turnOf = (id: string, { pending, nextAt, heldUntil }: WebhookRecord): string | undefined => {
  if (!pending) return undefined;
  return heldUntil === undefined ? `${turnAt("n", nextAt)}${id}` : `${turnAt("h", heldUntil)}${id}`;
};

/** A webhook's row, in place of `before`, and its turn; removes both without `after`. */
export async function putWebhook(
  { webhooks, webhookTurns }: Pick<ServerTables, "webhooks" | "webhookTurns">,
  id: string,
  before: WebhookRecord,
  after: WebhookRecord | undefined,
): Promise<void> {
  const [old, next] = [turnOf(id, before), after && turnOf(id, after)];
  if (old !== undefined && old !== next) await webhookTurns.delete(old);
  if (next !== undefined) await webhookTurns.put(next, { identity: before.identity });
  if (after === undefined) await webhooks.delete(id);
  else await webhooks.put(id, after);
}

/** False where nothing waits for it, and where what waits was written by a release without turns. */
export async function hasTurn(
  { webhookTurns }: Pick<ServerTables, "webhookTurns">,
  id: string,
  webhook: WebhookRecord,
): Promise<boolean> {
  const turn = turnOf(id, webhook);
  return turn !== undefined && (await webhookTurns.get(turn)) !== undefined;
}

/** The webhook whose turn it is, if it still is: a turn that is nobody's any more is removed. */
export async function webhookAt(
  { webhooks, webhookTurns }: Pick<ServerTables, "webhooks" | "webhookTurns">,
  { id, turn }: Pick<Due, "id" | "turn">,
  now: Milliseconds,
): Promise<WebhookRecord | undefined> {
  const webhook = await webhooks.get(id);
  if (webhook !== undefined && turnOf(id, webhook) === turn) return isDue(webhook, now) ? webhook : undefined;
  await webhookTurns.delete(turn);
  return undefined;
}

/** A webhook whose turn it is. */
export interface Due {
  readonly id: string;
  readonly owner: string;
  /** Key of the row that says so. */
  readonly turn: string;
}

/**
 * Webhooks that may be tried now, of each kind those first that have waited longest, `most` in one read: what it costs is
 * theirs, however many others wait for later.
 */
export async function* dueWebhooks(
  store: Pick<ServerStore, "read">,
  now: Milliseconds,
  most: number,
): AsyncGenerator<Due> {
  for (const kind of ["n", "h"] as const) {
    yield* between(store, most, turnAt(kind, 0), turnAt(kind, now));
    // From a clock that was set back since.
    yield* between(store, most, turnAt(kind, now + longest[kind] + slack + 1), turnAt(kind, lastInstant));
  }
}

async function* between(
  store: Pick<ServerStore, "read">,
  most: number,
  from: string,
  to: string,
): AsyncGenerator<Due> {
  for (let after = from; ; ) {
    const start = after;
    const found = await store.read(({ webhookTurns }) => webhookTurns.page(start, most, `${to}~`));
    for (const { key, value } of found) {
      after = key;
      yield { id: key.slice(key.lastIndexOf("/") + 1), owner: hex(value.identity), turn: key };
    }
    if (found.length < most) return;
  }
}
