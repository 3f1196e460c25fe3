import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayCommand } from "../../../../hosts/gateway/settings.js";
import { called } from "../../../../hosts/node/program/called.js";
import { serverCall } from "../../../../hosts/server/settings.js";

const programs = ["server", "gateway", "sim", "start", "factory", "firmware"] as const;

describe("how a person calls a program", () => {
  const before = process.env.CPNS_INSTALLED;
  afterEach(() => {
    if (before === undefined) delete process.env.CPNS_INSTALLED;
    else process.env.CPNS_INSTALLED = before;
  });

  it("is by a script that package.json has in a clone, and by one command where it is installed", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    delete process.env.CPNS_INSTALLED;
    for (const program of programs) {
      const [, script = ""] = /^npm (?:run )?(\S+) --$/.exec(called(program)) ?? [];
      assert.ok(Object.hasOwn(scripts, script), called(program));
    }
    process.env.CPNS_INSTALLED = "yes";
    for (const program of programs) assert.equal(called(program), `cpns ${program}`);
  });

  it("names the folder that a program works on where it is not the usual one, as a shell takes it", () => {
    process.env.CPNS_INSTALLED = "yes";
    assert.equal(gatewayCommand("enrol"), "cpns gateway enrol");
    assert.equal(gatewayCommand("enrol", "cpns-gateway"), "cpns gateway enrol");
    assert.equal(gatewayCommand("enrol", "home/gw"), "cpns gateway enrol --state home/gw");
    assert.equal(gatewayCommand("status", "my üs/it's"), "cpns gateway status --state 'my üs/it'\\''s'");
    assert.equal(serverCall("check", "/srv/a b"), "cpns server check --data '/srv/a b'");
    assert.equal(serverCall("check", "cpns-server"), "cpns server check");
  });

  it("is said by that one place alone: no text of a program has a call in it", () => {
    const said: string[] = [];
    for (const file of readdirSync("hosts", { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts") || file === join("node", "program", "called.ts")) continue;
      const code = readFileSync(join("hosts", file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      for (const [call] of code.matchAll(/cpns (?:server|gateway|sim|start|factory|firmware) [a-z[-]+/g))
        said.push(`${file}: ${call}`);
    }
    assert.deepEqual(said, []);
  });
});
