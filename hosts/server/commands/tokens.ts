import { CpnsError } from "../../../src/base/errors.js";
import { ascii, hex } from "../../../src/base/octets.js";
import {
  makeToken,
  maximumTokens,
  revokeToken,
  scopes,
  scopesOf,
} from "../../../src/server/programs/tokens.js";
import { Misuse, Refusal } from "../../node/program/misuse.js";
import { type Values, wholeNumber } from "../../node/program/settings.js";
import { tokenText } from "../api/credentials.js";
import { endOf, longestDays, nameOf, scopesIn } from "../api/tokens.js";
import { asDay, asText, type Call, each, type OperatorCommand, only, type Work } from "./command.js";

export const tokens: OperatorCommand = {
  name: "tokens",
  operands: "[add USER NAME|remove ID]",
  about: "lists tokens of programs; makes, ends one",
  more: [
    `add prints the token, this once: only its hash is kept. A User has at most ${maximumTokens}.`,
    "remove ends it at once.",
  ],
  options: [
    {
      name: "scopes",
      value: "NAMES",
      about: `with add: what it is for, of ${scopes.join(",")}`,
      otherwise: "read",
    },
    { name: "days", value: "NUMBER", about: "with add: how long it lasts; for ever unless told" },
  ],
  plan([action, ...operands], values) {
    if (action === undefined) return list;
    if (action === "add") return adding(operands, values);
    if (action !== "remove") throw new Misuse("tokens add or remove is expected");
    const id = only("a token's ID", operands);
    return (call) => remove(call, id);
  },
};

async function list({ open, tell }: Call): Promise<void> {
  await each(
    open,
    ({ apiTokens }) => apiTokens,
    (id, token) => {
      const [user, known] = [asText(token.userID), scopesOf(token)];
      const until = token.endsAt === undefined ? undefined : asDay(token.endsAt / 1000);
      const used = token.usedAt === undefined ? undefined : asDay(token.usedAt);
      const line = [
        id,
        user,
        token.name,
        known.join(","),
        `until ${until ?? "removed"}`,
        `used ${used ?? "never"}`,
      ];
      tell(line.join("\t"), { id, user, name: token.name, scopes: known, until, used });
    },
  );
}

function adding([user, name, more]: readonly string[], values: Values): Work {
  if (user === undefined || name === undefined || more !== undefined)
    throw new Misuse("a User ID and a name for the token are expected");
  const days = values.days === undefined ? undefined : wholeNumber("--days", values.days, 1, longestDays);
  const wanted = asked(() => ({ name: nameOf(name), scopes: scopesIn((values.scopes ?? "").split(",")) }));
  return async ({ open: { ports, store }, tell }) => {
    const endsAt = endOf(days, ports.clock.now());
    const { id, octets } = await store.transaction(async (tables) => {
      const known = await tables.users.get(hex(ascii(user)));
      if (known === undefined) throw new Refusal("no User has this name");
      return makeToken(ports, tables, known, { ...wanted, ...(endsAt !== undefined && { endsAt }) });
    });
    const token = tokenText(octets);
    tell(token, { id, user, token });
  };
}

/** What the interface would not take is called wrongly here. Throws Misuse. */
function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CpnsError) throw new Misuse(error.message.slice(error.code.length + 2));
    throw error;
  }
}

async function remove({ open, tell }: Call, id: string): Promise<void> {
  const gone = await open.store.transaction((tables) => revokeToken(tables, id));
  if (!gone) throw new Refusal("there is no such token");
  tell("the token is ended", { id, done: "removed" });
}
