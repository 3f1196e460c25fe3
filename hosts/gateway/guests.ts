import { CpnsError } from "../../src/base/errors.js";
import { ascii, wipe } from "../../src/base/octets.js";
import { contain, type Outcome } from "../../src/base/outcome.js";
import type { Log } from "../../src/base/ports.js";
import {
  type AnyDefinition,
  encodeMessage,
  type MessageDefinition,
  messageSet,
  type Received,
} from "../../src/codec/message.js";
import { acknowledgement } from "../../src/codec/replies.js";
import { checkUserID } from "../../src/crypto/password.js";
import { maximumGuestNames } from "../../src/database/rows/users.js";
import { checkCredentials } from "../../src/gateway/ownKey.js";
import { readAnswer } from "../../src/procedure/answers.js";
import { ProcedureError } from "../../src/procedure/procedure.js";
import { runProcedure } from "../../src/procedure/run.js";
import { AccountProof } from "../../src/protocols/account/client.js";
import {
  accountGuestsChange,
  accountGuestsRequest,
  accountGuestsResponse,
  accountSignOutRequest,
} from "../../src/protocols/account/messages.js";
import type { ServerConnection } from "../node/https/serverConnection.js";
import { nodeSuite } from "../node/nodeSuite.js";
import { octetsOf } from "./commands.js";
import type { GuestsView } from "./views.js";

/** Who may join at the gateways of its owner (C-34): shown, or replaced by `change`, with the owner's password. */
export interface GuestsCommand {
  readonly password: Uint8Array;
  readonly change?: { readonly guests: readonly Uint8Array[]; readonly everybody: boolean };
}

export interface GuestsHost {
  readonly server: Pick<ServerConnection, "account">;
  readonly serverID: Uint8Array;
  /** The gateway's owner. */
  readonly userID: string | undefined;
  readonly log: Log;
}

/** Undefined for another command. Throws Error in one line. */
export function readGuestsCommand(fields: Readonly<Record<string, unknown>>): GuestsCommand | undefined {
  const { kind, password, guests, everybody } = fields;
  if (kind !== "guests" && kind !== "setGuests") return undefined;
  if (typeof password !== "string") throw new Error("password is missing");
  if (kind === "guests") return { password: octetsOf(password) };
  if (!Array.isArray(guests) || !guests.every((one) => typeof one === "string"))
    throw new Error("guests is a list of User IDs");
  if (guests.length > maximumGuestNames) throw new Error(`at most ${maximumGuestNames} guests`);
  if (typeof everybody !== "boolean") throw new Error("everybody is true or false");
  return { password: octetsOf(password), change: { guests: guests.map(octetsOf), everybody } };
}

/**
 * Signs in at the Server's page as the owner, by a proof of the password, asks, and signs out again. The password is
 * wiped. Errors: CredentialError, "auth.noKey" while the gateway has no owner, "result.refused", "result.serverUnreachable".
 */
export async function runGuests(host: GuestsHost, command: GuestsCommand): Promise<Outcome<GuestsView>> {
  const { password, change } = command;
  try {
    if (host.userID === undefined) throw new ProcedureError("auth.noKey");
    const userID = ascii(host.userID);
    checkCredentials(userID, password);
    for (const guest of change?.guests ?? []) checkUserID(guest);
    const session = await signIn(host, userID, password);
    try {
      if (change !== undefined) await asked(host, session, accountGuestsChange, change, acknowledgement);
      const shown = await asked(host, session, accountGuestsRequest, {}, accountGuestsResponse);
      const { guests, everybody } = shown.body;
      return { value: { guests: guests.map((one) => String.fromCharCode(...one)), everybody } };
    } finally {
      await host.server.account(encodeMessage(accountSignOutRequest, 1, { everywhere: false }), session);
      wipe(session);
    }
  } catch (error) {
    if (error instanceof CpnsError) return { error };
    throw error;
  } finally {
    wipe(password);
  }
}

function signIn(
  { server, serverID, log }: GuestsHost,
  userID: Uint8Array,
  password: Uint8Array,
): Promise<Uint8Array> {
  const fault = (error: unknown): void => log.event("gateway.fault", { error: String(error) });
  const proof = new AccountProof({ suite: nodeSuite, purpose: "sign in", serverID, userID, password });
  return new Promise((resolve, reject) => {
    runProcedure(
      proof,
      (octets, answered) => void outcomeOf(server.account(octets)).then(answered, reject),
      fault,
      (outcome) => {
        if ("error" in outcome) reject(outcome.error);
        else if (outcome.value === undefined) reject(new ProcedureError("result.refused"));
        else resolve(outcome.value);
      },
    );
  });
}

async function outcomeOf(answer: ReturnType<ServerConnection["account"]>): Promise<Outcome<Uint8Array>> {
  const said = await answer;
  return "octets" in said
    ? { value: said.octets }
    : { error: new CpnsError("result.serverUnreachable", said.why) };
}

async function asked<Body, D extends AnyDefinition>(
  { server, log }: GuestsHost,
  session: Uint8Array,
  request: MessageDefinition<string, Body>,
  body: Body,
  answer: D,
): Promise<Received<D>> {
  const said = await outcomeOf(server.account(encodeMessage(request, 1, body), session));
  const read = contain(
    () => {
      if ("error" in said) throw said.error;
      return readAnswer(messageSet(answer), said.value, "guests") as Received<D>;
    },
    (error) => log.event("gateway.fault", { error: String(error) }),
  );
  if ("error" in read) throw read.error;
  return read.value;
}
