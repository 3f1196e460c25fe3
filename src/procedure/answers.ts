import {
  type AnyDefinition,
  type MessageOf,
  type MessageSet,
  messageSet,
  peekMessage,
} from "../codec/message.js";
import { failure } from "../codec/replies.js";
import { refusal, unexpected } from "./procedure.js";

const refusals = messageSet(failure);

/**
 * The answer to a request, out of those that the procedure knows. Throws ProcedureError: `result.*` for a Failure, by
 * its Result; `protocol.unexpected` for a message of another type. Throws CodecError for what is no message.
 */
export function readAnswer<D extends readonly AnyDefinition[]>(
  answers: MessageSet<D>,
  octets: Uint8Array,
  state: string,
  maximum?: number,
): MessageOf<MessageSet<D>> {
  if (refusals.includes(octets)) throw refusal(refusals.decode(octets).body.result);
  const other = peekMessage(octets);
  if (other !== undefined && !answers.includes(octets)) throw unexpected(`message ${other.type}`, state);
  return answers.decode(octets, maximum);
}
