import { placesOf } from "../database/networks.js";
import { findMember } from "../protocols/data/members.js";
import { readPNEInfo } from "../protocols/network/context.js";
import { readContents, type Topic, TopicError, understood } from "../protocols/topics/contents.js";
import { encodeTopicMessage, isOfKind, type Value } from "../protocols/topics/message.js";

/** What a PNE offers and understands in the PN that it is in (C-30); undefined when it is in none. */
export async function topicsOf(
  tables: Parameters<typeof findMember>[0],
  entityID: Uint8Array,
): Promise<readonly Topic[] | undefined> {
  for (const { gatewayID, pnID } of await placesOf(tables, entityID)) {
    const found = await findMember(tables, { role: "pne", entityID, gatewayID }, pnID);
    if (found?.member.session !== undefined) return readContents(readPNEInfo(found.member.pneInfo).contents);
  }
  return undefined;
}

/**
 * A message for a PNE with these topics. The Server says nothing twice by itself: it has no number. Throws
 * TopicError("topic.unknown" | "topic.kind").
 */
export function messageFor(topics: readonly Topic[], topic: string, value: Value): Uint8Array {
  const known = understood(topics, topic);
  if (known === undefined) throw new TopicError("topic.unknown");
  if (!isOfKind(known.kind, value)) throw new TopicError("topic.kind");
  return encodeTopicMessage({ number: 0, topic, value });
}
