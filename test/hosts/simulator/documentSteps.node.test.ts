import assert from "node:assert/strict";
import { sim } from "./scenarioSupport.js";

interface Event {
  readonly kind: string;
  readonly message?: { readonly name: string };
  readonly step?: string;
}

/** The documents' numbers in the order of their first arrows. */
async function steps(scenario: string): Promise<string[]> {
  const { out } = await sim(`scenarios/${scenario}.yaml`, "--json");
  const events = out.map((line) => JSON.parse(line) as Event);
  return [...new Set(events.flatMap(({ kind, step }) => (kind === "message" && step ? [step] : [])))];
}

const only = (all: readonly string[], start: string): string[] => all.filter((one) => one.startsWith(start));

describe("the numbers beside the arrows", () => {
  it("of a PN that a PNE starts are those of that flow (PNI-01, PNI-15a)", async () => {
    const all = await steps("pn-all");
    assert.deepEqual(only(all, "PNI-"), [
      ...["PNI-00", "PNI-01", "PNI-02", "PNI-03", "PNI-04b", "PNI-05b", "PNI-06b", "PNI-06d"],
      ...["PNI-08", "PNI-10", "PNI-12c", "PNI-14a", "PNI-15a"],
    ]);
    assert.deepEqual(only(all, "GWI-"), []);
  });

  it("of a PN that the PN GW starts are those of its own flow (GWI-01, GWI-15)", async () => {
    const all = await steps("pn-gateway");
    assert.deepEqual(only(all, "GWI-"), [
      ...["GWI-01", "GWI-03", "GWI-05b", "GWI-06b", "GWI-07", "GWI-09", "GWI-11", "GWI-13", "GWI-15"],
    ]);
    assert.deepEqual(
      only(all, "PNI-").filter((one) => !/PNI-0[06]/.test(one)),
      [],
    );
  });
});
