import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as cborg from "cborg";
import { fromHex, hex } from "../../../src/base/octets.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { decode } from "../../../src/codec/schema.js";
import { maximumBackhaulMessage, pneInfo, pnInventory } from "../../../src/protocols/network/messages.js";
import { named, type Target } from "../target.js";

const page = readFileSync(new URL("../../../../docs/PROTOCOL.md", import.meta.url), "utf8");

/** Every message of the protocol's page. */
export const examples = [...page.matchAll(/```example \S+\n([0-9a-f\n]+)```/g)].map(([, text = ""]) =>
  fromHex(text),
);

/** Messages from anybody: what is taken is written the same way again, but for extensions, which are passed over. */
export const decoder: Target = {
  name: "decoder",
  seeds: examples,
  run: (input) =>
    named(() => {
      const message = everyMessage.decode(input, maximumBackhaulMessage);
      // Another decoder takes it, too, and writes it the same way: so it is deterministic, extensions included.
      const strict = { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false };
      const other: unknown = cborg.decode(input, strict);
      assert.equal(hex(cborg.encode(other, cborg.rfc8949EncodeOptions)), hex(input));
      const definition = everyMessage.definitions.find((one) => one.name === message.name);
      assert.ok(definition);
      const again = encodeMessage(definition, message.exchange, message.body, maximumBackhaulMessage);
      assert.ok(again.length <= input.length);
      if (again.length === input.length) assert.equal(hex(again), hex(input));
      assert.deepEqual(everyMessage.decode(again, maximumBackhaulMessage).body, message.body);
      const { body } = message;
      const inner = [
        "pneInfo" in body && body.pneInfo instanceof Uint8Array
          ? named(() => Object.keys(decode(pneInfo, body.pneInfo as Uint8Array)).join())
          : "",
        "pnInventory" in body && body.pnInventory instanceof Uint8Array
          ? named(() => Object.keys(decode(pnInventory, body.pnInventory as Uint8Array)).join())
          : "",
      ];
      return `${message.name} ${Object.keys(body)} ${inner}`;
    }),
};
