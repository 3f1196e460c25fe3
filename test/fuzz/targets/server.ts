import assert from "node:assert/strict";
import { hex } from "../../../src/base/octets.js";
import { everyMessage } from "../../../src/catalogue/legs.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { parseRecord } from "../../../src/link/record.js";
import { relayed } from "../../../src/protocols/data/messages.js";
import { maximumBackhaulMessage } from "../../../src/protocols/network/messages.js";
import type { TestNetwork } from "../../support/network.js";
import { exchange } from "../../support/registering.js";
import { networksAfter } from "../networks.js";
import type { Target } from "../target.js";
import { examples } from "./decoder.js";

/** Requests that one network hears before there is a fresh one: pending exchanges fill up. */
const most = 500;

const fresh = networksAfter((net) => net.enrolled());
let net: TestNetwork | undefined;
let heard = 0;

/** The EUKeys that device and PN GW hold, by the rows as they lie in the database. */
function keys({ network, device }: TestNetwork): string {
  const names = [hex(network.gatewayID), device.pne?.view.entityID ?? ""];
  const rows = names.map((name) => network.serverStore.get("entities", name));
  return rows.map((row) => hex(row?.committed.id ?? new Uint8Array(0))).join();
}

function describe(answer: Uint8Array): string {
  if (parseRecord(answer) !== undefined) return "record";
  const { name, body } = everyMessage.decode(answer, maximumBackhaulMessage);
  return `${name} ${"result" in body ? body.result : ""}`;
}

/** In the clear, in the PN GW's session, or relayed for a PNE, by the first octet. */
async function ask(on: TestNetwork, kind: number, octets: Uint8Array): Promise<string> {
  if (kind % 3 === 0 || octets.length === 0) return describe(await on.network.server.handle(octets));
  const origin = Uint8Array.from(Buffer.from(on.device.pne?.view.entityID ?? "00", "hex"));
  const whole = kind % 3 === 1 || octets.length > 2048;
  const request = whole ? octets : encodeMessage(relayed, 1, { origin, message: octets });
  const answer = await exchange(on, request);
  return typeof answer === "string" ? answer : describe(answer);
}

/** The Server's one door: it answers whatever comes, in a form that there is, and no key is lost. */
export const server: Target = {
  name: "server",
  seeds: examples.flatMap((one) => [0, 1, 2].map((kind) => Uint8Array.of(kind, ...one))),
  async run(input) {
    if (net === undefined || heard++ % most === 0) net = await fresh();
    const before = keys(net);
    const told = await ask(net, input[0] ?? 0, input.subarray(1));
    assert.equal(keys(net), before, "a key was replaced by who has proven nothing");
    return told;
  },
};
