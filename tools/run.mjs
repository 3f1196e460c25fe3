// The one entry behind every npm script: set up, build, then run the command with its arguments.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { fail, root, setup } from "./setup.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

function step(title, command, args) {
  process.stderr.write(`cpns: ${title} …\n`);
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) fail(`${title} failed`);
}

function check() {
  step("types", bin("tsc"), ["-p", "tsconfig.json"]);
  step("types of src without Node and DOM", bin("tsc"), ["-p", "src/tsconfig.json"]);
  if (existsSync(join(root, "hosts/simulator/panel/client/tsconfig.json"))) {
    step("types of the panel", bin("tsc"), ["-p", "hosts/simulator/panel/client/tsconfig.json"]);
  }
  step("types of the firmware without the SDK", bin("tsc"), ["-p", "hosts/esp32/tsconfig.json"]);
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
async function requirements(options) {
  const tool = await import("./requirements.mjs");
  const ids = options.filter((option) => !option.startsWith("--"));
  if (ids.length > 0) {
    try {
      process.stdout.write(`${tool.whereIs(tool.trace(), ids).join("\n")}\n`);
    } catch (error) {
      fail(error.message);
    }
    return;
  }
  const { requirements: all, open, problems } = tool.run(options);
  for (const problem of problems) process.stderr.write(`cpns: ${problem}\n`);
  if (problems.length > 0) process.exit(1);
  process.stderr.write(`cpns: ${all.length - open.length} of ${all.length} requirements are proven\n`);
}

/** The firmware's commands, which need the Moddable SDK. */
const device = (name, options) => async () => {
  const tool = await import("./firmware/command.mjs");
  await tool[name](args, options);
};

const [command, ...args] = process.argv.slice(2);
const commands = {
  start: () => program("hosts/simulator/start.js", args),
  sim: () => program("hosts/simulator/sim.js", args),
  factory: () => program("hosts/factory/factory.js", args),
  bench: () => program("bench/main.js", args),
  build: () => {},
  firmware: device("firmware"),
  flash: device("firmware", { flash: true }),
  "firmware:sim": device("simulate"),
  "test:device": device("testDevice"),
  check,
  requirements: () => requirements(args),
  format: () => step("format", bin("biome"), ["check", "--write", "."]),
  test: async () => {
    if (args.length === 0) {
      check();
      await requirements(["--check"]);
    }
    const specs = args.length > 0 ? args : ["build/test/**/*.test.js"];
    step("tests on Node", bin("mocha"), [
      "--enable-source-maps",
      "--reporter",
      "dot",
      "--timeout",
      "120000",
      ...specs,
    ]);
    if (args.length === 0 && existsSync(join(root, "build/test/xs/main.js"))) {
      step("tests on XS", process.execPath, [join(root, "build/test/xs/main.js")]);
      step("budgets", process.execPath, [join(root, "build/bench/main.js"), "--check"]);
    }
  },
};

if (!(command in commands)) fail(`unknown command '${command}'; one of ${Object.keys(commands).join(", ")}`);
setup();
await build();
await commands[command]();
