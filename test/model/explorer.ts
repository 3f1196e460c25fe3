import assert from "node:assert/strict";
import { Milliseconds } from "../../src/base/units.js";
import type { TestNetwork } from "../support/network.js";
import { sampled, thorough } from "../support/sampled.js";
import { everyFault, type Fault, FaultInjector, faultText, type Points } from "./faults.js";
import { assertKeysAgree, assertSecretsHidden, assertViewsAgree } from "./invariants.js";

/** One flow of the documents, to be run with everything that can go wrong. */
export interface Flow<Net extends TestNetwork = TestNetwork> {
  readonly title: string;
  /** A network up to where the flow begins. */
  prepare(): Promise<Net>;
  /** The flow, until the device says how it ended, or nothing more happens. */
  act(net: Net): Promise<unknown>;
  /** The flow has succeeded: so it must without a fault. */
  achieved?(net: Net): void;
  /** What nobody may see however it went; with a name for the place. */
  check?(net: Net, where: string): void;
  /** What a fault has left in the links (two ends that count differently) shows with the next message: here is one. */
  shakeOut?(net: Net): Promise<void>;
  /** With nothing going wrong any more: what the people would do next, which must work at the first try. */
  recover(net: Net, where: string): Promise<void>;
}

/** Long enough for every timer of a flow to have fired, and for who is away to be missed. */
const settle = Milliseconds(150_000);

/** Every error that a person sees has a name of ours; nothing ends in silence. */
const named = /^[a-z]+[A-Za-z]*(\.[A-Za-z.]+)?$/;

async function explore<Net extends TestNetwork>(flow: Flow<Net>, faults: readonly Fault[]): Promise<Points> {
  const where = `${flow.title}, ${faultText(faults) || "no fault"}`;
  const net = await flow.prepare();
  try {
    return await run(flow, net, faults, where);
  } catch (error) {
    // What a clock throws does not say where.
    if (error instanceof Error && !error.message.includes(where)) error.message += ` (${where})`;
    throw error;
  }
}

async function run<Net extends TestNetwork>(
  flow: Flow<Net>,
  net: Net,
  faults: readonly Fault[],
  where: string,
): Promise<Points> {
  const watch = (): void => {
    assertKeysAgree(net, where);
    flow.check?.(net, where);
  };
  const injector = new FaultInjector(net, faults);
  net.onTraffic = watch;
  await flow.act(net);
  const { points } = injector;
  injector.stop();
  if (faults.length === 0) flow.achieved?.(net);
  for (const device of net.network.devices) if (!device.powered) device.powerOn();
  await net.clock.runFor(settle);
  for (const notice of net.notices) {
    if (notice.kind === "failed") assert.match(notice.code, named, where);
  }
  watch();
  await flow.shakeOut?.(net);
  assertViewsAgree(net, where);
  await flow.recover(net, where);
  watch();
  assertViewsAgree(net, where);
  assertSecretsHidden(net, where);
  return points;
}

/** The points of the flow as it is without a fault; the flow must succeed. */
export const measure = <Net extends TestNetwork>(flow: Flow<Net>): Promise<Points> => explore(flow, []);

/** Each fault alone, at each point; with `kinds` so many of the kinds at each. Returns how many there are. */
export async function exploreAll<Net extends TestNetwork>(flow: Flow<Net>, kinds?: number): Promise<number> {
  const faults = everyFault(await measure(flow), thorough ? undefined : kinds);
  for (const fault of sampled(faults)) await explore(flow, [fault]);
  return faults.length;
}

/** Two faults together, chosen by a fixed stride through all pairs. */
export async function explorePairs<Net extends TestNetwork>(flow: Flow<Net>, some: number): Promise<number> {
  const runs = thorough ? some * 10 : some;
  const faults = everyFault(await measure(flow));
  const pairs = faults.length * faults.length;
  // Coprime to most sizes: the walk comes by first and second faults of every kind.
  const stride = Math.max(1, Math.floor(pairs / runs)) | 1;
  const chosen: (readonly Fault[])[] = [];
  for (let index = 0; index < pairs && chosen.length < runs; index += stride) {
    const [first, second] = [faults[Math.floor(index / faults.length)], faults[index % faults.length]];
    if (first !== undefined && second !== undefined) chosen.push([first, second]);
  }
  for (const both of sampled(chosen)) await explore(flow, both);
  return chosen.length;
}
