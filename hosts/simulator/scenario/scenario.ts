import type { Action } from "./action.js";
import { type Item, parse, readText, unknown } from "./document.js";
import { type Expectation, readExpectations } from "./expectations.js";
import { type Header, headerKeys, readHeader, type ScenarioDevice } from "./header.js";
import { deviceSteps, expectAction, readAction } from "./steps.js";

/** One entry of `steps`: it does something, or expects something. */
export type Step = {
  readonly line: number;
  /** Index of the device that it is about. */
  readonly station: number;
  /** How it is to end, in place of its success. */
  readonly ends?: string;
} & ({ readonly action: Action } | { readonly expectations: readonly Expectation[] });

export interface Scenario {
  readonly header: Header;
  readonly steps: readonly Step[];
}

const maximumSteps = 10_000;
/** With what 'each' makes of them. */
const maximumActions = 100_000;

/** The one thing that an entry is, and where it names its device. */
interface Entry {
  readonly name: string;
  readonly value: Item;
  readonly device: Item | undefined;
  readonly ends: Item | undefined;
}

function readEntry(item: Item): Entry {
  if (!item.isMap) {
    const name = item.text();
    return { name, value: item.none(`'${name}'`), device: undefined, ends: undefined };
  }
  const members = item.members();
  const names = [...members.keys()].filter((name) => name !== "device" && name !== "ends");
  const [name = "device", second] = names;
  const value = members.get(name);
  if (value === undefined) item.fail("a step has nothing to do");
  if (second !== undefined) item.fail(`a step is one thing, but here are '${name}' and '${second}'`);
  return { name, value, device: members.get("device"), ends: members.get("ends") };
}

/** Beside the step, within it, or as its value. */
function deviceOf({ name, value, device }: Entry): Item | undefined {
  const inside = value.isMap ? value.members().get("device") : undefined;
  const asValue = deviceSteps.includes(name) && !value.isMap && !value.empty ? value : undefined;
  return device ?? inside ?? asValue;
}

function stationOf(entry: Entry, devices: readonly ScenarioDevice[], each?: number): number {
  const item = deviceOf(entry);
  if (item === undefined) {
    if (each !== undefined) return each;
    const needs = !["wait", "advance", "server", "rogue-gateway", "gateway", "at-gateway"].includes(
      entry.name,
    );
    if (needs && devices.length > 1)
      entry.value.fail(`step '${entry.name}' needs a 'device': there are ${devices.length}`);
    return 0;
  }
  const id = item.text();
  const found = devices.findIndex((device) => device.id === id);
  if (found < 0) {
    const known = devices.map((device) => device.id);
    unknown(item, `device '${id}'`, known);
  }
  return found;
}

function readEnds({ name, ends }: Entry, action: Action): { readonly ends?: string } {
  if (ends === undefined) return {};
  if (action.ends === undefined) ends.fail(`step '${name}' is over at once: it has no end`);
  const text = ends.text();
  if (!/^[A-Za-z]+(\.[A-Za-z]+)*$/.test(text))
    ends.fail("'ends' is the code of an error, off, or how a step succeeds");
  return { ends: text };
}

/** `each`: index of the device that it is about unless it says so itself. */
function readStep(item: Item, header: Header, each?: number): Step {
  const entry = readEntry(item);
  const { name, value } = entry;
  if (name === "each") value.fail("'each' stands among the scenario's steps only, by itself");
  if (name === "expect") {
    entry.ends?.fail("an expectation has no end");
    const expectations = readExpectations(value, ["device"]);
    return { line: value.line, station: stationOf(entry, header.devices, each), expectations };
  }
  // The name first: in a file with two devices, too, a wrong one is told as such.
  expectAction(name, value);
  const station = stationOf(entry, header.devices, each);
  const keypad = header.devices[station]?.keypad ?? "matrix";
  const action = readAction(name, value, { header, keypad });
  return { line: value.line, station, action, ...readEnds(entry, action) };
}

/** `each: { of: node, do: [...] }`: the steps for node-1, then for node-2, and so on; `each: [...]`: for every device. */
function readEach(value: Item, header: Header): Step[] {
  const fields = value.isList ? undefined : value.fields(["of", "do"]);
  const of = fields?.get("of")?.text();
  const steps = (fields?.get("do") ?? value).list(maximumSteps);
  const ofThese = (id: string): boolean =>
    of === undefined || id === of || (id.startsWith(`${of}-`) && /^[0-9]+$/.test(id.slice(of.length + 1)));
  const devices = header.devices.flatMap(({ id }, index) => (ofThese(id) ? [index] : []));
  if (devices.length === 0) value.fail(`there is no device '${of}', and none of that name with a number`);
  if (devices.length * steps.length > maximumActions)
    value.fail(`these are more than ${maximumActions} steps`);
  return devices.flatMap((device) => steps.map((step) => readStep(step, header, device)));
}

function readSteps(item: Item, header: Header): Step[] {
  const each = item.isMap && item.members().has("each") ? item.fields(["each"]).get("each") : undefined;
  return each === undefined ? [readStep(item, header)] : readEach(each, header);
}

/** Reads a whole scenario. Throws ScenarioError for the first thing that is wrong. */
export function parseScenario(text: string): Scenario {
  const root = parse(text);
  const fields = root.fields([...headerKeys, "steps"]);
  const header = readHeader(root, fields);
  const steps = fields.get("steps") ?? root.fail("the scenario has no 'steps'");
  return { header, steps: steps.list(maximumSteps).flatMap((item) => readSteps(item, header)) };
}

export const readScenario = (file: string): Scenario => parseScenario(readText(file));
