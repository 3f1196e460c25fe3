import { CpnsError } from "../../../../src/base/errors.js";
import { fromHex, hex } from "../../../../src/base/octets.js";
import {
  type AnyDefinition,
  encodeMessage,
  type MessageDefinition,
  messageSet,
  type Received,
} from "../../../../src/codec/message.js";
import { readAnswer } from "../../../../src/procedure/answers.js";
import type { Procedure, Step } from "../../../../src/procedure/procedure.js";
import { Told } from "../../../node/pages/client/told.js";
import { words } from "./words.js";

const type = "application/cpns";
const kept = "cpns-session";
/** Iterations of a derivation between two turns of the browser, so that the page stays alive. */
const slice = 500;

/** The session of this page: a token in the tab, which no other site's page can send. */
export const session = {
  get token(): Uint8Array | undefined {
    const text = sessionStorage.getItem(kept);
    return text === null ? undefined : fromHex(text);
  },
  begin(token: Uint8Array, userID: string): void {
    sessionStorage.setItem(kept, hex(token));
    sessionStorage.setItem("cpns-user", userID);
  },
  get userID(): string {
    return sessionStorage.getItem("cpns-user") ?? "";
  },
  end(): void {
    sessionStorage.clear();
  },
};

/** Asks the Server. Throws Told. */
export async function send(octets: Uint8Array): Promise<Uint8Array> {
  const { token } = session;
  const headers: Record<string, string> = { "Content-Type": type };
  if (token !== undefined) headers["CPNS-Session"] = hex(token);
  let response: Response;
  try {
    response = await fetch("/account/v1", { method: "POST", headers, body: octets.slice() });
  } catch {
    throw new Told(words.notReached);
  }
  if (response.status === 429) throw new Told(words.tooMany);
  if (response.status === 503) throw new Told(words.notNow);
  if (!response.ok) throw new Told(words.failed(`HTTP ${response.status}`));
  return new Uint8Array(await response.arrayBuffer());
}

/** One question and its answer. Throws Told. */
export async function ask<Body, D extends AnyDefinition>(
  request: MessageDefinition<string, Body>,
  body: Body,
  answer: D,
): Promise<Received<D>> {
  const octets = await send(encodeMessage(request, 1, body));
  return told(() => readAnswer(messageSet(answer), octets, "page") as Received<D>);
}

/** Runs a procedure of the core in the page. Throws Told. */
export async function run<Outcome>(procedure: Procedure<Outcome>): Promise<Outcome> {
  try {
    let step: Step<Outcome> = told(() => procedure.start());
    for (;;) {
      if (step.kind === "done") return step.outcome;
      if (step.kind === "request") {
        const answer = await send(step.octets);
        step = told(() => procedure.receive(answer));
        continue;
      }
      let key: Uint8Array | undefined;
      while (key === undefined) {
        key = step.derivation.step(slice);
        await new Promise((resolve) => setTimeout(resolve));
      }
      const derived = key;
      step = told(() => procedure.derived(derived));
    }
  } finally {
    procedure.dispose();
  }
}

function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CpnsError)) throw error;
    throw new Told(words.error(error.code));
  }
}
