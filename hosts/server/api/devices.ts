import { hex } from "../../../src/base/octets.js";
import type { Topic } from "../../../src/protocols/topics/contents.js";
import {
  networksOf,
  type OwnEntity,
  ownEntities,
  ownEntity,
  type ShownNetwork,
} from "../../../src/server/programs/views.js";
import { type ApiPorts, dayOf, instantOf, ok, type Route, there } from "./route.js";

const shownTopic = ({ name, kind, direction, unit }: Topic) => ({
  topic: name,
  kind,
  direction,
  ...(unit !== undefined && { unit }),
});

const shownDevice = ({ id, entity, place }: OwnEntity) => {
  const name = entity.name ?? place?.name;
  return {
    id,
    kind: entity.role === "gateway" ? "gateway" : "device",
    ...(name !== undefined && { name }),
    keySince: instantOf(entity.committed.createdAt * 1000),
    lastSeen: dayOf(entity.seenAt),
    ...(place !== undefined && { network: { id: hex(place.pnID), gateway: hex(place.gatewayID) } }),
    topics: (place?.topics ?? []).map(shownTopic),
  };
};

const shownNetwork = ({ pn, own, members }: ShownNetwork) => ({
  id: hex(pn.pnID),
  gateway: hex(pn.gatewayID),
  ...(pn.alias !== undefined && { name: pn.alias }),
  own,
  members: members.map((member) => ({
    id: member.id,
    own: member.own,
    ...(member.name !== undefined && { name: member.name }),
    topics: member.topics.map(shownTopic),
  })),
});

/** What a User has, and where it is. */
export const deviceRoutes = ({ store }: ApiPorts): readonly Route[] => [
  {
    method: "GET",
    path: "/devices",
    scope: "read",
    async run({ user }) {
      const own = await store.read((tables) => ownEntities(tables, user));
      return ok({ devices: own.map(shownDevice) });
    },
  },
  {
    method: "GET",
    path: "/devices/{device}",
    scope: "read",
    async run({ user, named }) {
      const found = await store.read((tables) => ownEntity(tables, user, named.device ?? ""));
      return ok(shownDevice(there(found)));
    },
  },
  {
    method: "GET",
    path: "/networks",
    scope: "read",
    async run({ user }) {
      const found = await store.read((tables) => networksOf(tables, user));
      return ok({ networks: found.map(shownNetwork) });
    },
  },
];
