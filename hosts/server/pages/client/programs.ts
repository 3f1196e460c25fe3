import { hex } from "../../../../src/base/octets.js";
import { Told } from "../../../node/pages/client/told.js";
import { session } from "./api.js";
import { words } from "./words.js";

/** What the pages ask of the Server's interface for programs (docs/API.md), with the session of this page. */

export interface ShownTopic {
  readonly device: string;
  readonly topic: string;
  readonly kind: "number" | "switch" | "event" | "text" | "octets";
  readonly direction?: "offers" | "understands" | "both";
  readonly unit?: string;
  readonly last?: { readonly value: number | boolean | string; readonly at: string };
}

export interface ShownPoint {
  readonly at: string;
  readonly value: number | boolean;
}

export interface ShownToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: string;
  readonly lastUsed?: string;
}

export interface ShownWebhook {
  readonly id: string;
  readonly url: string;
  readonly waiting: number;
  readonly dead: number;
  readonly failing: number;
}

/** Throws Told. */
export async function askAPI<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const { token } = session;
  const headers: Record<string, string> = { "CPNS-Session": token === undefined ? "" : hex(token) };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { method, headers, ...sent });
  } catch {
    throw new Told(words.notReached);
  }
  if (response.status === 204) return undefined as Answer;
  const answer = (await response.json()) as Answer & { readonly code?: string };
  if (!response.ok) throw new Told(words.problem(answer.code ?? "", response.status));
  return answer;
}
