import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatewaySettings } from "../../hosts/gateway/settings.js";
import { Metrics } from "../../hosts/server/metrics.js";
import { serverSettings } from "../../hosts/server/settings.js";
import { skipped } from "../support/skipped.js";

const root = join(import.meta.dirname, "../../..");
const deploy = (name: string): string => readFileSync(join(root, "deploy", name), "utf8");

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (path.endsWith(".ts")) yield readFileSync(path, "utf8");
  }
}

describe("the dashboard for Grafana", () => {
  const dashboard = JSON.parse(deploy("grafana.json")) as {
    readonly panels: readonly {
      readonly title: string;
      readonly targets: readonly { readonly expr: string }[];
    }[];
  };
  const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it("asks for metrics that /metrics has", async () => {
    const metrics = new Metrics();
    metrics.request(200);
    metrics.answered(3);
    metrics.event("auth.session");
    const lines = (await metrics.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const there = new Set(lines.map((line) => /^\w+/.exec(line)?.[0]));
    const named = asked.flatMap((expr) => expr.match(/\b(?:cpns|process|nodejs)_\w+/g) ?? []);
    assert.ok(named.length >= asked.length);
    for (const name of named) assert.ok(there.has(name), name);
  });

  it("asks for events that the Server logs", () => {
    const all = ["src", "hosts/server", "hosts/node/https"]
      .flatMap((folder) => [...sources(join(root, folder))])
      .join("\n");
    const events = asked.flatMap((expr) => [...expr.matchAll(/event="([^"]+)"/g)].map(([, name]) => name));
    assert.ok(events.length > 10);
    for (const event of events) assert.ok(all.includes(`"${event}"`), event);
  });

  it("has a place of its own for each panel, and says what it shows", () => {
    const places = dashboard.panels.map((panel) => {
      const { gridPos, description } = panel as unknown as { gridPos: object; description: string };
      assert.ok(description.length > 10, panel.title);
      return JSON.stringify(gridPos);
    });
    assert.equal(new Set(places).size, places.length);
  });
});

describe("the units for systemd", () => {
  const units = ["cpns-server.service", "cpns-gateway.service"] as const;

  it("name settings that the programs have", () => {
    for (const [unit, settings] of [
      [units[0], serverSettings],
      [units[1], gatewaySettings],
    ] as const) {
      const known = settings.map(({ name }) => `CPNS_${name.replaceAll("-", "_").toUpperCase()}`);
      const used = deploy(unit).match(/CPNS_\w+/g) ?? [];
      assert.ok(used.length > 0);
      for (const name of used) assert.ok(known.includes(name), `${unit}: ${name}`);
    }
  });

  it("give Node the room for what lives short with which the figures of OPERATING were measured", () => {
    const measured = "NODE_OPTIONS=--max-semi-space-size=4";
    for (const name of [...units, "Containerfile"]) assert.ok(deploy(name).includes(measured), name);
  });

  it("keep no image of a memory in which keys are", () => {
    for (const unit of units) assert.match(deploy(unit), /^LimitCORE=0$/m, unit);
  });

  it("are what systemd-analyze takes, and leave little open", function () {
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0)
      skipped(this, "the check of the systemd units", "systemd-analyze", "systemd");
    const folder = mkdtempSync(join(tmpdir(), "cpns-units-"));
    try {
      for (const unit of units) {
        // The program is not installed where the tests run.
        const text = deploy(unit).replace("/usr/local/bin/cpns", "/bin/true");
        const file = join(folder, unit);
        writeFileSync(file, text);
        const verified = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
        // What it ignores it only says; what else it says is of the machine.
        const said = verified.stderr.split("\n").filter((line) => line.includes(unit));
        assert.deepEqual(said, []);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the container file", () => {
  const lines = deploy("Containerfile")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const of = (word: string): readonly string[] => lines.filter((line) => line.startsWith(`${word} `));

  it("is built on a version that is pinned and that the package takes", () => {
    assert.equal(of("FROM").length, 2);
    for (const line of of("FROM")) assert.match(line, /^FROM node:2[2-9]\.\d+\.\d+-[a-z]+-slim( AS \w+)?$/);
  });

  it("runs nothing as root, keeps no secret, and starts the program itself, so that it gets the signals", () => {
    const user = lines.findIndex((line) => line.startsWith("USER "));
    assert.equal(lines[user], "USER node");
    const after = lines.slice(user).filter((line) => /^(RUN|COPY) /.test(line));
    assert.deepEqual(after, []);
    assert.deepEqual(of("ENTRYPOINT"), ['ENTRYPOINT ["cpns"]']);
    assert.deepEqual(of("CMD"), ['CMD ["server"]']);
    assert.equal(/password|secret|token/i.test(lines.join("\n")), false);
  });

  it("names settings that the Server has", () => {
    const known = serverSettings.map(({ name }) => `CPNS_${name.toUpperCase()}`);
    for (const name of lines.join("\n").match(/CPNS_\w+/g) ?? []) assert.ok(known.includes(name), name);
  });
});
