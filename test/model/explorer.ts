import assert from "node:assert/strict";
import { Milliseconds } from "../../src/units.js";
import { outcome, type TestNetwork } from "../support/network.js";
import { everyFault, type Fault, FaultInjector, faultText, type Points } from "./faults.js";
import { assertKeysAgree, assertViewsAgree } from "./invariants.js";

/** One flow of the documents, to be run with everything that can go wrong. */
export interface Flow {
  readonly title: string;
  /** A network up to where the flow begins. */
  prepare(): Promise<TestNetwork>;
  /** The flow, until the device says how it ended, or nothing more happens. */
  act(net: TestNetwork): Promise<unknown>;
  /** What nobody may see however it went; with a name for the place. */
  check?(net: TestNetwork, where: string): void;
  /** With nothing going wrong any more: what the people would do next, which must work at the first try. */
  recover(net: TestNetwork, where: string): Promise<void>;
}

/** Long enough for every timer of a flow to have fired. */
const settle = Milliseconds(60_000);

/** Every error that a person sees has a name of ours; nothing ends in silence. */
const named = /^(enrolled|joined|left|message|resetDone|[a-z]+[A-Za-z]*(\.[A-Za-z.]+)?)$/;

async function explore(flow: Flow, faults: readonly Fault[]): Promise<Points> {
  const where = `${flow.title}, ${faultText(faults) || "no fault"}`;
  const net = await flow.prepare();
  const watch = (): void => {
    assertKeysAgree(net, where);
    flow.check?.(net, where);
  };
  const injector = new FaultInjector(net, faults);
  net.onTraffic = watch;
  await flow.act(net);
  const { points } = injector;
  injector.stop();
  if (!net.device.powered) net.device.powerOn();
  await net.clock.runFor(settle);
  for (const notice of net.notices) {
    if (notice.kind === "failed") assert.match(notice.code, named, where);
  }
  watch();
  assertViewsAgree(net, where);
  await flow.recover(net, where);
  watch();
  assertViewsAgree(net, where);
  return points;
}

/** The points of the flow as it is without a fault; the flow must succeed. */
export const measure = (flow: Flow): Promise<Points> => explore(flow, []);

/** Each fault alone, at each point. Returns how many runs there were. */
export async function exploreAll(flow: Flow): Promise<number> {
  const faults = everyFault(await measure(flow));
  for (const fault of faults) await explore(flow, [fault]);
  return faults.length;
}

/** Two faults together, chosen by a fixed stride through all pairs. */
export async function explorePairs(flow: Flow, runs: number): Promise<number> {
  const faults = everyFault(await measure(flow));
  const pairs = faults.length * faults.length;
  // Coprime to most sizes: the walk comes by first and second faults of every kind.
  const stride = Math.max(1, Math.floor(pairs / runs)) | 1;
  let count = 0;
  for (let index = 0; index < pairs && count < runs; index += stride, count++) {
    const [first, second] = [faults[Math.floor(index / faults.length)], faults[index % faults.length]];
    if (first !== undefined && second !== undefined) await explore(flow, [first, second]);
  }
  return count;
}

/** What a fault has left in the link (two ends that count differently) shows with the next message, and ends the link. */
async function shakeOut(net: TestNetwork, where: string): Promise<void> {
  if (net.device.pne?.view.pn === undefined) return;
  const first = outcome(await net.run({ kind: "sendToServer", text: "first" }));
  assert.match(first, /^(message|linkLost|link\.order|timeout|result\.sessionExpired|pn\.notMember)$/, where);
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
