import keyValue from "embedded:storage/key-value";
import config from "mc/config";
import Time from "time";
import Timer from "timer";
import { fromHex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { Board } from "../../src/device/board.js";
import { CrashReports } from "../../src/device/crash.js";
import { DeferredDisplay } from "../../src/device/display/deferred.js";
import type { Display } from "../../src/device/display/display.js";
import { inRhythm } from "../../src/device/feedback.js";
import type { Firmware } from "../../src/device/firmware.js";
import type { Keypad } from "../../src/device/keypad/keypad.js";
import type { PairingPrompt } from "../../src/device/pairing.js";
import type { RadioDriver } from "../../src/device/radio.js";
import { StoreError } from "../../src/keystore/errors.js";
import { factoryNamespace } from "../../src/keystore/factoryData.js";
import { boardOf } from "../../src/protocols/update/image.js";
import { crashReason } from "./abort.js";
import { application } from "./application.js";
import { DeviceClock } from "./clock.js";
import { hardwareRandom } from "./crypto/hardwareRandom.js";
import { verify } from "./crypto/native.js";
import { nativeSuite } from "./crypto/nativeSuite.js";
import { TraceLog } from "./log.js";
import { startedRandom } from "./random.js";
import { DeviceStorage, FactoryStorage, type SdkStorage } from "./storage/storage.js";
import { slots } from "./system/slots.js";
import { switchOn } from "./system/switchOn.js";
import { eraseStorage, restart, startedAfter, storageFault } from "./system/system.js";
import { Ticks } from "./ticker.js";
import { version } from "./version.js";

/** What differs between boards of the ESP32 family. */
export interface Esp32Board {
  /** The target, which images name first: "esp32/m5stack". */
  readonly board: string;
  readonly display: Display;
  readonly keypad: Keypad;
  /** A tone, a light or a motor, on or off. */
  readonly signal?: (on: boolean) => void;
  /** How full its battery is, in percent. */
  readonly battery?: Board["battery"];
  /** Where they differ from the firmware's. */
  readonly policy?: Board["policy"];
}

const storage = keyValue as SdkStorage;
/** Of the device's own records in NVS. */
const namespace = "cpns";
/** Of what a factory reset leaves: the counter against older firmware. */
const updateNamespace = "cpns-update";

export const clock = (): DeviceClock => new DeviceClock({ Timer, Time });
export const ticks = (): Ticks => new Ticks(Timer);

/** The chip's radio, or what an emulator has in its place. */
export interface Esp32Radio {
  readonly radio: RadioDriver;
  readonly pairing?: PairingPrompt;
}

export type RadioOf = (time: DeviceClock, log: TraceLog) => Esp32Radio;

/** Switches an ESP32 on: everything but display, keypad and radio is the same on each. */
export function switchOnWith(
  { board, display, keypad, signal, battery, policy }: Esp32Board,
  radioOf: RadioOf,
): Firmware {
  const time = clock();
  const log = new TraceLog((line) => trace(line));
  const flash = openedOrNot();
  const crashes = new CrashReports(flash, startedAfter());
  // XS calls it in the last moments of a run (defines.xs.abortHook of the manifest).
  globalThis.abort = (message) => crashes.record(crashReason(message));
  const own = application(log);
  return switchOn({
    version,
    clock: time,
    log,
    ...(own && { application: own }),
    suite: nativeSuite,
    pace: { iterations: 400, pause: Milliseconds(1) },
    display: new DeferredDisplay(display, time),
    keypad,
    ...(battery && { battery }),
    ...(signal && { feedback: inRhythm(time, signal) }),
    ...radioOf(time, log),
    crashes,
    ...(policy && { policy }),
    random: () => startedRandom(hardwareRandom),
    flash: () => flash ?? opened(),
    factory: () => new FactoryStorage(storage, factoryNamespace),
    restart,
    slots,
    update: () => ({
      slots,
      board: boardOf(board, config.application as string | undefined, config.encrypted !== undefined),
      store: new DeviceStorage(storage, updateNamespace),
      counter: Number(config.updateCounter ?? 0),
      publicKey: updateKey(),
      verify: (publicKey, message, signature) => verify(publicKey, nativeSuite.sha256(message), signature),
    }),
    eraseStorage: () => {
      if (!eraseStorage()) throw new StoreError("store.broken", "erase");
    },
  });
}

/** Of who signs the board's firmware, as it was built with (`updateKey` of the manifest's config); none unless told. */
function updateKey(): Uint8Array | undefined {
  const key = config.updateKey;
  return key === undefined ? undefined : fromHex(String(key));
}

/** Flash that cannot be opened is told on the display, once there is one. */
function openedOrNot(): DeviceStorage | undefined {
  try {
    return opened();
  } catch {
    return undefined;
  }
}

/** Throws StoreError("store.unusable" | "store.broken"). */
function opened(): DeviceStorage {
  const fault = storageFault();
  if (fault !== 0) throw new StoreError("store.unusable", `0x${fault.toString(16)}`);
  return new DeviceStorage(storage, namespace);
}
