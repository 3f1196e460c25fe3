import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { serveDevices } from "../../hosts/simulator/external/command.js";
import { command } from "../../hosts/simulator/scenario/command.js";
import { joinFromTerminal } from "../../hosts/simulator/terminal/command.js";
import { operated } from "../support/operator.js";

const cpns = fileURLToPath(new URL("../../../bin/cpns.mjs", import.meta.url));

/** What is wrong; the arguments, parted by blanks, ~ for an empty one, ./ for the test's folder; what the line says. */
type Refused = readonly (readonly [what: string, args: string, says: RegExp])[];

const server: Refused = [
  ["a negative port", "--listen -1", /^--listen takes a value; one that begins with -/],
  ["a port written as another number", "--listen 0x10", /--listen takes PORT or HOST:PORT/],
  ["IPv6 without brackets", "--listen ::1:80", /--listen takes PORT or HOST:PORT/],
  ["no name of a host", "--hosts ~", /--hosts takes names and addresses/],
  ["a name of a host with ü", "--hosts localhost,ü", /--hosts takes names and addresses/],
  ["a realm of 33 letters", `--realm ${"x".repeat(33)} --data ./other`, /--realm takes 1 to 32/],
  ["a folder without a name", "--data ~", /a folder without a name cannot be used/],
  ["a file in the place of a folder", "--data ./file", /file cannot be used/],
  ["data that is not there", "restore --data ./nowhere", /nowhere is not there/],
  ["a new master key for nothing", "rotate-key --data ./nowhere", /nowhere is not there/],
  ["a User ID of 33 letters", `users add ${"x".repeat(33)} --data ./made`, /at most 32 characters/],
  ["a User ID with ü", "users add ü --data ./made", /only letters that keypads have/],
  ["a back-up into no folder", "backup ./nowhere/b --data ./made", /nowhere\/b\.part: it is not there/],
  [
    "a back-up into a file",
    "backup ./file/b --data ./made",
    /file\/b\.part: a file is where a folder should be/,
  ],
  ["a database that is a folder", "check --data ./odd", /odd\/cpns\.sqlite: it is a folder/],
  ["a lock that is a folder", "rotate-key --data ./odd", /odd\/server\.lock: it is a folder/],
  ["a folder of devices", "devices import ./empty --data ./made", /empty is no file/],
];

const simulator: Refused = [
  ["a value that is missing", "--join", /^--join takes a value/],
  ["a password that is too short", "--listen 0 --user a:b", /--user takes no such User ID or password/],
  ["a name of 34 octets", `--join 1 --name ${"ü".repeat(17)}`, /--name takes 1 to 32 octets in UTF-8/],
  ["a name of none", "--join 1 --name ~", /--name takes 1 to 32 octets in UTF-8/],
  ["a scenario that is a folder", "./empty", /it is a folder/],
  ["a path that no socket can have", `--join ${"x".repeat(108)}`, /path of a socket has at most 10\d octets/],
  ["a negative MTU", "--listen 0 --mtu -5", /^--mtu takes a value; one that begins with -/],
];

/** Nobody can make a socket at the end of so long a path. */
const far = `far/${"x".repeat(100)}`;
const gateway = "gateway --server https://localhost:1 --page no --radio virtual:r.sock --state s";

/** As processes of their own, in a folder with a blank and an ü. */
const programs: Refused = [
  [
    "a host that is not there",
    "server --listen nowhere.invalid:80",
    /nowhere\.invalid: there is no such host/,
  ],
  ["a port in use", "server --listen PORT", /:PORT: the address is in use.* \(--listen\)\s*$/],
  [
    "a port of metrics in use",
    "server --listen 0 --metrics PORT",
    /:PORT: the address is in use.* \(--metrics\)\s*$/,
  ],
  ["a user before the Server's address", "gateway --server https://u:p@x:1", /^cpns gateway: x:1 alone/],
  ["port 0 of the Server", "gateway --server https://x:0", /with a port from 1 to 65535/],
  ["a CA that is none", `${gateway} --ca file`, /file is no certificate in PEM/],
  ["a CA of the broker that is none", `${gateway} --mqtt mqtts://x --mqtt-ca file`, /file is no certificate/],
  ["port 0 of the broker", `${gateway} --mqtt mqtt://x:0`, /--mqtt takes mqtt:\/\/HOST/],
  ["a radio in use", gateway.replace("r.sock", "PORT"), /:PORT: the address is in use/],
  ["a folder where none can be", gateway.replace(/s$/, "/proc/x"), /\/proc\/x cannot be used/],
  [
    "a state folder far down",
    gateway.replace(/s$/, far),
    /path of the socket in it has more than 10\d octets/,
  ],
  [
    "a gateway far down",
    `gateway status --state ${far}`,
    /path of the socket in it has more than 10\d octets/,
  ],
  ["nobody to take a password", "gateway enrol --state nowhere", /no gateway runs on nowhere/],
  ["flash that is a file", "sim --join 1 --data file", /file cannot be used/],
  ["a command that is none", "firmware frob", /'frob' is no command/],
];

interface Ended {
  readonly code: number | undefined;
  readonly error: string;
}

describe("what is called wrongly, or finds no place, on a plain machine", () => {
  let folder: string;
  let port: number;
  let taken: Server;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "cpns plain ü-"));
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(folder, "file"), "x");
    taken = createServer().listen(0);
    port = (taken.address() as { port: number }).port;
    for (const data of ["made", "odd"])
      assert.equal((await operated(["init", "--data", join(folder, data)])).code, 0);
    for (const name of ["cpns.sqlite", "server.lock"]) {
      rmSync(join(folder, "odd", name), { force: true });
      mkdirSync(join(folder, "odd", name));
    }
  });
  after(() => {
    taken.close();
    rmSync(folder, { recursive: true });
  });

  const wordsOf = (args: string): readonly string[] =>
    args
      .split(" ")
      .map((word) => (word === "~" ? "" : word.replace("PORT", String(port)).replace(/^\.\//, `${folder}/`)));

  function run(args: readonly string[], output: "ignore" | number = "ignore", cwd = folder): Promise<Ended> {
    const stdio = ["ignore", output, "pipe"] as const;
    const program = spawn(process.execPath, [cpns, ...args], { cwd, stdio: [...stdio], timeout: 60_000 });
    let error = "";
    program.stderr?.on("data", (part) => {
      error += part;
    });
    return new Promise((resolve) =>
      program.on("close", (code) => resolve({ code: code ?? undefined, error })),
    );
  }

  const isOneLine = ({ code, error }: Ended, says: RegExp): void => {
    assert.match(error, new RegExp(says.source.replace(":PORT:", `:${port}:`)));
    assert.match(error, /^[^\n]+\n?$/, error);
    assert.ok(code === 1 || code === 2, `exit code ${code}`);
  };

  for (const [what, args, says] of server) {
    it(`is said in one line: ${what} (Server)`, async () => {
      const { code, errors } = await operated(wordsOf(args));
      isOneLine({ code, error: errors }, says);
    });
  }

  for (const [what, args, says] of simulator) {
    it(`is said in one line: ${what} (simulator)`, async () => {
      const said: string[] = [];
      const terminal = { out: () => undefined, error: (line: string) => void said.push(line) };
      const words = wordsOf(args);
      const code = words.includes("--join")
        ? await joinFromTerminal(words, { ...terminal, keys: new PassThrough() })
        : await (words.includes("--listen") ? serveDevices : command)(words, terminal);
      isOneLine({ code, error: said.join("\n") }, says);
    });
  }

  for (const [what, args, says] of programs) {
    it(`is said in one line: ${what} (a program)`, async () => {
      isOneLine(await run(wordsOf(args)), says);
    });
  }

  for (const args of ["--help", "server --help", "sim --help", "factory --help"]) {
    it(`is said in one line: the disk of the output is full (${args})`, async function () {
      if (process.platform !== "linux") return this.skip();
      isOneLine(
        await run(args.split(" "), openSync("/dev/full", "w")),
        /output cannot be written \(ENOSPC\)/,
      );
    });
  }

  it("is said in one line: the folder they were called in is gone", async function () {
    if (process.platform === "win32") return this.skip();
    const gone = mkdtempSync(join(folder, "gone-"));
    const started = run(["sim", "x.yaml"], "ignore", gone);
    rmSync(gone, { recursive: true });
    isOneLine(await started, /the folder that it was called in is not there any more/);
  });
});
