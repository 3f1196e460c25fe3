import assert from "node:assert/strict";
import { hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import { everyMessage } from "../../src/catalogue/legs.js";
import { encodeMessage, messageSet } from "../../src/codec/message.js";
import { PushKind } from "../../src/codec/pushKinds.js";
import { pushID, pushTo } from "../../src/database/pushes.js";
import { maximumBackhaulMessage } from "../../src/protocols/network/messages.js";
import { poll } from "../../src/protocols/push/messages.js";
import { Pushes } from "../../src/server/pushes.js";
import type { Held } from "../../src/server/sessions.js";
import { TestNetwork } from "../support/network.js";

const decode = (octets: Uint8Array) => everyMessage.decode(octets, maximumBackhaulMessage);
const other = new Uint8Array(16).fill(7);

/** What PN GWs say to this Server, each in its own session. */
async function polling() {
  const net = await new TestNetwork().start();
  const { serverStore: store, gatewayID: own } = net.network;
  let reads = 0;
  const counted = {
    transaction: store.transaction.bind(store),
    read: (work: Parameters<typeof store.read>[0]) => {
      reads++;
      return store.read(work);
    },
  } as unknown as typeof store;
  const pushes = new Pushes({ clock: net.clock, store: counted });
  const ask = (gateway: Uint8Array, reports: readonly { id: Uint8Array; result: number }[] = []) => {
    const message = messageSet(poll).decode(
      encodeMessage(poll, 1, reports.length > 0 ? { pushes: [...reports] } : {}),
    );
    return store.transaction((tables) => pushes.poll(tables, gateway, message));
  };
  const tells = (gatewayID: Uint8Array): Promise<string> =>
    store.transaction((tables) => pushTo(tables, { gatewayID, kind: PushKind.policy }, net.clock.now()));
  return { net, own, ask, tells, store, reads: () => reads };
}

const isHeld = (answer: Uint8Array | Held): answer is Held => !(answer instanceof Uint8Array);

describe("a PN GW that polls without end", () => {
  it("has its latest poll held, and costs no more than that one", async () => {
    const { net, own, ask, reads } = await polling();
    let over = 0;
    for (let i = 0; i < 200; i++) {
      const answer = await ask(other);
      assert.ok(isHeld(answer));
      net.clock.track(answer.wait().then(() => void over++));
    }
    const mine = await ask(own);
    assert.ok(isHeld(mine));
    let answered = false;
    void mine.wait().then(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([over, answered], [199, false]);
    assert.ok(reads() < 10, `${reads()} looks at the database`);
  });
});

describe("a PN GW that says what came of the pushes of another", () => {
  it("ends none of them: a push's name is one of its own", async () => {
    const { own, ask, tells, store } = await polling();
    const key = await tells(own);
    const before = await ask(other, [{ id: pushID(key), result: 0 }]);
    assert.ok(isHeld(before));
    assert.equal(store.size("pushes"), 1);
    const told = await ask(own);
    assert.ok(!isHeld(told));
    const said = decode(told);
    assert.ok(said.name === "PollResponse");
    assert.deepEqual(
      said.body.pushes.map(({ id }) => hex(id)),
      [hex(pushID(key))],
    );
    const after = await ask(own, [{ id: pushID(key), result: 0 }]);
    assert.ok(isHeld(after));
    assert.equal(store.size("pushes"), 0);
  });

  it("hears of none of them", async () => {
    const { net, own, ask, tells } = await polling();
    const held = await ask(other);
    assert.ok(isHeld(held));
    let over = false;
    void held.wait().then(() => {
      over = true;
    });
    await tells(own);
    await net.clock.runFor(Milliseconds(20_000));
    assert.equal(over, false);
  });
});
