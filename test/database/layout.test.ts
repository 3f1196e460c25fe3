import assert from "node:assert/strict";
import type { RowDefinition } from "../../src/database/row.js";
import { definitions } from "../../src/database/store.js";
import { everyRow } from "./everyRow.js";

const [alice, day] = ["11".repeat(16), 24 * 3_600_000];

/** Table, version, columns of which those with a star are counted, and for how long a row may lie ahead. */
const layout: readonly (readonly [string, number, string, number])[] = [
  ["users", 1, "identity", 0],
  ["guests", 1, "owner", 0],
  ["guest_lists", 1, "", 0],
  ["page_sessions", 1, "user*", 12 * 3_600_000],
  ["page_browsers", 1, "user*", 183 * day],
  ["api_tokens", 1, "owner*", 366 * day],
  ["readings", 1, "owner entity*", 7 * day],
  ["events", 1, "", 3_600_000],
  ["event_heads", 1, "", 0],
  ["preferences", 1, "", 0],
  ["webhooks", 1, "owner*", 0],
  ["webhook_turns", 1, "", 0],
  ["deliveries", 1, "state*", 7 * day],
  ["budgets", 1, "", 8 * day],
  ["entities", 2, "owner* kind* through*", 0],
  ["staged", 1, "owner* slot entity", day],
  ["devices", 1, "", 0],
  ["histories", 1, "", 0],
  ["enrolments", 1, "source* part*", 60_000],
  ["clear_enrolments", 1, "source* part*", 60_000],
  ["registrations", 1, "source*", 60_000],
  ["gateway_sessions", 1, "entity", 7 * day],
  ["answers", 1, "", 7 * day],
  ["tickets", 1, "", 7 * day],
  ["handshakes", 1, "", 0],
  ["pushes", 1, "gateway*", 7 * day],
  ["pns", 1, "gateway owner* pending*", 7 * day],
  ["members", 1, "entity pn", 7 * day],
  ["audit", 1, "", 100 * day],
  ["settings", 1, "", 0],
  ["counters", 1, "", 0],
];

/** What the columns of the samples hold. */
const held: Readonly<Record<string, readonly (string | undefined)[]>> = {
  users: [alice],
  guests: [alice],
  pageBrowsers: [alice],
  pageSessions: [alice],
  apiTokens: [alice],
  readings: [alice, "706e65"],
  webhooks: [alice],
  deliveries: ["2727272727272727/dead"],
  entities: [alice, `${alice}/gateway`, `${alice}/67617465776179`],
  staged: [alice, `706e65/${alice}/67617465776179`, "706e65"],
  enrolments: ["one source", undefined],
  clearEnrolments: ["one source", "7"],
  registrations: ["one source"],
  gatewaySessions: ["67617465776179"],
  pushes: [undefined],
  pns: ["67617465776179", alice, undefined],
  members: ["706e65", `67617465776179/${"61".repeat(16)}`],
};

describe("the layout of the tables, which databases that exist have", () => {
  it("has these names, versions, columns and times", () => {
    const found = Object.values(definitions).map(({ table, version, columns, counted, longest }) => {
      const named = Object.keys(columns).map((name) =>
        (counted as readonly string[]).includes(name) ? `${name}*` : name,
      );
      return [table, version, named.join(" "), longest];
    });
    assert.deepEqual(found, layout);
  });

  it("counts only columns that are there", () => {
    for (const { table, columns, counted } of Object.values(definitions))
      for (const name of counted) assert.ok(name in columns, `${table} ${name}`);
  });

  it("finds rows by the same columns as ever", () => {
    for (const [name, sample] of everyRow) {
      const { columns } = definitions[name] as unknown as RowDefinition<unknown, string>;
      assert.deepEqual(
        Object.values(columns).map((of) => of(sample)),
        held[name] ?? [],
        name,
      );
    }
  });
});
