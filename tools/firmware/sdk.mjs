// Looks for the Moddable SDK and ESP-IDF, and says in one line what is missing and the command that puts it there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const wantedSdk = 8;
/** What the SDK 8.2 builds with. */
const wantedIdf = "v6.0";

const hosts = { linux: "lin", darwin: "mac", win32: "win" };

/** The SDK's folder and its tools, or why there are none. */
export function findSdk() {
  const { MODDABLE } = process.env;
  if (!MODDABLE) return { missing: "the Moddable SDK is not installed; install it with: npx xs-dev setup" };
  if (!existsSync(join(MODDABLE, "modules"))) {
    return { missing: `MODDABLE names ${MODDABLE}, where no SDK is; install it with: npx xs-dev setup` };
  }
  const version = versionOf(MODDABLE);
  if (version !== undefined && Number(version.split(".")[0]) < wantedSdk) {
    return {
      missing: `the Moddable SDK is ${version}, but ${wantedSdk}.x is needed; update it with: npx xs-dev update`,
    };
  }
  const bin = join(MODDABLE, "build/bin", hosts[process.platform] ?? "lin", "release");
  if (!existsSync(join(bin, "xsc")) && !existsSync(join(bin, "xsc.exe"))) {
    return { missing: "the Moddable SDK's tools are not built; build them with: npx xs-dev setup" };
  }
  return { folder: MODDABLE, version, bin };
}

/** Why the SDK cannot build for a board, or undefined. */
export function missingBoard(sdk, board) {
  const boards = join(sdk.folder, "build/devices/esp32/targets");
  if (existsSync(join(boards, board, "manifest.json"))) return undefined;
  return `the SDK knows no board '${board}'; give the target's folder a name that you find with: ls ${boards}`;
}

/** With the HMAC peripheral that encrypts NVS, and with Bluetooth. ESP-IDF ignores what a chip cannot do. */
const encrypting = Object.freeze(["esp32s3", "esp32c3", "esp32c5", "esp32c6", "esp32h2"]);

/** Why a chip's NVS cannot be encrypted by its HMAC peripheral, or undefined. */
export function missingHmac(name, chip) {
  if (encrypting.includes(chip)) return undefined;
  const able = encrypting.join(", ");
  return `${name} has the chip ${chip}, which cannot be built with --encrypted (chips that can: ${able}); build without it, or see docs/PORTING.md`;
}

function versionOf(folder) {
  try {
    return readFileSync(join(folder, "tools/VERSION"), "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Why ESP-IDF cannot be used, or undefined. */
export function missingIdf() {
  const { IDF_PATH } = process.env;
  const install = "install it with: npx xs-dev setup --device esp32";
  if (!IDF_PATH) return `ESP-IDF is not installed (IDF_PATH); ${install}`;
  if (!existsSync(join(IDF_PATH, "components")))
    return `IDF_PATH names ${IDF_PATH}, where no ESP-IDF is; ${install}`;
  const version = spawnSync("git", ["describe", "--always", "--abbrev=0"], {
    cwd: IDF_PATH,
    encoding: "utf8",
  });
  const found = version.stdout?.trim();
  if (!found?.startsWith(wantedIdf)) {
    return `ESP-IDF is ${found || "of no known version"}, but ${wantedIdf} is needed; update it with: npx xs-dev update --device esp32`;
  }
  if (spawnSync("idf.py", ["--version"]).error) {
    return `ESP-IDF's tools are not in PATH; put them there with: . ${join(IDF_PATH, "export.sh")}`;
  }
  return undefined;
}

/** Why nothing can be flashed, or undefined. Windows and an UPLOAD_PORT are left to the SDK. */
export function missingPort() {
  if (process.env.UPLOAD_PORT !== undefined) {
    return existsSync(process.env.UPLOAD_PORT) || process.platform === "win32"
      ? undefined
      : `there is no port ${process.env.UPLOAD_PORT}; connect the board, then look with: npx xs-dev scan`;
  }
  if (process.platform === "win32") return undefined;
  const serial = /^(ttyUSB|ttyACM|cu\.usb|cu\.SLAB|cu\.wch)/;
  if (readdirSync("/dev").some((name) => serial.test(name))) return undefined;
  return "no board is connected to USB; connect it, then look with: npx xs-dev scan";
}
