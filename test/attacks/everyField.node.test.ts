import assert from "node:assert/strict";
import { everyMessage } from "../../src/catalogue/legs.js";
import type { TestNetwork } from "../support/network.js";
import { few, sampled } from "../support/sampled.js";
import { assertNobodyIsDeceived, beliefs, failuresSince } from "./middle/beliefs.js";
import { type Change, changesOf } from "./middle/fields.js";
import { type Attacked, asRun, flows } from "./middle/flows.js";
import { Middle, openPlaces, type Passed } from "./middle/middle.js";
import { permitted } from "./middle/permitted.js";

/** A flow that was done once before, so that there is something old to replay. */
interface Prepared {
  readonly flow: Attacked;
  readonly base: TestNetwork;
  readonly earlier: readonly Passed[];
  readonly usual: readonly Passed[];
  readonly expected: string;
  /** Log lines that refuse something although nothing was changed. */
  readonly refusals: number;
}

const tampered = new Set<string>();
const used = new Set<RegExp>();

async function booted(flow: Attacked, base: TestNetwork): Promise<TestNetwork> {
  const net = await flow.make(base).boot();
  await flow.begin(net);
  return net;
}

async function prepare(flow: Attacked): Promise<Prepared> {
  asRun(0);
  const base = await flow.make().start();
  await flow.setup(base);
  await flow.begin(base);
  const old = new Middle(base);
  await flow.act(base);
  old.leave(base);
  await flow.end(base);
  asRun(1);
  const net = await booted(flow, base);
  const [from, logged] = [net.notices.length, net.log.length];
  const middle = new Middle(net);
  const told = await flow.act(net);
  middle.leave(net);
  assertNobodyIsDeceived(net, flow.title);
  const refusals = net.log.slice(logged).filter((line) => refusing.test(line)).length;
  const expected = beliefs(net, from, told);
  return { flow, base, earlier: old.passed, usual: middle.passed, expected, refusals };
}

/** Log events by which somebody names what it has not taken. */
const refusing =
  /^\S+ (link\.failure|(pne|server|auth|enrol|gba|temporaryKey)\.([a-z]*[rR]efused|fail(ure|ed)|answer|trigger|pushDropped|duty|unmet|not\w+|escrowed)|pn\.updateLost)/;
const named = /^[a-z]+[A-Za-z]*(\.[A-Za-z.]+)?$/;

/** How a run came out in which one field of one message was changed; undefined when there was nothing to change. */
async function attacked(prepared: Prepared, target: Passed, change: Change): Promise<string | undefined> {
  const { flow, base, earlier, expected } = prepared;
  const where = `${flow.title}: ${change.kind} ${target.place} ${target.name}#${target.n} ${change.field}`;
  const same = ({ place, name, n }: Passed): boolean =>
    place === target.place && name === target.name && n === target.n;
  const old = earlier.find(same)?.octets;
  const net = await booted(flow, base);
  const from = net.notices.length;
  const logged = net.log.length;
  let changed = false;
  const middle = new Middle(net, (passed) => {
    if (!same(passed)) return undefined;
    const other = middle.passed.filter((one) => one.name === passed.name && one !== passed).at(-1)?.octets;
    const octets = change.apply(passed.octets, old, other);
    changed = octets !== undefined;
    return octets;
  });
  try {
    const told = await flow.act(net);
    middle.leave(net);
    if (!changed) return undefined;
    for (const code of [...failuresSince(net, from), ...told]) assert.match(code, named, where);
    assertNobodyIsDeceived(net, where);
    const lines = net.log.slice(logged).filter((line) => refusing.test(line)).length;
    const failed =
      failuresSince(net, from).length > 0 || told.some((code) => !/^(done|sent|changed)$/.test(code));
    if (failed || lines > prepared.refusals) return "named";
    return beliefs(net, from, told) === expected ? "harmless" : "unnoticed";
  } catch (error) {
    if (error instanceof Error && !error.message.includes(where)) error.message += ` (${where})`;
    throw error;
  } finally {
    middle.leave(net);
  }
}

/** What came of every change of the flow that nobody refused and that is not permitted; the others are counted. */
async function objections(prepared: Prepared): Promise<string[]> {
  const { flow, usual } = prepared;
  const found: string[] = [];
  let runs = 0;
  for (const target of usual) {
    const { place, name } = target;
    if (!(flow.only ?? /./).test(`${place} ${name}`)) continue;
    for (const change of sampled(changesOf(target.octets))) {
      if (!(flow.fields ?? /./).test(change.field)) continue;
      const came = await attacked(prepared, target, change);
      if (came === undefined) continue;
      runs++;
      tampered.add(name);
      if (came === "named") continue;
      const text = `${place} ${name} ${change.field} ${change.kind}`;
      const reason = permitted.find(([which]) => which.test(text));
      if (reason === undefined) found.push(`${came}: ${text}`);
      else used.add(reason[0]);
    }
  }
  assert.ok(few || runs > 0);
  return found;
}

describe("a middle that changes each field of each message, in the air, as PN GW, as Server", () => {
  let close = (): void => {};
  before(() => {
    close = openPlaces();
  });
  after(() => close());

  for (const flow of flows) {
    it(`of ${flow.title}: is refused by name, or deceives nobody`, async () => {
      assert.deepEqual(await objections(await prepare(flow)), []);
    }).timeout(300_000);
  }

  it("has changed every message that there is, and has needed every permission", function () {
    if (few) this.skip();
    const names = everyMessage.definitions.map((one) => one.name);
    assert.deepEqual(
      names.filter((name) => !tampered.has(name)),
      [],
    );
    assert.deepEqual(
      permitted.filter(([which]) => !used.has(which)),
      [],
    );
  });
});
