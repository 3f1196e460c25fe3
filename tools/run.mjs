// The one entry behind every npm script: set up, build, then run the command with its arguments.
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { helpOf, readArguments, wantsHelp } from "./commandLine.mjs";
import { fail, root, setup } from "./setup.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

function step(title, command, args) {
  process.stderr.write(`cpns: ${title} …\n`);
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) fail(`${title} failed`);
}

async function check() {
  // What it knows of files that have not changed makes the second time a matter of seconds.
  const known = ["--incremental", "--tsBuildInfoFile", "build/types.tsbuildinfo"];
  step("types", bin("tsc"), ["-p", "tsconfig.json", ...known]);
  step("types of src without Node and DOM", bin("tsc"), ["-p", "src/tsconfig.json"]);
  step("types of the panel", bin("tsc"), ["-p", "hosts/simulator/panel/client/tsconfig.json"]);
  step("types of the Server's pages", bin("tsc"), ["-p", "hosts/server/pages/client/tsconfig.json"]);
  step("types of the gateway's page", bin("tsc"), ["-p", "hosts/gateway/pages/client/tsconfig.json"]);
  step("types of the firmware without the SDK", bin("tsc"), ["-p", "hosts/esp32/tsconfig.json"]);
  process.stderr.write("cpns: module lists of the firmware …\n");
  const problems = (await import("./firmware/lists.mjs")).listProblems();
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) fail("module lists of the firmware failed; npm run format writes them");
  const { run } = await import("./applicationAPI.mjs");
  if (!run(root, true)) fail("docs/APPLICATION-API.md is not that of the sources; npm run format writes it");
  step("format and lint", bin("biome"), ["check", "--error-on-warnings", "."]);
}

/** Runs a built program in the foreground: signals and the exit code are the program's own. */
function program(file, args) {
  const child = spawn(process.execPath, ["--enable-source-maps", join(root, "build", file), ...args], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}

/** Every requirement, who implements it and who proves it; fails when one has nobody. */
async function requirements({ options, operands: ids }) {
  const tool = await import("./requirements.mjs");
  if (ids.length > 0) {
    try {
      process.stdout.write(`${tool.whereIs(tool.trace(), ids).join("\n")}\n`);
    } catch (error) {
      fail(error.message, 2);
    }
    return;
  }
  const { requirements: all, open, problems } = tool.run(options);
  for (const problem of problems) process.stderr.write(`cpns: ${problem}\n`);
  if (problems.length > 0) process.exit(1);
  process.stderr.write(`cpns: ${all.length - open.length} of ${all.length} requirements are proven\n`);
}

/** Folders whose files take longest come first: none of them is left to run alone at the end. */
const all = Object.freeze([
  "build/test/{xs,e2e,power}/**/*.test.js",
  "build/test/{*.test.js,!(xs|e2e|power)/**/*.test.js}",
]);

async function test({ options, operands: specs }) {
  const part = specs.length > 0 || options.grep !== undefined;
  if (!part) {
    await check();
    await requirements({ options: { check: true }, operands: [] });
  }
  const files = specs.length > 0 ? specs : all;
  const one = files.length === 1 && !files[0].includes("*");
  // Files run beside each other: the engine that some of them share is compiled before.
  if (!one) {
    const { buildXs } = await import("./xs/build.mjs");
    for (const width of [undefined, 64]) await buildXs({ width });
  }
  const beside = one ? [] : ["--parallel", "--jobs", String(Math.max(2, availableParallelism()))];
  const grep = options.grep === undefined ? [] : ["--grep", options.grep];
  const manner = ["--reporter", options.reporter ?? "dot", "--timeout", "120000", "--exit"];
  step("tests on Node", bin("mocha"), [...manner, "--enable-source-maps", ...beside, ...grep, ...files]);
  if (part) return;
  step("tests on XS", process.execPath, [join(root, "build/test/xs/main.js")]);
  step("budgets", process.execPath, [join(root, "build/bench/main.js"), "--check"]);
}

/** The firmware's commands, which need the Moddable SDK. */
const device = (name, options) => async (_, args) => {
  const tool = await import("./firmware/command.mjs");
  await tool[name](args, options);
};

const target = { name: "target", value: "NAME", about: "what it is for: a folder of hosts/esp32/targets" };
const app = {
  name: "app",
  value: "NAME",
  about: "what the device is for: thermometer, lamp, neopixel, remote, doorbell, or one of your own in apps/",
};
const firmware = [
  target,
  app,
  { name: "debug", about: "with the SDK's debugger" },
  { name: "console", about: "with a console on the serial port, for firmware in the making" },
  { name: "encrypted", about: "for encrypted flash, where the chip has it" },
  { name: "update-key", value: "HEX", about: "whose signed images the device takes over the air" },
  {
    name: "update-counter",
    value: "N",
    about: "that of the image: it takes none below it over the air; 0 unless told",
  },
  { name: "link-only", about: "compiles and links the modules, without ESP-IDF" },
];

async function formal(read) {
  const tool = await import("./formal.mjs");
  await tool.formal(read);
}

/** What a command takes and does. Those with `own` read their arguments, --help included, themselves. */
const commands = {
  start: { own: true, run: (_, args) => program("hosts/simulator/start.js", args) },
  sim: { own: true, run: (_, args) => program("hosts/simulator/sim.js", args) },
  factory: { own: true, run: (_, args) => program("hosts/factory/factory.js", args) },
  "firmware:sign": { own: true, run: (_, args) => program("hosts/factory/firmware.js", args) },
  "firmware:screenshot": {
    about:
      "Makes a picture of a device's display, of the last `screenshot data` that its console has answered.",
    operands: {
      usage: "PNG [LOG]",
      about: "the file that is written, and what a terminal has shown; standard input unless told",
    },
    run: async ({ operands }) => (await import("./device/screenshot.mjs")).screenshot(operands),
  },
  server: { own: true, run: (_, args) => program("hosts/server/server.js", args) },
  gateway: { own: true, run: (_, args) => program("hosts/gateway/gateway.js", args) },
  demo: {
    about: "Server and gateway as processes of their own, and a device on this terminal that meets them.",
    run: async () => {
      const tool = await import("./demo.mjs");
      await tool.demo();
    },
  },
  test: {
    about:
      "Checks types, format, lint and requirements, runs all tests on Node and XS, and holds the budgets.",
    operands: { usage: "[FILES…]", about: "runs only these, on Node: 'build/test/codec/*.test.js'" },
    options: [
      { name: "grep", value: "PATTERN", about: "runs only tests whose titles match, on Node" },
      { name: "reporter", value: "NAME", about: "one of mocha's; dot unless told" },
    ],
    more: [
      "CPNS_MODEL=all tries every kind of fault at every point of every flow, where it takes turns;",
      "CPNS_MODEL=few only a tenth of them, and of what is changed or pressed by chance, no browser, and none of",
      "the programs that are troubled in their own time: for what another machine or Node changes.",
    ],
    run: test,
  },
  bench: {
    about: "Measures sizes, fragments, round trips, XS memory and byte codes, against bench/budgets.json.",
    operands: {
      usage: "[server [USERS…] | gateway | streams | bridge [MINUTES]]",
      about:
        "a Server process under load over HTTPS, with 1000 and 10000 Users unless told; a gateway with 64 devices; 1000 streams of events; 64 devices' readings at an MQTT broker, for ten minutes unless told",
    },
    options: [
      { name: "check", about: "fails when a budget that does not depend on the machine is exceeded" },
    ],
    more: ["With CPNS_BENCH_DATABASE=postgres://…, an empty database, the Server's tables are there."],
    run: ({ operands: [what, ...sizes] }, args) => {
      if (what === undefined) return program("bench/main.js", args);
      if (!["server", "gateway", "streams", "bridge"].includes(what)) {
        fail(
          `'${what}' is not known; usage: npm run bench -- [server [USERS…] | gateway | streams | bridge [MINUTES]]`,
          2,
        );
      }
      return program(`bench/${what}/main.js`, sizes);
    },
  },
  fuzz: {
    about:
      "Gives decoders, records, flash, the Server and files what nobody would send, and looks for a fault.",
    operands: {
      usage: "[TARGETS…]",
      about: "decoder, fragments, records, keystore, server, factory, ub, air, c",
    },
    options: [
      { name: "minutes", value: "N", about: "for all of them together; 1 unless told" },
      { name: "inputs", value: "N", about: "so many for each instead" },
      { name: "from", value: "N", about: "goes on where a piece of a long run has ended; it is printed" },
      { name: "seed", value: "N", about: "the same inputs again, with the same piece; it is printed" },
    ],
    run: (_, args) => program("test/fuzz/main.js", args),
  },
  mutants: {
    about: "Changes the core's sources one place at a time, and says which changes no test notices.",
    operands: {
      usage: "[PATHS…]",
      about: "files or folders; src/protocols, src/crypto, src/link, src/database unless told",
    },
    options: [
      { name: "sample", value: "N", about: "only so many, chosen by the seed" },
      { name: "seed", value: "N", about: "another sample" },
      { name: "least", value: "PERCENT", about: "fails when the score is below" },
      { name: "again", about: "only those that the last run has left" },
      { name: "near", about: "asks only the tests beside the sources, which is quick" },
      {
        name: "patience",
        value: "SECONDS",
        about: "of tests for one mutant, beside its source and elsewhere; 20",
      },
    ],
    more: [
      "It writes build-mutants/report.json; tools/mutants/explained.yaml lists survivors that change nothing.",
      "What the compiler's types refuse, and what is explained, is counted apart, and not in the score.",
      "What a log, or the text beside an error's code, says to engineers is left as it is.",
    ],
    run: async (given) => (await import("./mutants/run.mjs")).mutants(given),
  },
  requirements: {
    about:
      "Writes docs/REQUIREMENTS.md: every requirement, and whether code implements and a test proves it.",
    operands: { usage: "[IDS…]", about: "prints who implements and who proves these: EUK-UI-17" },
    options: [{ name: "check", about: "writes nothing; fails when the page is not current" }],
    run: requirements,
  },
  formal: {
    about:
      "Proves protocol, Server's rows and device's arithmetic (formal/README.md), and refutes what is broken.",
    operands: { usage: "[NAMES…]", about: "runs only these models, or all of one tool: direct, spin" },
    options: [{ name: "quick", about: "leaves out what takes longest" }],
    more: [
      "What a tool is missing for is named and skipped. A result other than the expected one: exit code 1.",
    ],
    run: formal,
  },
  check: { about: "Types, format, lint and the firmware's module lists.", run: check },
  format: {
    about:
      "Formats every file, and writes the firmware's module lists from its imports, and the page of the application interface.",
    run: async () => {
      (await import("./applicationAPI.mjs")).run(root, false);
      const { writeLists } = await import("./firmware/lists.mjs");
      for (const file of writeLists()) process.stderr.write(`cpns: ${file} written\n`);
      step("format", bin("biome"), ["check", "--write", "."]);
    },
  },
  build: { about: "Compiles what changed to build/.", run() {} },
  firmware: {
    about: "Builds the firmware for a board with the Moddable SDK, and ESP-IDF where it is there.",
    options: firmware,
    run: device("firmware"),
  },
  flash: {
    about: "Builds the firmware for a board, flashes it and opens its log.",
    options: firmware,
    run: device("firmware", { flash: true }),
  },
  "firmware:sim": {
    about: "The firmware in the Moddable SDK's simulator, with a gateway and a Server.",
    options: [target, app],
    run: device("simulate"),
  },
  "test:device": {
    about: "Everything that can be seen of the firmware without a board, with the Moddable SDK.",
    options: [{ name: "images", about: "writes the pictures of docs/images" }],
    run: device("testDevice"),
  },
  "test:emulator": {
    about:
      "The image of a chip in QEMU, with the Moddable SDK and ESP-IDF: enrolment, joining, power cuts, memory.",
    options: [
      { name: "target", value: "NAME", about: "one target, as emulator/esp32; all unless told" },
      {
        name: "kills",
        value: "NUMBER",
        about: "power cuts at random moments; 20 unless told, 200 is the full run",
      },
      {
        name: "reconnects",
        value: "NUMBER",
        about: "links by Bluetooth, over which the heap may not shrink; 100 unless told",
      },
      { name: "seed", value: "TEXT", about: "the same random moments as a run before" },
      { name: "built", about: "does not build the image anew" },
    ],
    run: async ({ options }) => (await import("./firmware/emulator.mjs")).testEmulator(options),
  },
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? "")) {
  fail(
    `${name === undefined ? "no command" : `unknown command '${name}'`}; one of ${Object.keys(commands).join(", ")}`,
    2,
  );
}
const command = commands[name];
if (!command.own && wantsHelp(args)) {
  process.stdout.write(helpOf(name, command));
  process.exit(0);
}
const read = command.own ? undefined : readArguments(name, command, args);
setup();
await build();
await command.run(read, args);
