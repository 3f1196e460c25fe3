import { removeWebhook } from "../../../src/server/programs/webhooks.js";
import { Misuse, Refusal } from "../../node/program/misuse.js";
import { asText, type Call, each, type OperatorCommand, only } from "./command.js";

export const webhooks: OperatorCommand = {
  name: "webhooks",
  operands: "[remove ID]",
  about: "lists where events are sent to; ends one",
  more: ["Of an address only the host is shown: what stands behind it is often a secret."],
  plan([action, ...operands]) {
    if (action === undefined) return list;
    if (action !== "remove") throw new Misuse("webhooks remove is expected");
    const id = only("a webhook's ID", operands);
    return async ({ open, tell }) => {
      const gone = await open.store.transaction((tables) => removeWebhook(tables, id));
      if (!gone) throw new Refusal("there is no such webhook");
      tell("the webhook is ended", { id, done: "removed" });
    };
  },
};

const list = ({ open, tell }: Call): Promise<void> =>
  each(
    open,
    ({ webhooks: all }) => all,
    (id, { userID, url, failing, pending }) => {
      const [user, host] = [asText(userID), new URL(asText(url)).host];
      const state = failing > 0 ? `failing, ${failing} times` : pending ? "sending" : "idle";
      tell(`${id}\t${user}\t${host}\t${state}`, { id, user, host, failing, pending });
    },
  );
