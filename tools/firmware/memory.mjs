// Builds the firmware for 32 bits with a board's memory: everything that a board has in JavaScript and what of the SDK
// needs no board. Enrols, joins and says hello against gateway and Server of the simulator, and says what that took.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { root } from "../setup.mjs";
import { environment, run } from "./build.mjs";
import { writeModules } from "./modules.mjs";

const source = join(root, "hosts/esp32/bench");
const entry = "hosts/esp32/bench/target";
const out = join(root, "build/firmware/bench");

/** The board's, whose limits the program gets. */
const creation = () =>
  JSON.parse(readFileSync(join(root, "hosts/esp32/board/manifest.json"), "utf8")).creation;

const flags = [
  ...["-m32", "-msse2", "-mfpmath=sse", "-Os", "-fno-strict-aliasing", "-fno-common", "-w"],
  ...["-include", "stddef.h", "-DINCLUDE_XSPLATFORM=1", '-DXSPLATFORM="platform.h"', "-DXS_ARCHIVE=1"],
  ...["FindModule", "LoadModule", "QueuePromiseJobs"].map((name) => `-DmxUseDefault${name}=1`),
  ...["Run", "Parse", "Instrument", "NoConsole", "BoundsCheck", "Metering"].map((name) => `-Dmx${name}=1`),
  ...["-DkPocoRotation=0", "-DkCommodettoBitmapFormat=7"],
];

/** Of the engine, what a device has not. */
const unused = /^xs(Snapshot|Lockdown|Defaults|ffi|Profile|um)\.c$/;

function sources(sdk, tmp, resources) {
  const all = (folder, pattern = /\.c$/) =>
    readdirSync(folder)
      .filter((name) => pattern.test(name) && !unused.test(name))
      .map((name) => join(folder, name));
  const commodetto = ["PocoBlit", "PocoCore", "ParseBMF", "ParseBMP", "ParseRLE", "Bitmap"];
  return [
    ...all(join(sdk, "xs/sources")),
    ...all(join(root, "hosts/esp32/crypto/c")),
    ...all(source),
    ...all(join(source, "c")),
    ...["fips180.c", "chacha.c"].map((name) => join(sdk, "modules/crypt/digest/kcl", name)),
    ...commodetto.map((name) => join(sdk, `modules/commodetto/commodetto${name}.c`)),
    join(sdk, "modules/commodetto/cfeBMF.c"),
    join(sdk, "modules/files/resource/Resource.c"),
    join(tmp, "mc.xs.c"),
    resources,
  ];
}

/** Why there is no compiler for 32 bits, or undefined. */
export function missingCompiler() {
  const input = "#include <math.h>\nint main(void) { return 0; }\n";
  const probe = spawnSync("gcc", ["-m32", "-x", "c", "-", "-o", "/dev/null", "-lm"], { input });
  if (probe.status === 0) return undefined;
  return "no C compiler for 32 bits was found; install it with: apt-get install gcc gcc-multilib";
}

/** `resources`: mc.resources.c of a linked board. Returns the program's path. */
async function build(sdk, resources) {
  mkdirSync(join(out, "out"), { recursive: true });
  writeModules(entry, out);
  const include = [join(source, "manifest.json"), "./modules.json"];
  writeFileSync(join(out, "manifest.json"), JSON.stringify({ include, creation: creation() }));
  const options = { cwd: out, env: environment(sdk) };
  const args = ["-i", "-p", "x-cli-lin", "-o", join(out, "out"), "./manifest.json"];
  run("making the makefile of the bench", "mcconfig", args, options);
  const tmp = join(out, "out/tmp/lin/instrument/bench");
  run(
    "linking the firmware for 32 bits",
    "make",
    ["-f", join(tmp, "makefile"), join(tmp, "mc.xs.c")],
    options,
  );
  process.stderr.write("cpns: compiling it …\n");
  const folders = ["xs/includes", "xs/sources", "xs/platforms", "modules/base/instrumentation"];
  folders.push("modules/crypt/digest/kcl", "modules/io/display", "modules/commodetto");
  const includes = [join(root, "tools/xs"), tmp, join(root, "hosts/esp32/crypto/c"), join(source, "c")];
  includes.push(...folders.map((folder) => join(sdk.folder, folder)));
  const objects = [];
  for (const file of sources(sdk.folder, tmp, resources)) {
    const object = join(out, `${basename(file)}.o`);
    objects.push(object);
    const made = spawnSync("gcc", [...flags, ...includes.map((one) => `-I${one}`), "-c", file, "-o", object]);
    if (made.status !== 0) throw new Error(`${file} does not compile for 32 bits:\n${made.stderr}`);
  }
  const program = join(out, "firmware32");
  const linked = spawnSync("gcc", ["-m32", ...objects, "-lm", "-lpthread", "-o", program]);
  if (linked.status !== 0) throw new Error(`the firmware does not link for 32 bits:\n${linked.stderr}`);
  return program;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const press = 16;
const shown = 17;
const enter = 128;

/** What a person does on each screen, in the order of the screens. */
const visit = {
  boot: [["welcome", () => {}]],
  typed: [
    ["welcome", ({ key }) => key(enter)],
    ["userID", ({ keys }) => keys("alicealice")],
    ["userID", () => {}],
  ],
  untyped: [
    ["welcome", ({ key }) => key(enter)],
    ["userID", () => {}],
  ],
  whole: [
    ["welcome", ({ key }) => key(enter)],
    ["userID", ({ type }) => type("alice")],
    ["password", ({ type }) => type("correct horse")],
    ["enrolled", () => {}],
    ["home", ({ key }) => key(enter)],
    ["alias", ({ key }) => key(enter)],
    ["started", () => {}],
    ["home", ({ key }) => key(enter)],
    ["message", () => {}],
  ],
};

/** One person's first minutes with a device. Resolves with the figures that the program ends with. */
async function play(program, steps, live = false) {
  const { startExternal } = await import(join(root, "build/hosts/simulator/external/command.js"));
  const { FrameReader, frame } = await import(join(root, "build/src/link/virtualRadio.js"));
  const users = [{ userID: "alice", password: "correct horse" }];
  const network = await startExternal({ port: 0, mtu: 185, users }, () => {});
  const env = live ? { ...process.env, CPNS_BENCH_LIVE: "1" } : process.env;
  const child = spawn(program, { env });
  const air = connect(network.listener.port, "127.0.0.1");
  let screen = "";
  let figures = "";
  const reader = new FrameReader((kind, payload) => {
    if (kind === shown) screen = Buffer.from(payload).toString();
    else air.write(frame(kind, payload));
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  child.stdout.on("data", (octets) => reader.push(octets));
  child.stderr.on("data", (octets) => {
    figures += octets;
  });
  child.stdin.on("error", () => {});
  air.on("data", (octets) => child.stdin.write(octets));
  const key = async (code) => {
    child.stdin.write(frame(press, Uint8Array.of(code)));
    await pause(15);
  };
  const keys = async (text) => {
    for (const letter of text) await key(letter.charCodeAt(0));
  };
  const type = async (text) => {
    await keys(text);
    await key(enter);
  };
  const until = async (wanted) => {
    for (let i = 0; screen !== wanted && child.exitCode === null && screen !== "error" && i < 1_500; i++)
      await pause(20);
  };
  let done = 0;
  for (const [wanted, act] of steps) {
    await until(wanted);
    if (screen !== wanted) break;
    done++;
    await act({ key, keys, type });
  }
  child.stdin.end();
  await ended;
  air.destroy();
  network.stop();
  const last = figures.trim().split("\n").at(-1) ?? "";
  if (done < steps.length) throw new Error(`the firmware stopped at ${steps[done][0]}: ${last}`);
  return JSON.parse(last);
}

/** Letters of `visit.typed`. */
const letters = 10;

/**
 * What a run from the first boot to a message from the Server takes of XS's memory, in octets: most in use between two
 * turns, and the stack's peak; and what the board's manifest gives. And byte codes: from the start to the first screen
 * that asks for something, and for one letter that is typed, its screen included. `phases`: the same up to the end of
 * each, and what is in use when nothing happens. Throws when the board's memory is not
 * enough.
 */
export async function measureMemory(sdk, resources) {
  const program = await build(sdk, resources);
  // With the board's own collections first: it must do.
  const board = await play(program, visit.whole);
  const whole = await play(program, visit.whole, true);
  const { liveSlots, liveChunks } = whole;
  const phases = [];
  for (const [name, last] of [
    ["boot", "welcome"],
    ["enrolment", "enrolled"],
    ["PN establishment", "started"],
  ]) {
    const steps = visit.whole.slice(
      0,
      visit.whole.findIndex(([screen]) => screen === last),
    );
    const till = await play(program, [...steps, [last, () => {}]], true);
    phases.push({ name, slots: till.liveSlots, chunks: till.liveChunks, stack: till.stack });
  }
  phases.push({ name: "idle in the PN", slots: whole.slotsNow, chunks: whole.chunksNow, stack: 0 });
  const boot = await play(program, visit.boot);
  const typed = (await play(program, visit.typed)).meter - (await play(program, visit.untyped)).meter;
  const { stack, slotsMax, chunksMax, stackMax } = board;
  const given = slotsMax + chunksMax + stackMax;
  const meter = { boot: boot.meter, letter: Math.round(typed / letters) };
  return { slots: liveSlots, chunks: liveChunks, stack, given, meter, phases };
}
