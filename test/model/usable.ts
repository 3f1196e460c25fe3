import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import type { Family } from "../support/family.js";
import { outcome, type TestNetwork } from "../support/network.js";

/** A state that many runs begin with: made once, then continued from flash and database. */
export function saved<Net extends TestNetwork>(make: () => Promise<Net>): () => Promise<Net> {
  let made: Promise<Net> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What a fault has left in the link (two ends that count differently) shows with the next message, and ends the link. */
async function shakeOut(net: TestNetwork, where: string): Promise<void> {
  if (net.device.pne?.view.pn === undefined) return;
  const first = outcome(await net.run({ kind: "sendToServer", text: "first" }));
  assert.match(
    first,
    /^(message|linkLost|pn\.lost|link\.order|timeout|result\.sessionExpired|pn\.notMember)$/,
    where,
  );
}

/** Enrols if need be, joins, and talks to both: a device that can be used. */
export async function usable(net: TestNetwork, where: string): Promise<void> {
  await shakeOut(net, where);
  if (net.device.pne?.view.keys !== "enrolled") {
    // A failed try before may have left a delay, which a person waits for.
    await net.clock.runFor(Milliseconds(400_000));
    assert.equal(outcome(await net.enrol()), "enrolled", where);
  }
  if (net.device.pne?.view.pn === undefined) assert.equal(outcome(await net.join()), "joined", where);
  for (const kind of ["sendToServer", "sendToGateway"] as const) {
    assert.equal(outcome(await net.run({ kind, text: "hello" })), "message", `${where}: ${kind}`);
  }
}

/** A question to each device that is connected; its answer may be lost. */
export async function shakeOutAll(net: Family): Promise<void> {
  for (const { id } of net.network.gateway.view.devices) {
    if (id !== undefined) net.network.gateway.command({ kind: "queryDevice", device: id });
  }
  await net.pass(60);
}

/**
 * Everybody leaves; all come together in one PN again, where each hears each. A hand in the air may have made the PN GW
 * take an idle device for another one, which shows, and is over, with a first try.
 */
export async function together(net: Family, where: string): Promise<void> {
  const ids = net.network.devices.map((device) => device.id);
  const tries = /(lose|double|delay|corrupt) air/.test(where) ? 2 : 1;
  for (let left = tries; left > 0; left--) {
    for (const id of ids) if (net.members(id) !== undefined) net.command(id, { kind: "leavePN" });
    await net.pass(140);
    await gather(net, ids);
    if (ids.every((id) => net.members(id)?.length === ids.length)) break;
  }
  for (const id of ids) {
    assert.deepEqual(net.members(id), [...ids].sort(), `${where}: ${id}, ${net.kinds(id).slice(-3)}`);
  }
  for (const [i, id] of ids.entries()) {
    const to = ids[(i + 1) % ids.length] ?? "";
    net.command(id, { kind: "sendToMember", to: net.id(to), text: `from ${id}` });
    await net.pass(1);
    assert.equal(net.kinds(id).at(-1), "sent", `${where}: ${id} to ${to}`);
    const heard = net.said.get(to)?.filter((notice) => notice.kind === "message");
    assert.deepEqual(heard?.at(-1), { kind: "message", from: "member", name: id, text: `from ${id}` }, where);
    assert.equal(outcome(await net.run({ kind: "sendToServer", text: "x" }, net.of(id))), "message", where);
  }
}

async function gather(net: Family, ids: readonly string[]): Promise<void> {
  const [first = "", ...others] = ids;
  await net.together(first, others);
  await net.pass(60);
}
