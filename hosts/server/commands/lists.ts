import { hex } from "../../../src/base/octets.js";
import type { OpenServer } from "../open.js";
import { shownGateway } from "../shownGateway.js";
import { asDay, asText, each, none, type OperatorCommand, type Work } from "./command.js";

/** Commands that only list. Nothing secret is in what they print. */

const listing =
  (work: Work) =>
  (rest: readonly string[]): Work => {
    none(rest);
    return work;
  };

export const gateways: OperatorCommand = {
  name: "gateways",
  about: "lists PN gateways",
  plan: listing(async ({ open, tell }) => {
    await each(
      open,
      ({ entities }) => entities,
      (id, { role, userID, seenAt }) => {
        if (role !== "gateway") return;
        const [user, seen] = [asText(userID), asDay(seenAt)];
        tell(`${id}\t${user}\tseen ${seen}`, { id, user, seen });
      },
    );
  }),
};

/** How many there are in each network, by its key. Whose session has ended is in none, though nobody has said that he left. */
async function membersIn(open: OpenServer): Promise<ReadonlyMap<string, number>> {
  const inside = new Map<string, number>();
  await each(
    open,
    ({ members }) => members,
    (key, { session }) => {
      const network = key.slice(0, key.lastIndexOf("/"));
      if (session !== undefined) inside.set(network, (inside.get(network) ?? 0) + 1);
    },
  );
  return inside;
}

export const networks: OperatorCommand = {
  name: "networks",
  about: "lists Personal Networks",
  plan: listing(async ({ open, tell }) => {
    const inside = await membersIn(open);
    await each(
      open,
      ({ pns }) => pns,
      (key, { pnID, gatewayID, alias = "", size: asked, established, gatewayInfo }) => {
        const size = established ? (inside.get(key) ?? 0) : asked;
        const [id, gateway] = [hex(pnID), hex(gatewayID)];
        const state = established ? "" : ", being set up";
        const about = gatewayInfo === undefined ? undefined : shownGateway(gatewayInfo);
        const more = about === undefined ? "" : `\t${about}`;
        tell(`${id}\tat ${gateway}\t${alias}\t${size} device${size === 1 ? "" : "s"}${state}${more}`, {
          id,
          gateway,
          name: alias,
          devices: size,
          established,
          about,
        });
      },
    );
  }),
};

export const audit: OperatorCommand = {
  name: "audit",
  about: "what happened in the last 90 days",
  plan: listing(async ({ open, tell }) => {
    await each(
      open,
      ({ audit: lines }) => lines,
      (_, { at, event, fields }) => {
        const time = new Date(at).toISOString();
        tell(`${time}\t${event}\t${fields}`, { time, event, fields: JSON.parse(fields) });
      },
    );
  }),
};
