import { attempt } from "../../base/outcome.js";
import type { Milliseconds } from "../../base/units.js";
import { Result } from "../../codec/results.js";
import { decode } from "../../codec/schema.js";
import { refusal } from "../../procedure/procedure.js";
import { contentsList, offered, readContents, type Topic } from "./contents.js";
import { decodeTopicMessage, isOfKind, type TopicMessage, type Value } from "./message.js";

/** What a device has last said of a topic. */
export interface Said {
  readonly value: Value;
  readonly at: Milliseconds;
}

/**
 * The message in a payload of a device with these contents, which it must offer, of its kind. Throws CodecError;
 * ProcedureError("result.notListed").
 */
export function checkedMessage(topics: readonly Topic[], payload: Uint8Array): TopicMessage {
  const message = decodeTopicMessage(payload);
  const topic = offered(topics, message.topic);
  if (topic === undefined || !isOfKind(topic.kind, message.value)) throw refusal(Result.notListed);
  return message;
}

/** The topics of one member of a PN, at who takes what it says: each message once, and the last value of each. */
export class MemberTopics {
  readonly topics: readonly Topic[];
  readonly #last = new Map<string, Said>();
  #heard = 0;

  /** `contents`: of its PNEInfo. */
  constructor(contents: Uint8Array | undefined) {
    this.topics = readContents(contents);
  }

  /** Undefined for one that was taken before, whose answer was lost. Throws as `checkedMessage`. */
  take(payload: Uint8Array, now: Milliseconds): TopicMessage | undefined {
    const message = checkedMessage(this.topics, payload);
    const { number, topic, value } = message;
    if (number !== 0 && number <= this.#heard) return undefined;
    if (number !== 0) this.#heard = number;
    this.#last.set(topic, { value, at: now });
    return message;
  }

  last(topic: string): Said | undefined {
    return this.#last.get(topic);
  }
}

/** Whether the octets have the form of contents, of this release or of a newer one. */
export const isContents = (contents: Uint8Array): boolean =>
  "value" in attempt(() => decode(contentsList, contents));
