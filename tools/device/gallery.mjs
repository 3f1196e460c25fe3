// `node tools/device/gallery.mjs [--images]`, also of `npm run test:device`: every screen of the core as the device's displays show it, drawn by the SDK's Poco in its simulator.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { environment, run } from "../firmware/build.mjs";
import { writeModules } from "../firmware/modules.mjs";
import { findSdk } from "../firmware/sdk.mjs";
import { fail, root } from "../setup.mjs";
import { png } from "./png.mjs";

const folder = "hosts/esp32/display/gallery";
const out = join(root, "build/firmware/gallery");
/** Where the pixels of every screen are after a run. */
export const galleryFiles = join(out, "files");
const patience = 120_000;

/** Runs `mcsim` on a display of its own until the program has written `done`. */
async function runHeadless(sdk, library, done) {
  const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  try {
    const number = await new Promise((resolve, reject) => {
      server.on("error", reject);
      server.on("exit", () => reject(new Error("Xvfb ended")));
      server.stdio[3].once("data", (data) => resolve(String(data).trim()));
    });
    const simulators = join(sdk.folder, "build/simulators");
    const env = environment(sdk, { DISPLAY: `:${number}` });
    const simulator = spawn("mcsim", [simulators, library], { env, stdio: "ignore" });
    const ended = new Promise((resolve) => simulator.on("exit", resolve));
    const end = Date.now() + patience;
    while (!existsSync(done) && Date.now() < end) {
      const over = await Promise.race([ended.then(() => true), new Promise((next) => setTimeout(next, 100))]);
      if (over === true) break;
    }
    simulator.kill("SIGKILL");
    await ended;
  } finally {
    server.kill();
  }
}

/** 5, 6 and 5 bits of colour as 8, 8 and 8. */
const rgb = (width, height) => (file) => {
  const octets = readFileSync(file);
  const pixels = Buffer.alloc((octets.length / 2) * 3);
  for (let i = 0; i < octets.length / 2; i++) {
    const value = octets.readUInt16LE(2 * i);
    pixels[3 * i] = Math.round(((value >> 11) * 255) / 31);
    pixels[3 * i + 1] = Math.round((((value >> 5) & 63) * 255) / 63);
    pixels[3 * i + 2] = Math.round(((value & 31) * 255) / 31);
  }
  return { width, height, pixels };
};

const scale = 2;
/** Light blue on black, as the usual module has it; each pixel twice as wide and high. */
function oled(file) {
  const octets = readFileSync(file);
  const [width, height] = [128 * scale, 64 * scale];
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const row = Math.floor(y / scale);
      const on = (octets[(row >> 3) * 128 + Math.floor(x / scale)] >> (row & 7)) & 1;
      pixels.set(on ? [0xcf, 0xec, 0xff] : [0x06, 0x0a, 0x10], 3 * (y * width + x));
    }
  }
  return { width, height, pixels };
}

/** Pictures side by side, with a margin between them, as PNG. */
function sheet(pictures, columns) {
  const margin = 8;
  const { width: w, height: h } = pictures[0];
  const width = columns * (w + margin) + margin;
  const height = Math.ceil(pictures.length / columns) * (h + margin) + margin;
  const pixels = Buffer.alloc(width * height * 3, 0x3a);
  for (const [index, picture] of pictures.entries()) {
    const left = margin + (index % columns) * (w + margin);
    const top = margin + Math.floor(index / columns) * (h + margin);
    for (let y = 0; y < h; y++) {
      pixels.set(picture.pixels.subarray(3 * y * w, 3 * (y + 1) * w), 3 * ((top + y) * width + left));
    }
  }
  return indexed(width, height, pixels);
}

/** By a palette where there are few enough colours, by RGB otherwise. */
function indexed(width, height, pixels) {
  const seen = new Map();
  const indices = Buffer.alloc(width * height);
  for (let i = 0; i < indices.length; i++) {
    const key = (pixels[3 * i] << 16) | (pixels[3 * i + 1] << 8) | pixels[3 * i + 2];
    if (!seen.has(key)) seen.set(key, seen.size);
    indices[i] = seen.get(key);
  }
  if (seen.size > 256) return png(width, height, "rgb", pixels);
  const palette = [...seen.keys()].map((key) => [key >> 16, (key >> 8) & 255, key & 255]);
  return png(width, height, "palette", indices, palette);
}

/** What the README shows of each class, by the names of `everyScreen`. */
const shown = [
  "welcome",
  "password, last letter",
  "progress, 42 %",
  "enrolled",
  "home, in a network",
  "members",
  "invited by PNE",
  "error result.refused",
  "settings",
];

/** Builds the program that writes its pixels to the folder `files`; returns the library that mcsim runs. */
function build(sdk, files) {
  writeModules(`${folder}/target`, out);
  const include = [join(root, folder, "manifest.json"), "./modules.json"];
  writeFileSync(join(out, "manifest.json"), JSON.stringify({ include }));
  const made = join(out, "out");
  mkdirSync(made, { recursive: true });
  const args = [
    "-dn",
    "-m",
    "-p",
    "lin/m5stack",
    "-t",
    "build",
    "-o",
    made,
    "./manifest.json",
    `out=${files}`,
  ];
  run("building the gallery", "mcconfig", args, { cwd: out, env: environment(sdk) });
  return join(made, "bin/lin/m5stack/debug/gallery/mc.so");
}

/** Draws all screens; writes a sheet of each keypad's to build/firmware/gallery/images and, with `images`, the README's there. */
export async function gallery(sdk, images) {
  const files = galleryFiles;
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  const library = build(sdk, files);
  process.stderr.write("cpns: drawing every screen in the SDK's simulator …\n");
  await runHeadless(sdk, library, join(files, "done"));
  const result = join(files, "gallery.json");
  if (!existsSync(result)) fail("the gallery did not run in the SDK's simulator");
  const { failed, screens } = JSON.parse(readFileSync(result, "utf8"));
  if (failed !== undefined) fail(`the gallery failed: ${failed}`);
  const all = join(out, "images");
  mkdirSync(all, { recursive: true });
  const draw = (list, kind, columns, path) => {
    const read = { colour: rgb(320, 240), wide: rgb(240, 135), mono: oled }[kind];
    writeFileSync(
      path,
      sheet(
        list.map(({ file }) => read(join(files, `${file}.${kind}`))),
        columns,
      ),
    );
  };
  for (const keypad of new Set(screens.map((screen) => screen.keypad))) {
    const list = screens.filter((screen) => screen.keypad === keypad);
    draw(list, "colour", 6, join(all, `${keypad}-colour.png`));
    draw(list, "mono", 6, join(all, `${keypad}-mono.png`));
    if (keypad !== "touch") draw(list, "wide", 6, join(all, `${keypad}-wide.png`));
  }
  if (images !== undefined) {
    const pick = (keypad) =>
      shown.map((name) => screens.find((one) => one.keypad === keypad && one.name === name));
    draw(pick("matrix"), "colour", 3, join(images, "device-colour.png"));
    draw(pick("matrix"), "mono", 3, join(images, "device-mono.png"));
    draw(pick("buttons"), "wide", 3, join(images, "device-wide.png"));
  }
  return screens;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sdk = findSdk();
  if (sdk.missing !== undefined) process.stdout.write(`skipped: ${sdk.missing}\n`);
  else {
    const images = process.argv.includes("--images") ? join(root, "docs/images") : undefined;
    const screens = await gallery(sdk, images);
    process.stdout.write(`${screens.length} screens are drawn; see ${join(out, "images")}\n`);
  }
}
