import { wipe } from "../../../src/base/octets.js";
import { KeyOrigin } from "../../../src/keystore/schemas.js";
import type { AirCount, Station } from "./deviceUnderTest.js";
import { type Item, unknown } from "./document.js";
import { screenIDs } from "./names.js";
import type { Stage } from "./world.js";

export interface Finding {
  readonly holds: boolean;
  readonly found: string;
}

/** One thing that is to hold when it is looked at. */
export interface Expectation {
  readonly line: number;
  readonly expected: string;
  find(stage: Stage, station: Station): Finding;
}

type Find = (stage: Stage, station: Station) => string | undefined;
type Reader = (item: Item) => Expectation[];

const nothing = "none";

/** Holds when what is found is this. */
function same(item: Item, expected: string, find: Find): Expectation[] {
  const name = item.what.replaceAll("'", "");
  return [
    {
      line: item.line,
      expected: `${name} ${expected}`,
      find: (stage, station) => {
        const found = find(stage, station) ?? nothing;
        return { holds: found === expected, found };
      },
    },
  ];
}

/** Holds when what is found has this in it. */
function within(item: Item, find: Find): Expectation[] {
  const wanted = item.text();
  const name = item.what.replaceAll("'", "");
  return [
    {
      line: item.line,
      expected: `${name} with “${wanted}”`,
      find: (stage, station) => {
        const found = find(stage, station) ?? nothing;
        return { holds: found.includes(wanted), found: `“${found}”` };
      },
    },
  ];
}

const compare: Readonly<Record<string, (found: number, bound: number) => boolean>> = Object.freeze({
  "≤": (found, bound) => found <= bound,
  "<=": (found, bound) => found <= bound,
  "≥": (found, bound) => found >= bound,
  ">=": (found, bound) => found >= bound,
  "=": (found, bound) => found === bound,
});

/** `octets` and `fragments`: of an enrolment and of an establishment, over the air. */
function counted(item: Item, what: keyof AirCount): Expectation[] {
  return [...item.fields(["enrolment", "join"])].map(([name, bound]) => {
    const [, sign = "=", number] = /^(≤|<=|≥|>=|=)? ?(\d{1,7})$/.exec(bound.text()) ?? [];
    const test = compare[sign] ?? compare["="];
    if (number === undefined || test === undefined) {
      return bound.fail(`${bound.what} is not a number or a bound such as "≤ 700"`);
    }
    return {
      line: bound.line,
      expected: `${what} of ${name} ${sign} ${number}`,
      find: (_stage, station) => {
        const found = station.counts[name as "enrolment" | "join"]?.[what];
        return { holds: found !== undefined && test(found, Number(number)), found: `${found ?? nothing}` };
      },
    };
  });
}

function screenText(station: Station): string {
  const { title, lines, field, menu, progress, hint } = station.device.screen;
  const texts = [title, ...lines, field?.label, field?.text, progress?.label, ...(menu?.items ?? []), hint];
  return texts.filter((text) => text !== undefined && text !== "").join(" / ");
}

/** `topic: { name: lamp, is: on }`: what this device has last said, to the PN GW or, with `at: server`, to the Server. */
function toldTopic(item: Item): Expectation[] {
  const fields = item.fields(["name", "is", "at"]);
  const name = (fields.get("name") ?? item.fail("'topic' has no 'name'")).text(16);
  const value = (fields.get("is") ?? item.fail("'topic' has no 'is'")).text();
  const at = fields.get("at")?.choice(["gateway", "server"] as const) ?? "gateway";
  return [
    {
      line: item.line,
      expected: `topic ${name} ${value} at ${at}`,
      find: (stage, { view }) => {
        const found = stage.toldTopic(at, view?.entityID, name) ?? nothing;
        return { holds: found === value, found };
      },
    },
  ];
}

/** Where the PN GW's own key came from. */
function gatewayKey({ network }: Stage): string {
  const held = network.gateway.keys.committed;
  wipe(held?.key);
  return held?.origin === KeyOrigin.gba ? "gba" : held === undefined ? "none" : "password";
}

/** How far the PN GW is with the device's update, or why the device has refused it. */
function updateOf({ network }: Stage, { view }: Station): string | undefined {
  const one = network.gateway.view.updates.find(({ device }) => device === view?.entityID);
  return one?.code ?? one?.state;
}

const readers: Readonly<Record<string, Reader>> = Object.freeze({
  screen: (item) => same(item, item.choice(screenIDs), (_, { device }) => device.screen.id),
  text: (item) => within(item, (_, station) => screenText(station)),
  keys: (item) =>
    same(item, item.choice(["empty", "staged", "enrolled", "replacing"]), (_, { view }) => view?.keys),
  session: (item) =>
    same(item, item.choice(["none", "pn"]), (_, { view }) => (view?.pn === undefined ? "none" : "pn")),
  "local-session": (item) =>
    same(
      item,
      `${item.boolean()}`,
      ({ network }, { device }) => `${network.pneLink(device)?.protected ?? false}`,
    ),
  error: (item) => same(item, item.text(), (_, { failure }) => failure),
  members: (item) =>
    same(item, `${item.integer(0, 100)}`, (_, { view }) => `${view?.pn?.members.length ?? 0}`),
  octets: (item) => counted(item, "octets"),
  fragments: (item) => counted(item, "fragments"),
  flash: (item) =>
    same(item, item.choice(["empty", "used"]), (_, { device }) =>
      device.options.flash.names().length === 0 ? "empty" : "used",
    ),
  "gateway-key": (item) => same(item, item.choice(["none", "password", "gba"]), gatewayKey),
  "at-gateway": (item) => same(item, item.text(), ({ atGateway }) => atGateway),
  escrowed: (item) => same(item, `${item.boolean()}`, (_, { view }) => `${view?.escrowed ?? false}`),
  topic: toldTopic,
  firmware: (item) => same(item, item.text(), (_, { device }) => device.version),
  update: (item) => same(item, item.text(), updateOf),
  message: (item) => within(item, (_, { message }) => message),
});

export const expectationNames: readonly string[] = Object.freeze(Object.keys(readers));

/** The expectations of a step, without `device` and what else the step has for itself. */
export function readExpectations(item: Item, besides: readonly string[]): Expectation[] {
  const all: Expectation[] = [];
  for (const [name, value] of item.members()) {
    if (besides.includes(name)) continue;
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) unknown(value, `expectation '${name}'`, expectationNames);
    all.push(...read(value));
  }
  if (all.length === 0)
    item.fail(`${item.what} expects nothing; expected one of ${expectationNames.join(", ")}`);
  return all;
}
