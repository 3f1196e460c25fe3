// `npm run test:emulator`: builds the image of a chip and runs it in QEMU, against gateway and Server.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail, root } from "../setup.mjs";
import { program } from "./build.mjs";
import { firmware } from "./command.mjs";
import { findSdk, missingIdf } from "./sdk.mjs";
import { targets } from "./targets.mjs";

/** The targets' chips, by their boards: QEMU's program, its machine and where the boot loader is in flash. */
const chips = Object.freeze({
  esp32c3: Object.freeze({ qemu: "qemu-system-riscv32", machine: "esp32c3", bootLoader: 0 }),
});
const flashOctets = 4 * 1024 * 1024;

/** QEMU for a chip: { command }, or why there is none. CPNS_QEMU names another program than the one in PATH. */
export function findQemu({ qemu, machine }, env = process.env) {
  const command = env.CPNS_QEMU || qemu;
  const { error, stdout } = spawnSync(command, ["-M", "help"], { env, encoding: "utf8" });
  const install = "install Espressif's with: idf_tools.py install qemu-riscv32";
  if (error) return { missing: `${command} was not found; ${install}` };
  if (!new RegExp(`^${machine}\\b`, "m").test(stdout))
    return { missing: `${command} knows no machine ${machine}; ${install}` };
  return { command };
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

/** `kills`: power cuts at random moments; `seed` makes the same ones again; `reconnects`: links by Bluetooth. */
export async function testEmulator({
  kills = "20",
  reconnects = "100",
  seed = String(Date.now()),
  built = false,
}) {
  if (!/^[0-9]{1,4}$/.test(kills)) fail("--kills takes up to four digits", 2);
  if (!/^[0-9]{2,5}$/.test(reconnects)) fail("--reconnects takes two to five digits", 2);
  let ran = 0;
  for (const target of targets().values()) {
    if (!target.emulator) continue;
    const chip = chips[target.board];
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
          CPNS_EMULATOR_KILLS: kills,
          CPNS_EMULATOR_SEED: seed,
          CPNS_EMULATOR_RECONNECTS: reconnects,
        },
      },
    );
    if (mocha.status !== 0) fail(`the firmware of ${target.name} in QEMU failed`);
    ran++;
  }
  if (ran === 0) process.stdout.write("nothing was run in an emulator\n");
}
