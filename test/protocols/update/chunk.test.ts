import assert from "node:assert/strict";
import { encodeMessage, messageSet } from "../../../src/codec/message.js";
import { fetchChunk } from "../../../src/protocols/update/chunk.js";
import { imageIDLength } from "../../../src/protocols/update/image.js";
import { updateChunk, updateRequest } from "../../../src/protocols/update/messages.js";
import { codeOf } from "../../support/codeOf.js";

const maximumChunk = 1_024;

const requests = messageSet(updateRequest);
const id = new Uint8Array(imageIDLength).fill(7);
const exchange = 9;
const chunk = (length: number): Uint8Array =>
  encodeMessage(updateChunk, exchange, { payload: new Uint8Array(length).fill(1) });

/** What comes of a chunk of this length, where so much of an image of so many octets is there. */
function answered(length: number, offset: number, given: number): number | string | undefined {
  const procedure = fetchChunk({ id, length, offset }, exchange);
  let taken = 0;
  const code = codeOf(() => {
    const step = procedure.receive(chunk(given));
    if (step.kind === "done") taken = step.outcome.length;
  });
  return code ?? taken;
}

describe("a chunk of an image (UpdateRequest, UpdateChunk)", () => {
  it("is asked for by the image and the first octet that is not there", () => {
    const step = fetchChunk({ id, length: 5000, offset: 2048 }, exchange).start();
    assert.ok(step.kind === "request");
    const { body } = requests.decode(step.octets);
    assert.deepEqual([body.image, body.offset], [id, 2048]);
  });

  it("has as many octets as a chunk has, or as are left: not one more, not one less", () => {
    const image = 2 * maximumChunk + 10;
    for (const offset of [0, maximumChunk]) {
      assert.equal(answered(image, offset, maximumChunk), maximumChunk);
      assert.equal(answered(image, offset, maximumChunk - 1), "protocol.unexpected");
    }
    assert.equal(answered(image, 2 * maximumChunk, 10), 10);
    for (const wrong of [9, 11, maximumChunk])
      assert.equal(answered(image, 2 * maximumChunk, wrong), "protocol.unexpected");
  });
});
