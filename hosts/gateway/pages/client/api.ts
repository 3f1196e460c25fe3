import { say } from "../../../node/pages/client/dom.js";
import { Told } from "../../../node/pages/client/told.js";
import type { ProgramView } from "../../views.js";
import { words } from "./words.js";

/** What the gateway tells everybody, and its session's token for who is signed in. */
export interface State {
  readonly chosen: boolean;
  /** How its program is called where it runs. */
  readonly called: string;
  readonly token?: string;
}

/** The answer of a command. */
type Answer = { readonly value: unknown } | { readonly error: string; readonly code?: string };

let token: string | undefined;
let over: () => void = () => {};

export const session = {
  get signedIn(): boolean {
    return token !== undefined;
  },
  end(): void {
    token = undefined;
  },
  /** Calls `work` when the gateway knows this session no more. */
  whenOver(work: () => void): void {
    over = work;
  },
};

async function fetched(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options);
  } catch {
    throw new Told(words.notReached);
  }
}

/** Whether there is a password, and whether this browser is signed in. Throws Told. */
export async function readState(): Promise<State> {
  const response = await fetched("/state", {});
  if (!response.ok) throw new Told(await whyOf(response));
  const state = (await response.json()) as State;
  token = state.token;
  return state;
}

/** One request of this page. Throws Told. */
export async function post(path: string, fields: object): Promise<unknown> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers["CPNS-Token"] = token;
  const response = await fetched(path, { method: "POST", headers, body: JSON.stringify(fields) });
  // One that was asked under an older session says nothing of this one.
  if (response.status === 401 && token !== undefined && token === headers["CPNS-Token"]) {
    token = undefined;
    over();
    throw new Told(words.sessionOver);
  }
  if (!response.ok) throw new Told(await whyOf(response));
  return response.json();
}

/** Set-up, signing in and a new password: a session of this browser begins. Throws Told. */
export async function begin(path: string, fields: object): Promise<void> {
  ({ token } = (await post(path, fields)) as { readonly token: string });
}

/** What the gateway is; undefined before it has ever reached its Server. Throws Told. */
export async function readView(): Promise<ProgramView | undefined> {
  const answer = (await post("/ask", { ask: "view" })) as Answer;
  return "value" in answer ? (answer.value as ProgramView) : undefined;
}

/** A command as over the gateway's socket, and its answer. Throws Told. */
export async function command(kind: string, fields: object = {}): Promise<unknown> {
  const answer = (await post("/ask", { ask: "command", command: { kind, ...fields } })) as Answer;
  if ("value" in answer) return answer.value;
  throw new Told(words.errors[answer.code ?? ""] ?? sentence(answer.error));
}

async function whyOf(response: Response): Promise<string> {
  const { error } = (await response.json().catch(() => ({}))) as { readonly error?: unknown };
  return sentence(typeof error === "string" ? error : `HTTP ${response.status}`);
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** The browser tells that somebody is there; once in a while, since it keeps the session. */
export function keepSession(): void {
  const pause = 5 * 60_000;
  let last = Date.now();
  const here = (): void => {
    if (token === undefined || Date.now() - last < pause) return;
    last = Date.now();
    post("/here", {}).catch((error: unknown) => {
      if (error instanceof Told) say(error.message, "bad");
    });
  };
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, here);
}
