import { Directory, File } from "file";
import config from "mc/config";
import { Socket as SdkSocket } from "socket";
import Time from "time";
import Timer from "timer";
import { Milliseconds } from "../../../src/base/units.js";
import { CrashReports } from "../../../src/device/crash.js";
import { DeferredDisplay } from "../../../src/device/display/deferred.js";
import type { Display } from "../../../src/device/display/display.js";
import type { Firmware } from "../../../src/device/firmware.js";
import type { Keypad } from "../../../src/device/keypad/keypad.js";
import { factoryNamespace } from "../../../src/keystore/factoryData.js";
import { crashReason } from "../abort.js";
import { application } from "../application.js";
import { DeviceClock } from "../clock.js";
import { hardwareRandom } from "../crypto/hardwareRandom.js";
import { nativeSuite } from "../crypto/nativeSuite.js";
import { Keypads } from "../keypad/keypads.js";
import { TraceLog } from "../log.js";
import { startedRandom } from "../random.js";
import { DeviceStorage, FactoryStorage } from "../storage/storage.js";
import { switchOn } from "../system/switchOn.js";
import { restart, startedAfter } from "../system/system.js";
import { Ticks } from "../ticker.js";
import { version } from "../version.js";
import { TestControl } from "./control.js";
import { fileStorage } from "./fileStorage.js";
import { readLink } from "./link.js";
import type { TcpSocketClass } from "./socket.js";
import { TcpLink } from "./tcpLink.js";

const Socket = SdkSocket as unknown as TcpSocketClass;

export const ticks = (): Ticks => new Ticks(Timer);

/**
 * As `start` of ../esp32.ts, in the SDK's simulator: the radio is the simulator's air over TCP, flash is a folder
 * (`config.state`, else one of the SDK's own for files), and a test may have its hand on the keypad.
 */
export function startTwin(display: Display, keypad: Keypad): Firmware {
  const folder = config.state === undefined ? `${config.file.root}cpns` : String(config.state);
  Directory.create(folder);
  const { air, control } = readLink(File, folder, Number(config.air));
  const clock = new DeviceClock({ Timer, Time });
  const storage = fileStorage(File, folder);
  const flash = new DeviceStorage(storage, "cpns");
  const crashes = new CrashReports(flash, startedAfter());
  globalThis.abort = (message) => crashes.record(crashReason(message));
  const drawn = new DeferredDisplay(display, clock);
  const hand = control && new TestControl(Socket, control.port, control.keypad, clock);
  const log = new TraceLog((line) => trace(line));
  const own = application(log);
  return switchOn({
    version,
    clock,
    log,
    ...(own && { application: own }),
    suite: nativeSuite,
    pace: { iterations: 400, pause: Milliseconds(1) },
    display: hand === undefined ? drawn : hand.watch(drawn),
    keypad: hand === undefined ? keypad : new Keypads([hand, keypad]),
    feedback: (signal) => log.event("feedback", { signal }),
    radio: new TcpLink({ Socket, host: "127.0.0.1", port: air, clock }),
    crashes,
    random: () => startedRandom(hardwareRandom),
    flash: () => flash,
    factory: () => new FactoryStorage(storage, factoryNamespace),
    restart,
  });
}
