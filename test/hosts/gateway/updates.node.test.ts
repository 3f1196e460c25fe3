import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askUpdate, updateLine } from "../../../hosts/gateway/askUpdate.js";
import { readCommand } from "../../../hosts/gateway/commands.js";
import { UpdateShelf } from "../../../hosts/gateway/updates.js";
import type { ProgramView } from "../../../hosts/gateway/views.js";
import { makeImage } from "../../../hosts/simulator/network/images.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { UpdateState, UpdateView } from "../../../src/gateway/updates.js";
import { updating } from "../../support/updating.js";

describe("the firmware images of cpns gateway", function () {
  this.timeout(60_000);
  let folder: string;
  const path = (name: string): string => join(folder, name);
  const image = makeImage({ version: "0.2.0" }, 20_000);
  const file = (name: string, change: (octets: Uint8Array) => Uint8Array = (octets) => octets): string => {
    writeFileSync(path(name), change(Uint8Array.from([...image.header, ...image.image])));
    return path(name);
  };
  const shelf = (): UpdateShelf => new UpdateShelf(path("updates"));
  const view = (state: UpdateState = "sending"): UpdateView => ({
    ...{ device: "a1", image: image.id, board: "simulator", version: "0.2.0", length: 20_000, offset: 5_000 },
    state,
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cpns-updates-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are copied, for their owner alone, and read from the copy", () => {
    const taken = shelf().take(file("app"));
    rmSync(path("app"));
    assert.deepEqual(taken.header, image.header);
    assert.deepEqual(taken.read(1024, 1024), image.image.slice(1024, 2048));
    assert.deepEqual(taken.read(19_900, 100), image.image.slice(19_900));
    const [name = ""] = readdirSync(path("updates"));
    assert.equal(statSync(join(path("updates"), name)).mode & 0o777, 0o600);
    assert.equal(statSync(path("updates")).mode & 0o777, 0o700);
  });

  it("are refused in one line when they are none, damaged, cut, or cannot be read", () => {
    const refused = (name: string, words: RegExp): void => {
      assert.throws(() => shelf().take(name), words);
      assert.ok(!readdirSync(folder).includes("updates"));
    };
    refused(path("none"), /cannot read .*none \(ENOENT\)/);
    refused(folder, /is no image/);
    refused(
      file("text", () => Buffer.from("no image")),
      /is no signed image: npm run firmware:sign -- sign makes one/,
    );
    refused(
      file("cut", (octets) => octets.subarray(0, 5_000)),
      /not the one that was signed/,
    );
    refused(
      file("long", (octets) => Buffer.concat([octets, Buffer.from([0])])),
      /not the one that was signed/,
    );
    const altered = (octets: Uint8Array): Uint8Array =>
      octets.map((octet, at) => (at === 3_000 ? octet ^ 1 : octet));
    refused(file("altered", altered), /not the one that was signed/);
  });

  it("outlive the program until the update is over, and then go", () => {
    const first = shelf();
    first.take(file("app"));
    first.keep([view("waiting")]);
    const [order] = shelf().unfinished();
    assert.equal(order?.device, "a1");
    assert.deepEqual(order?.image.header, image.header);
    first.keep([view("done")]);
    assert.deepEqual(shelf().unfinished(), []);
    assert.deepEqual(readdirSync(path("updates")), ["orders.json"]);
  });

  it("are left out when somebody has damaged the folder", () => {
    const first = shelf();
    first.take(file("app"));
    first.keep([view()]);
    for (const text of ["", "{", "[]", "{}", '[{"device":"../x","image":"0"}]', "[null]"]) {
      writeFileSync(join(path("updates"), "orders.json"), text);
      assert.deepEqual(shelf().unfinished(), [], text);
    }
    assert.deepEqual(new UpdateShelf(path("none")).unfinished(), []);
  });

  it("are not written while octets flow", () => {
    const first = shelf();
    first.take(file("app"));
    first.keep([view()]);
    const before = statSync(join(path("updates"), "orders.json")).mtimeMs;
    for (let offset = 0; offset < 20_000; offset += 1024) first.keep([{ ...view(), offset }]);
    assert.equal(statSync(join(path("updates"), "orders.json")).mtimeMs, before);
  });

  it("go on where they were when the gateway starts again", async () => {
    const bench = await updating();
    const before = shelf();
    bench.order(before.take(file("app")));
    await bench.net.clock.runWhile(() => (bench.update?.offset ?? 0) < 10_000, Milliseconds(600_000));
    before.keep(bench.net.network.gateway.view.updates);
    bench.net.network.restartGateway();
    for (const order of shelf().unfinished()) bench.net.network.gateway.command({ kind: "update", ...order });
    await bench.until("done");
    assert.equal(bench.device.version, "0.2.0");
    assert.equal(bench.device.options.slots.writes, 20 + 2);
  });
});

describe("cpns gateway update", () => {
  const views = (...states: readonly (Partial<UpdateView> | undefined)[]) => {
    const said: string[] = [];
    const commands: unknown[] = [];
    let at = 0;
    const base = { image: "00", board: "b", version: "0.2.0", length: 1000, offset: 0 };
    const asked = {
      command: async (fields: Readonly<Record<string, unknown>>) => {
        commands.push(fields);
        return [{ ...base, device: "a1", state: "waiting" }];
      },
      view: async () => {
        const one = states[Math.min(at++, states.length - 1)];
        const updates = one === undefined ? [] : [{ ...base, device: "a1", state: "waiting", ...one }];
        return { updates } as unknown as ProgramView;
      },
      say: (line: string) => void said.push(line),
    };
    return { asked, said, commands };
  };

  it("says each step once, in one line, and that it goes on without", async () => {
    const { asked, said } = views(
      { state: "offered" },
      { state: "sending", offset: 410 },
      { state: "sending", offset: 420 },
      { state: "done", offset: 1000 },
    );
    await askUpdate(asked, ["a1", "/app.cpns"], false);
    assert.deepEqual(said, [
      "it goes on when this command is ended",
      "a1 0.2.0: is asked",
      "a1 0.2.0: takes it, 40 %",
      "a1 0.2.0: runs it",
    ]);
  });

  it("names why a device does not take it, and fails", async () => {
    const { asked, said } = views({ state: "refused", code: "update.older" });
    await assert.rejects(askUpdate(asked, ["all", "/app.cpns"], false), /1 of 1 have not taken it/);
    assert.match(said.at(-1) ?? "", /does not take it: the device has had firmware/);
  });

  it("fails in one line when the update is stopped, or another order takes its place", async () => {
    const message = "1 of 1 stopped, or replaced by another order";
    for (const after of [undefined, { image: "01", state: "done" }, { device: "a2" }] as const) {
      const { asked, said } = views({ state: "offered" }, after);
      await assert.rejects(askUpdate(asked, ["a1", "/app.cpns"], false), { message });
      assert.deepEqual(said, ["it goes on when this command is ended", "a1 0.2.0: is asked"]);
    }
  });

  it("prints JSON and does not wait; lists; stops", async () => {
    const json = views({ state: "sending" });
    await askUpdate(json.asked, ["a1", "/app.cpns"], true);
    assert.equal((JSON.parse(json.said[0] ?? "") as UpdateView[])[0]?.state, "sending");
    const list = views();
    await askUpdate(list.asked, [], false);
    assert.deepEqual(list.said, ["no update is on its way"]);
    const stop = views();
    await askUpdate(stop.asked, ["all", "stop"], false);
    assert.deepEqual(stop.commands, [{ kind: "cancelUpdate", device: "all" }]);
  });

  it("is misused in one line", async () => {
    for (const rest of [["a1"], ["a1", "x", "y"]])
      await assert.rejects(askUpdate(views().asked, rest, false), /update takes nothing, or/);
    assert.throws(() => readCommand({ kind: "cancelUpdate", device: "x" }), /no ID in hexadecimal/);
  });

  it("has a word for every state and every refusal", () => {
    const base = { device: "a1", image: "00", board: "b", version: "1", length: 10, offset: 5 };
    for (const state of [
      "waiting",
      "offered",
      "sending",
      "later",
      "pausing",
      "restarting",
      "done",
      "refused",
    ] as const)
      assert.doesNotMatch(updateLine({ ...base, state }), /undefined/);
    const until = Milliseconds(new Date(2026, 10, 29, 16, 42, 7).getTime());
    const line = updateLine({ ...base, state: "pausing", until });
    assert.equal(line, "a1 1: waits after damaged octets, until 16:42:07");
    const codes = [
      "form",
      "noKey",
      "notSigned",
      "otherBoard",
      "older",
      "tooBig",
      "damaged",
      "broken",
      "failed",
    ];
    for (const code of codes) {
      const line = updateLine({ ...base, state: "refused", code: `update.${code}` as "update.form" });
      assert.doesNotMatch(line, /update\./);
    }
  });
});
