import { File } from "file";
import config from "mc/config";
import { Socket } from "socket";
import Time from "time";
import Timer from "timer";
import { factoryNamespace } from "../../../../src/store/factoryData.js";
import { Milliseconds } from "../../../../src/units.js";
import { DeviceClock } from "../../clock.js";
import { CrashReports } from "../../crash.js";
import { hardwareRandom } from "../../crypto/hardwareRandom.js";
import { nativeSuite } from "../../crypto/nativeSuite.js";
import { openColourDisplay } from "../../display/colour/poco.js";
import { Firmware } from "../../firmware.js";
import { hostButton, ThreeButtons } from "../../keypad/buttons.js";
import { Keypads } from "../../keypad/keypads.js";
import { TraceLog } from "../../log.js";
import { startedRandom } from "../../random.js";
import { DeviceStorage, FactoryStorage } from "../../storage/storage.js";
import { Ticks } from "../../ticker.js";
import { TestControl } from "../../twin/control.js";
import { fileStorage } from "../../twin/fileStorage.js";
import { readLink } from "../../twin/link.js";
import { TcpLink } from "../../twin/tcpLink.js";

const folder = String(config.state);
const link = readLink(File, folder);
const clock = new DeviceClock({ Timer, Time });
const storage = fileStorage(File, folder);
const flash = new DeviceStorage(storage, "cpns");
const display = openColourDisplay(screen);
const { a, b, c } = Host.Button;
const buttons = new ThreeButtons({
  left: hostButton(a),
  middle: hostButton(b),
  right: hostButton(c),
  ticker: new Ticks(Timer),
});
const hand = link.control && new TestControl(Socket, link.control.port, link.control.keypad, clock);

new Firmware({
  version: "0.1.0",
  name: "CPNS",
  clock,
  log: new TraceLog((line) => trace(line)),
  suite: nativeSuite,
  pace: { iterations: 400, pause: Milliseconds(5) },
  display: {
    kind: display.kind,
    show: (shown) => {
      display.show(shown);
      hand?.show(shown);
    },
  },
  keypad: hand === undefined ? buttons : new Keypads([hand, buttons]),
  radio: new TcpLink({ Socket, host: "127.0.0.1", port: link.air, clock }),
  crashes: new CrashReports(flash),
  random: () => startedRandom(hardwareRandom),
  flash: () => flash,
  factory: () => new FactoryStorage(storage, factoryNamespace),
  restart: () => trace("restart\n"),
});
