// `npm run test:emulator`: builds the image of a chip and runs it in QEMU, against gateway and Server.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fail, root } from "../setup.mjs";
import { program } from "./build.mjs";
import { firmware } from "./command.mjs";
import { findSdk, missingIdf } from "./sdk.mjs";
import { targets } from "./targets.mjs";

/**
 * The targets' chips: QEMU's program, its machine, where the boot loader is in flash, and how long an instruction takes:
 * 2^shift ns, which has to leave an idle task its time (docs/PORTING.md).
 */
const chips = Object.freeze({
  esp32: Object.freeze({ qemu: "qemu-system-xtensa", machine: "esp32", bootLoader: 0x1000, shift: 3 }),
  esp32c3: Object.freeze({ qemu: "qemu-system-riscv32", machine: "esp32c3", bootLoader: 0, shift: 3 }),
});
const flashOctets = 4 * 1024 * 1024;

/**
 * QEMU for a chip: { command }, or why there is none. CPNS_QEMU names other programs than the one in PATH, as PATH does
 * folders: one architecture is one program, and the first that knows the machine is taken.
 */
export function findQemu({ qemu, machine }, env = process.env) {
  const named = (env.CPNS_QEMU ?? "").split(delimiter).filter((one) => one !== "");
  const commands = named.length > 0 ? named : [qemu];
  const install = `install Espressif's with: idf_tools.py install ${qemu.replace("-system", "")}`;
  let found = false;
  for (const command of commands) {
    const { error, stdout } = spawnSync(command, ["-M", "help"], { env, encoding: "utf8" });
    if (error) continue;
    if (new RegExp(`^${machine}\\b`, "m").test(stdout)) return { command };
    found = true;
  }
  const missing = found ? `knows no machine ${machine}` : "was not found";
  return { missing: `${commands.join(", ")} ${missing}; ${install}` };
}

/** The flash of a chip as it leaves its factory, of what ESP-IDF has made. `parts`: [offset, octets]. */
export function flashImage(parts, size = flashOctets) {
  const flash = Buffer.alloc(size, 0xff);
  for (const [offset, octets] of parts) {
    if (offset + octets.length > size) throw new RangeError("the flash has no room for that");
    flash.set(octets, offset);
  }
  return flash;
}

/** Where a table of partitions (hosts/esp32/board/partitions.csv) has a partition. */
export function offsetOf(table, name) {
  const row = table.split("\n").map((line) => line.split(",").map((one) => one.trim()));
  const found = row.find(([first]) => first === name);
  if (found === undefined) throw new Error(`no partition ${name}`);
  return Number(found[3]);
}

function writeFlash(target, { bootLoader }) {
  const built = join(target.out, "bin/esp32", target.board, "release", program);
  const table = readFileSync(join(root, "hosts/esp32/board/partitions.csv"), "utf8");
  const part = (offset, name) => [offset, readFileSync(join(built, name))];
  const file = join(target.out, "flash.bin");
  writeFileSync(
    file,
    flashImage([
      part(bootLoader, "bootloader.bin"),
      part(0x8000, "partition-table.bin"),
      part(offsetOf(table, "otadata"), "ota_data_initial.bin"),
      part(offsetOf(table, "ota_0"), "xs_esp32.bin"),
    ]),
  );
  return file;
}

/**
 * `target`: one, by its name; all unless told. `kills`: power cuts at random moments; `seed` makes the same ones again;
 * `reconnects`: links by Bluetooth.
 */
export async function testEmulator({
  target: only,
  kills = "20",
  reconnects = "100",
  seed = String(Date.now()),
  built = false,
}) {
  if (!/^[0-9]{1,4}$/.test(kills)) fail("--kills takes up to four digits", 2);
  if (!/^[0-9]{2,5}$/.test(reconnects)) fail("--reconnects takes two to five digits", 2);
  const emulated = [...targets().values()].filter(({ emulator }) => emulator);
  const wanted = emulated.filter(({ name }) => only === undefined || name === only);
  if (wanted.length === 0)
    fail(`no target '${only}' in an emulator; one of ${emulated.map(({ name }) => name).join(", ")}`, 2);
  let ran = 0;
  const failed = [];
  for (const target of wanted) {
    const chip = chips[target.chip];
    const qemu = findQemu(chip);
    const missing = findSdk().missing ?? missingIdf() ?? qemu.missing;
    if (missing !== undefined) {
      process.stdout.write(`skipped: ${target.name}, because ${missing}\n`);
      continue;
    }
    if (!built || !existsSync(join(target.out, "flash.bin"))) await firmware(["--target", target.name]);
    const folder = join(root, "build/test/hosts/esp32/emulator", target.tests);
    const specs = join(folder, "*.emulator.js");
    mkdirSync(target.out, { recursive: true });
    const mocha = spawnSync(
      join(root, "node_modules/.bin/mocha"),
      ["--exit", "--timeout", "240000", "--enable-source-maps", specs],
      {
        cwd: root,
        stdio: "inherit",
        env: {
          ...process.env,
          CPNS_EMULATOR_FLASH: writeFlash(target, chip),
          CPNS_EMULATOR_QEMU: qemu.command,
          CPNS_EMULATOR_MACHINE: chip.machine,
          CPNS_EMULATOR_SHIFT: String(chip.shift),
          CPNS_EMULATOR_KILLS: kills,
          CPNS_EMULATOR_SEED: seed,
          CPNS_EMULATOR_RECONNECTS: reconnects,
        },
      },
    );
    if (mocha.status !== 0) failed.push(target.name);
    ran++;
  }
  if (failed.length > 0) fail(`in QEMU the firmware failed of: ${failed.join(", ")}`);
  if (ran === 0) process.stdout.write("nothing was run in an emulator\n");
}
