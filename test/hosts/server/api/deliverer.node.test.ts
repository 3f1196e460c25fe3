import assert from "node:assert/strict";
import { nodeRandom, nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import { Deliverer } from "../../../../hosts/server/api/deliverer.js";
import type { ApiPorts } from "../../../../hosts/server/api/route.js";
import { fromHex } from "../../../../src/base/octets.js";
import { ManualClock } from "../../../support/manualClock.js";

/** What is under way has taken its next steps. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A deliverer whose webhooks, so many of each User, are all due; what it does with each stands still until it is let go. */
async function delivering(users: number, ofEach: number) {
  const turns = Array.from({ length: users * ofEach }, (_, n) => ({
    key: `n/00000000000000/${String(n).padStart(16, "0")}`,
    value: { identity: fromHex(String(Math.floor(n / ofEach)).padStart(32, "0")) },
  }));
  const begun: (() => void)[] = [];
  const page = async (after: string, most: number, to: string) =>
    turns.filter(({ key }) => key > after && key <= to).slice(0, most);
  const store = {
    read: (work: (tables: object) => unknown) => work({ webhookTurns: { page } }),
    transaction: () => new Promise<undefined>((resolve) => void begun.push(() => resolve(undefined))),
  };
  const ports = {
    suite: nodeSuite,
    random: nodeRandom,
    clock: new ManualClock(),
    store,
  } as unknown as ApiPorts;
  const log = {
    event: (name: string, fields?: object) => assert.fail(`${name} ${JSON.stringify(fields)}`),
  };
  const deliverer = new Deliverer({ ports, targets: "any", log });
  deliverer.kick();
  await settled();
  return { deliverer, begun, turns };
}

describe("how many events are on their way to webhooks at once", () => {
  it("are 32 of all Users, and the next once one of them is over", async () => {
    const { deliverer, begun, turns } = await delivering(33, 1);
    assert.equal(begun.length, 32);
    deliverer.kick();
    await settled();
    assert.equal(begun.length, 32, "however often it is asked");
    turns.shift();
    begun[0]?.();
    await settled();
    assert.equal(begun.length, 33);
    deliverer.stop();
  });

  it("are 2 of one User, however many of his wait, and others do not wait for him", async () => {
    const { deliverer, begun } = await delivering(2, 3);
    assert.equal(begun.length, 4);
    deliverer.stop();
  });
});
