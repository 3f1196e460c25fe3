import type { NetConnectOpts, Socket } from "node:net";
import type { KeyValue, Log } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Application } from "../../../src/device/application/application.js";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import type { Board } from "../../../src/device/board.js";
import { CrashReports } from "../../../src/device/crash.js";
import { switchOn } from "../../../src/device/firmware.js";
import type { FactoryDevice } from "../../../src/keystore/factoryData.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import { TcpLink } from "../../esp32/sdkSimulator/tcpLink.js";
import { nodeRandom, nodeSuite } from "../../node/nodeSuite.js";
import { nodeSockets } from "../external/nodeSocket.js";
import { VirtualKeypad } from "../network/body.js";
import { factoryFlash } from "../network/device.js";
import { firmwareVersion, updatePorts, versionOn } from "../network/images.js";
import { WallClock } from "../world/clock.js";
import type { VirtualSlots } from "../world/slots.js";

export interface JoinedFirmware {
  readonly slots: VirtualSlots;
  /** Of the update alone. */
  readonly store: KeyValue;
  /** Compressed, of whoever signs its images; the simulator's unless told. */
  readonly publicKey?: Uint8Array;
}

export interface JoinedDeviceOptions {
  /** Where a PN GW's virtual radio listens. */
  readonly at: NetConnectOpts;
  readonly flash: KeyValue;
  readonly name?: string;
  /** As its factory made it: without keypad and display, and reached at the gateway. */
  readonly factory?: FactoryDevice;
  /** What it is for. */
  readonly application?: () => Application;
  /** Where its firmware starts from, and who signs it; without them it takes no other. */
  readonly firmware?: JoinedFirmware;
  readonly log: Log;
  show(screen: Screen): void;
}

const pace = Object.freeze({ iterations: 2_000, pause: Milliseconds(1) });

/** The firmware on this computer, in the world's time, with a full keyboard, in the air of a PN GW that runs elsewhere. */
export class JoinedDevice {
  readonly #options: JoinedDeviceOptions;
  #clock = new WallClock();
  #keypad = new VirtualKeypad("keyboard");
  readonly #sockets = new Set<Socket>();

  constructor(options: JoinedDeviceOptions) {
    this.#options = options;
    this.#boot();
  }

  press(press: KeyPress): void {
    this.#keypad.press(press);
  }

  stop(): void {
    this.#clock.stop();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #boot(): void {
    const { at, flash, name, factory, application, firmware, log, show } = this.#options;
    const clock = new WallClock();
    this.#clock = clock;
    this.#keypad = new VirtualKeypad(factory === undefined ? "keyboard" : "none");
    const Socket = nodeSockets(at, (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    const restart = (): void => {
      // The firmware is in the middle of something that must not see its own end.
      setImmediate(() => {
        this.stop();
        this.#boot();
      });
    };
    const update = (one: JoinedFirmware): Pick<Board, "version" | "slots" | "update"> => {
      const slots = one.slots.boot(nodeSuite, restart);
      const version = versionOn(one.slots);
      return { version, slots, update: () => updatePorts(slots, one.store, one.publicKey) };
    };
    switchOn({
      ...(firmware === undefined ? { version: firmwareVersion } : update(firmware)),
      ...(name !== undefined && { name }),
      ...(application && { application: new ApplicationRuntime(application()) }),
      clock,
      log,
      suite: nodeSuite,
      pace,
      display: { kind: factory === undefined ? "320x240" : "none", show },
      ...(factory && { policy: { reachable: true } }),
      keypad: this.#keypad,
      radio: new TcpLink({ Socket, host: "", port: 0, clock }),
      crashes: new CrashReports(flash),
      random: () => nodeRandom,
      flash: () => flash,
      factory: () => factoryFlash(nodeSuite, factory),
      restart,
    });
  }
}
