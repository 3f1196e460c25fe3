import { wipe } from "../../../src/base/octets.js";
import { Server } from "../../../src/server/server.js";
import { Misuse } from "../../node/program/misuse.js";
import { newPassword } from "../../node/program/newPassword.js";
import { prompts } from "../../node/program/prompt.js";
import { asDay, asText, type Call, each, type OperatorCommand, only, userIDOf } from "./command.js";

const terminal = { input: process.stdin, output: process.stderr };

export const users: OperatorCommand = {
  name: "users",
  operands: "[add|password|remove NAME]",
  about: "lists Users; adds one, changes a password",
  more: [
    "add and password ask twice for the password, 8 to 64 characters; without a terminal it is the first line of the input.",
    "remove also takes what the User owns: devices, PN gateways, guests, sessions, tokens.",
  ],
  plan([action, ...operands]) {
    if (action === undefined) return list;
    const work = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (work === undefined) throw new Misuse("users add, password or remove is expected");
    const user = only("a User ID", operands);
    const userID = userIDOf(user);
    return async (call) => {
      const done = await work(call, userID);
      call.tell(done, { user, done });
    };
  },
};

const list = ({ open, tell }: Call): Promise<void> =>
  each(
    open,
    ({ users: all }) => all,
    (_, { userID, createdAt }) => {
      const [user, since] = [asText(userID), asDay(createdAt)];
      tell(`${user}\tsince ${since}`, { user, since });
    },
  );

type Action = (call: Call, name: Uint8Array) => Promise<string>;

const actions: Readonly<Record<string, Action>> = Object.freeze({
  add: (call: Call, name: Uint8Array) =>
    withPassword(async (password) => {
      await new Server(call.open.ports).registerUser(name, password);
      return "added";
    }),
  password: (call: Call, name: Uint8Array) =>
    withPassword(async (password) => {
      await new Server(call.open.ports).changePassword(name, password);
      return "the password is changed";
    }),
  async remove(call: Call, name: Uint8Array) {
    await new Server(call.open.ports).removeUser(name);
    return "removed, with all devices";
  },
});

async function withPassword(work: (password: Uint8Array) => Promise<string>): Promise<string> {
  const password = await prompts(terminal, (ask) => newPassword(ask, "Password", terminal));
  try {
    return await work(password);
  } finally {
    wipe(password);
  }
}
