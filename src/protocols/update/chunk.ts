import { encodeMessage, messageSet } from "../../codec/message.js";
import { readAnswer } from "../../procedure/answers.js";
import { noDerivation, type Procedure, unexpected } from "../../procedure/procedure.js";
import { maximumChunk, updateChunk, updateRequest } from "./messages.js";

const chunks = messageSet(updateChunk);

/** Of an image: its id, octets, and the first that is not there yet. */
interface Wanted {
  readonly id: Uint8Array;
  readonly length: number;
  readonly offset: number;
}

/** One chunk: a request and its answer, so that others have their turn between two of them. */
export function fetchChunk(wanted: Wanted, exchange: number): Procedure<Uint8Array> {
  const offset = wanted.offset;
  return {
    name: "update",
    start: () => ({
      kind: "request",
      octets: encodeMessage(updateRequest, exchange, { image: wanted.id, offset }),
    }),
    receive(answer) {
      const payload = readAnswer(chunks, answer, "update").body.payload;
      if (payload.length !== Math.min(maximumChunk, wanted.length - offset))
        throw unexpected("UpdateChunk", "update");
      return { kind: "done", outcome: payload };
    },
    derived: noDerivation,
    dispose() {},
  };
}
