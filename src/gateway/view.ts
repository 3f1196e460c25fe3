import { hex, wipe } from "../base/octets.js";
import { decode } from "../codec/schema.js";
import type { KeyStore } from "../keystore/keystore.js";
import { Capability } from "../protocols/discovery/messages.js";
import { pnInventory } from "../protocols/network/messages.js";
import type { EstablishedPN } from "../protocols/network/settlement.js";
import type { MemberTopics } from "../protocols/topics/offered.js";
import type { PneLink } from "./pneLink.js";
import type { DeviceView, GatewayPNView, GatewayView, TopicView } from "./ports.js";

export function deviceView(link: PneLink, pn: EstablishedPN | undefined): DeviceView {
  const { entityID, capabilities, panSecure, idle } = link;
  const { flags = 0, name } = capabilities ?? {};
  return {
    ...(entityID && { id: hex(entityID) }),
    ...(name !== undefined && { name }),
    hasUI: (flags & Capability.ui) !== 0,
    reachable: (flags & Capability.reachable) !== 0,
    panSecure,
    protected: link.protected,
    idle,
    ...(pn && { pn: hex(pn.pnID) }),
  };
}

/** Names and label are the inventory's: what the Server has proven. */
export function pnView({ pnID, inventory, initiator, members }: EstablishedPN): GatewayPNView {
  const { members: named, alias } = decode(pnInventory, inventory);
  const names = new Map(named.map((one) => [hex(one.entityID), one.name]));
  return {
    id: hex(pnID),
    ...(alias !== undefined && { alias }),
    ...(initiator && { initiator: hex(initiator) }),
    members: members.map((member) => {
      const id = hex(member.entityID);
      const name = names.get(id);
      const topics = topicViews(member.topics);
      return { id, ...(name !== undefined && { name }), here: member.link !== undefined, topics };
    }),
  };
}

const topicViews = (of: MemberTopics): readonly TopicView[] =>
  of.topics.map((topic) => {
    const said = of.last(topic.name);
    if (said === undefined) return topic;
    const { value, at } = said;
    return { ...topic, value: value instanceof Uint8Array ? hex(value) : value, at };
  });

/** The PN GW's own key, without its octets. User IDs are ASCII. */
export function ownKeyView(store: KeyStore): Pick<GatewayView, "keys" | "euKeyID" | "userID"> {
  const { state: keys, committed } = store;
  if (committed === undefined) return { keys };
  wipe(committed.key);
  return { keys, euKeyID: hex(committed.id), userID: String.fromCharCode(...committed.userID) };
}
