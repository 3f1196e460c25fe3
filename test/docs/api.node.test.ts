import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "@swc/core";
import { Household, serverFile } from "../support/household.js";
import { ran } from "../support/programs.js";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/API.md"), "utf8");
/** Examples by their language, in the order of the page. */
const examples = [...page.matchAll(/^```(sh|ts) run\n(.*?)^```$/gms)].map(([, kind = "", text = ""]) => ({
  kind,
  text,
}));

describe("the examples of docs/API.md", function () {
  this.timeout(60_000);
  const home = new Household();
  let environment: Readonly<Record<string, string | undefined>>;

  before(async () => {
    await home.server();
    await home.user("alice");
    const scopes = ["--scopes", "read,send,stream,webhooks"];
    const made = await ran(serverFile, ["tokens", "add", "alice", "docs", ...scopes, ...home.data]);
    const certificate = join(home.folder, "server/tls-cert.pem");
    environment = {
      ...process.env,
      CPNS: `https://127.0.0.1:${home.port}`,
      TOKEN: made.out.trim(),
      CURL_CA_BUNDLE: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
    };
  });
  after(() => home.close());

  async function run(kind: string, text: string): Promise<string> {
    const file = join(home.folder, kind === "sh" ? "example.sh" : "example.mjs");
    const { code } =
      kind === "sh"
        ? { code: `set -eu\n${text}` }
        : await transform(text, {
            jsc: { parser: { syntax: "typescript" }, target: "es2022" },
            module: { type: "es6" },
          });
    writeFileSync(file, code);
    const program = kind === "sh" ? "bash" : process.execPath;
    const { stdout } = await promisify(execFile)(program, [file], { env: environment as NodeJS.ProcessEnv });
    return stdout;
  }

  it("are of both kinds", () => {
    assert.deepEqual([...new Set(examples.map(({ kind }) => kind))].sort(), ["sh", "ts"]);
  });

  for (const { kind, text } of examples) {
    it(`run as they stand: ${text.trim().split("\n")[0]?.slice(0, 60)}`, async () => {
      const out = await run(kind, text);
      if (text.includes("/devices")) assert.deepEqual(JSON.parse(out), { devices: [] });
    });
  }
});
