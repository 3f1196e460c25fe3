// `npm run firmware`, `npm run flash`, `npm run firmware:sim` and `npm run test:device`.
import { spawn, spawnSync } from "node:child_process";
import { ECDH } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fail, root } from "../setup.mjs";
import {
  buildEnvironment,
  buildSimulator,
  checkConfiguration,
  chipOf,
  environment,
  linkOnly,
  mcconfigArguments,
  program,
} from "./build.mjs";
import { forgetImage, imageOctets, placeOctets } from "./image.mjs";
import { measureMemory, missingCompiler } from "./memory.mjs";
import { findSdk, missingBoard, missingHmac, missingIdf, missingPort } from "./sdk.mjs";
import { applications, targets, withApplication } from "./targets.mjs";

const reference = "m5stack";

/** `--target NAME` and `--app NAME` of the arguments, what is configured by them, and what else they say. */
function readArguments(args, usual) {
  // Others are for other commands.
  const kind = usual.slice(0, usual.indexOf("/") + 1);
  const all = targets();
  let name = usual;
  let app;
  const config = [];
  const rest = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--target") name = args[++i];
    else if (args[i] === "--app") app = args[++i] ?? "";
    else if (args[i] === "--update-key") config.push(`updateKey=${updateKey(args[++i] ?? "")}`);
    else if (args[i] === "--update-counter") config.push(`updateCounter=${updateCounter(args[++i] ?? "")}`);
    else rest.push(args[i]);
  }
  const target = all.get(name);
  const known = [...all.keys()].filter((one) => one.startsWith(kind)).join(", ");
  if (target === undefined) fail(`no target '${name ?? ""}'; one of ${known}`);
  if (app === undefined) return { target, rest, config };
  if (!applications().includes(app)) fail(`no application '${app}'; one of ${applications().join(", ")}`);
  return { target: withApplication(target, app), rest, config };
}

function updateKey(key) {
  const usage = "as npm run firmware:sign -- public FILE prints them";
  if (!/^0[23][0-9a-f]{64}$/i.test(key)) return fail(`--update-key takes 66 digits, ${usage}`, 2);
  try {
    // A device with a key that is none would take no image, and its own could only be mended by cable.
    ECDH.convertKey(key, "prime256v1", "hex", "hex", "uncompressed");
    return key;
  } catch {
    return fail(`--update-key takes a public key, ${usage}: this is none`, 2);
  }
}

function updateCounter(counter) {
  if (/^[0-9]{1,9}$/.test(counter)) return counter;
  return fail("--update-counter takes up to nine digits: the --counter of npm run firmware:sign", 2);
}

function sdkOrFail() {
  const sdk = findSdk();
  if (sdk.missing !== undefined) fail(sdk.missing);
  return sdk;
}

const budgets = () => JSON.parse(readFileSync(join(root, "bench/device.json"), "utf8"));

/** A line a figure; false when it is over its budget. */
function within(name, value, budget) {
  process.stdout.write(`${name.padEnd(34)} ${String(value).padStart(8)} of ${budget} octets\n`);
  return value <= budget;
}

/** What of byte code a target is given: what an application takes is a budget of its own, on top of the firmware's. */
export const codeBudget = (
  { application, console },
  { byteCode, application: more, console: terminal } = budgets(),
) => byteCode + (application === undefined ? 0 : more) + (console === true ? terminal : 0);

function report(target, { byteCode, resources, slots, modules }) {
  const more = [target.application, target.console === true ? "console" : undefined];
  const name = [target.name, ...more.filter((one) => one !== undefined)].join("+");
  process.stdout.write(
    `${name}: ${modules} modules; preloaded slots ${slots}, resources ${resources} octets of flash\n`,
  );
  return within(`${name} byte code`, byteCode, codeBudget(target));
}

/** The command that puts on a board what `npm run firmware -- ARGS` has built: with all that makes it what it is. */
export function flashing(target, args) {
  const named = args.includes("--target") ? args : ["--target", target.name, ...args];
  return `npm run flash -- ${named.join(" ")}`;
}

/** A firmware with a console is built in a folder of its own: no image is taken for one without. */
function variant(target, rest) {
  const console = rest.includes("--console");
  const out = console ? join(target.out, "with-console") : target.out;
  return { ...target, encrypted: rest.includes("--encrypted"), console: target.console || console, out };
}

/** Builds for a board, or flashes it, by mcconfig; without ESP-IDF, or with --link-only, measures the linked modules. */
export async function firmware(args, { flash = false } = {}) {
  const { target: wanted, rest, config } = readArguments(args, `esp32/${reference}`);
  const target = variant(wanted, rest);
  if (target.simulator) fail(`${target.name} runs in the SDK's simulator: use npm run firmware:sim`);
  if (target.emulator && (flash || target.encrypted || rest.includes("--console")))
    fail(`${target.name} runs in an emulator, as it is: use npm run test:emulator`);
  const known = ["--debug", "--console", "--encrypted", "--link-only"];
  const unknown = rest.find((argument) => !known.includes(argument));
  if (unknown !== undefined) {
    fail(
      `'${unknown}' is not known; usage: npm run firmware -- --target ${target.name} [${known.join("] [")}]`,
    );
  }
  if (target.console && rest.includes("--debug"))
    fail("--console and --debug want the same serial port: the SDK's debugger has it with --debug; take one");
  if (target.console && target.encrypted)
    fail("--console and --encrypted do not go together: a console is for firmware in the making; take one");
  const sdk = sdkOrFail();
  const board = missingBoard(sdk, target.board);
  if (board !== undefined) fail(board);
  const { encrypted } = target;
  const chip = encrypted ? missingHmac(target.name, chipOf(target, sdk)) : undefined;
  if (chip !== undefined) fail(chip);
  const missing = rest.includes("--link-only") ? "asked to link only" : missingIdf();
  if (missing !== undefined) {
    if (flash) fail(missing);
    report(target, linkOnly(target, sdk));
    if (!rest.includes("--link-only")) fail(`linked, but not built: ${missing}`);
    return;
  }
  const port = flash ? missingPort() : undefined;
  if (port !== undefined) fail(port);
  if (!target.emulator) checkConfiguration(target, sdk);
  const kind = rest.includes("--debug") ? "debug" : "release";
  forgetImage(target, kind);
  // Without a target of its own, mcconfig flashes and opens the log.
  const options = [...(kind === "debug" ? ["-d"] : []), ...(flash ? [] : ["-t", "build"])];
  const { status } = spawnSync("mcconfig", [...mcconfigArguments(target, options), ...config], {
    cwd: root,
    env: buildEnvironment(target, sdk),
    stdio: "inherit",
  });
  if (status !== 0) fail(`${flash ? "flashing" : "building"} ${target.name} failed`);
  if (flash) return;
  const octets = imageOctets(target, kind);
  if (octets === undefined) fail(`building ${target.name} failed: ESP-IDF made no image, and says why above`);
  if (!within(`${target.name} image`, octets, placeOctets()))
    fail("the image is larger than its place in flash (hosts/esp32/board/partitions.csv)");
  if (target.emulator) return;
  process.stdout.write(`${target.name} is built; put it on the board with: ${flashing(target, args)}\n`);
}

/** The firmware in the SDK's simulator, with a gateway and a Server, for people. */
export async function simulate(args) {
  const { target, rest } = readArguments(args, `sim/${reference}`);
  if (!target.simulator) fail(`${target.name} runs on a board: use npm run firmware`);
  if (rest.length > 0)
    fail(`'${rest[0]}' is not known; usage: npm run firmware:sim -- [--target ${target.name}]`);
  const sdk = sdkOrFail();
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    fail(
      "there is no display for the simulator's window; run this on a desktop, or under: xvfb-run -a npm run firmware:sim",
    );
  }
  const state = join(target.out, "state");
  mkdirSync(state, { recursive: true });
  // This run's Server knows no device of an earlier one; what a factory wrote stays.
  rmSync(join(state, "cpns.nvs"), { force: true });
  const library = buildSimulator(target, sdk, { state });
  const { startExternal } = await import(join(root, "build/hosts/simulator/external/command.js"));
  const users = [{ userID: "demo", password: "sesame42" }];
  const say = (line) => process.stdout.write(`${line}\n`);
  const { listener, stop } = await startExternal({ port: 0, mtu: 185, users }, say);
  writeFileSync(join(state, "link"), JSON.stringify({ air: listener.port }));
  say("cpns: try User ID demo, password sesame42; closing the window ends it");
  say("cpns: buttons are a, b and c beside the device; a red display is drawn once the window is larger");
  // mcsim ends at once, without a word, when it has no folder for its settings.
  if (process.platform === "linux")
    mkdirSync(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), { recursive: true });
  const started = Date.now();
  const child = spawn("mcsim", [join(sdk.folder, "build/simulators"), library], {
    env: environment(sdk),
    stdio: "ignore",
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill());
  child.on("error", (error) => fail(`the simulator could not be started (${error.code})`));
  const status = await new Promise((resolve) =>
    child.on("exit", (code, signal) => resolve(signal ? 0 : code)),
  );
  stop();
  if (status !== 0) fail(`the simulator ended with ${status}`);
  if (Date.now() - started < shortest)
    fail(
      "the simulator ended at once, without a word: look whether mcsim opens a window when started by hand",
    );
  process.exit();
}

/** A person who closes the window takes longer, in milliseconds. */
const shortest = 2_000;

/** Why the headless test cannot run here, or undefined. */
function missingHeadless() {
  for (const [tool, name] of [
    ["Xvfb", "xvfb"],
    ["xdotool", "xdotool"],
    ["import", "imagemagick"],
  ]) {
    if (spawnSync(tool, ["-version"]).error)
      return `${tool} is missing; install it with: apt-get install ${name}`;
  }
  return undefined;
}

/** Everything that can be seen of the firmware without a board. */
export async function testDevice(args) {
  const sdk = findSdk();
  const missing = sdk.missing ?? missingHeadless();
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${missing}\n`);
    return;
  }
  const { testCrypto } = await import("../device/crypto.mjs");
  if (!testCrypto()) fail("the device's cryptography failed");
  const images = args.includes("--images") ? join(root, "docs/images") : join(root, "build/firmware/images");
  mkdirSync(images, { recursive: true });
  for (const simulator of targets().values()) {
    if (simulator.simulator) buildSimulator(simulator, sdk, { state: join(simulator.out, "state") });
  }
  const lamp = withApplication(targets().get(`sim/${reference}`), "lamp");
  buildSimulator(lamp, sdk, { state: join(lamp.out, "state") });
  const { gallery, galleryFiles } = await import("../device/gallery.mjs");
  const screens = await gallery(sdk, args.includes("--images") ? images : undefined);
  process.stdout.write(`${screens.length} screens are the same drawn whole and drawn where they differ\n`);
  process.stderr.write("cpns: the firmware in the SDK's simulator …\n");
  const specs = join(root, "build/test/hosts/esp32/device/*.device.js");
  const mocha = spawnSync(
    join(root, "node_modules/.bin/mocha"),
    ["--exit", "--timeout", "120000", "--enable-source-maps", specs],
    {
      cwd: root,
      stdio: "inherit",
      env: environment(sdk, {
        CPNS_DEVICE_BUILD: join(root, "build/firmware"),
        CPNS_DEVICE_PROGRAM: program,
        CPNS_DEVICE_SIMULATORS: join(sdk.folder, "build/simulators"),
        CPNS_DEVICE_IMAGES: images,
        CPNS_DEVICE_GALLERY: galleryFiles,
      }),
    },
  );
  if (mocha.status !== 0) fail("the firmware in the SDK's simulator failed");
  await figures(sdk);
}

/** Flash of every board, and the memory of a run on the reference board's core. */
async function figures(sdk) {
  let good = true;
  let resources;
  for (const one of targets().values()) {
    if (one.simulator) continue;
    const linked = linkOnly(one, sdk);
    good = report(one, linked) && good;
    if (one.board !== reference) continue;
    resources = linked.resourcesFile;
    const more = linkOnly(withApplication(one, "lamp"), sdk).byteCode - linked.byteCode;
    good = within("byte code of an application", more, budgets().application) && good;
  }
  const missing = missingCompiler();
  if (missing !== undefined) process.stdout.write(`skipped: memory of a run, because ${missing}\n`);
  else {
    const { slots, chunks, stack, given, meter, phases } = await measureMemory(sdk, resources);
    for (const phase of phases)
      process.stdout.write(
        `${phase.name}: slots ${phase.slots}, chunks ${phase.chunks}, stack ${phase.stack}\n`,
      );
    process.stdout.write(
      `a run: slots ${slots}, chunks ${chunks}, stack ${stack}; the board gives ${given}\n`,
    );
    process.stdout.write(
      `byte codes: ${meter.boot} to the first screen, ${meter.letter} for a letter typed\n`,
    );
    good = within("memory of a run, in use", slots + chunks + stack, budgets().memory) && good;
  }
  if (!good) fail("a figure is over its budget");
}
