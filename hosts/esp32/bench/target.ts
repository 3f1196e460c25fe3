import { Milliseconds } from "../../../src/base/units.js";
import { CrashReports } from "../../../src/device/crash.js";
import { DeferredDisplay } from "../../../src/device/display/deferred.js";
import { switchOn } from "../../../src/device/firmware.js";
import { type Keypad, type OnKey, ready } from "../../../src/device/keypad/keypad.js";
import type { LinkEvents, RadioDriver } from "../../../src/device/radio.js";
import { factoryNamespace } from "../../../src/keystore/factoryData.js";
import { LinkError } from "../../../src/link/errors.js";
import { FrameReader, frame, Kind, notAdvertising } from "../../../src/link/virtualRadio.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import { DeviceClock } from "../clock.js";
import { hardwareRandom } from "../crypto/hardwareRandom.js";
import { nativeSuite } from "../crypto/nativeSuite.js";
import { openColourDisplay } from "../display/colour/poco.js";
import { startedRandom } from "../random.js";
import { DeviceStorage, FactoryStorage, type SdkNamespace, type SdkStorage } from "../storage/storage.js";
import { tell } from "./host.js";
import { Time, Timers } from "./time.js";

/**
 * The firmware as a 32-bit program with a board's memory, to see how much of it a run takes: everything that a board
 * has in JavaScript is there, its radio is a pipe, its display takes pixels and forgets them, its flash is RAM of C.
 */

const timers = new Timers();
const press = 16;
const shown = 17;

class Pipe implements RadioDriver, Keypad {
  readonly kind = "keyboard";
  readonly state = ready;
  #events: LinkEvents | undefined;
  #onKey: OnKey = () => {};
  #writes: ((error?: LinkError) => void)[] = [];
  #linked = false;

  start(first: string | OnKey, events?: unknown): void {
    if (typeof first !== "string") {
      this.#onKey = first;
      return;
    }
    this.#events = events as LinkEvents;
    timers.set(() => this.#events?.ready(), 0);
  }

  stop(): void {}

  advertise(state: number | undefined): void {
    tell(frame(Kind.advertise, Uint8Array.of(state ?? notAdvertising)));
  }

  take(kind: number, payload: Uint8Array): void {
    if (kind === press) this.#onKey(pressOf(payload));
    else if (kind === Kind.connected) this.#connected(payload);
    else if (kind === Kind.fragment) this.#events?.received(payload);
    else if (kind === Kind.sent) this.#writes.shift()?.();
    else if (kind === Kind.disconnect) this.#unlinked();
  }

  #connected(payload: Uint8Array): void {
    this.#linked = true;
    this.#events?.connected({
      maximumWrite: ((payload[0] ?? 0) << 8) | (payload[1] ?? 0),
      secure: false,
      write: (fragment, sent) => {
        this.#writes.push(sent);
        tell(frame(Kind.fragment, fragment));
      },
      disconnect: () => tell(frame(Kind.disconnect)),
    });
  }

  #unlinked(): void {
    if (!this.#linked) return;
    this.#linked = false;
    this.#events?.disconnected();
    for (const sent of this.#writes.splice(0)) sent(new LinkError("link.closed"));
  }
}

const names = Object.freeze(["enter", "backspace", "escape", "tab", "up", "down"] as const);

/** One octet: a character, or 128 and the number of a named key. */
function pressOf(payload: Uint8Array): KeyPress {
  const code = payload[0] ?? 0;
  return code < 128 ? { kind: "character", code } : { kind: "named", key: names[code - 128] ?? "enter" };
}

const values = new Map<string, Uint8Array>();
const memory: SdkNamespace = {
  read: (key) => values.get(key)?.slice().buffer as ArrayBuffer | undefined,
  write: (key, value) => void values.set(key, new Uint8Array(value).slice()),
  delete: (key) => void values.delete(key),
  close() {},
  [Symbol.iterator]: () => values.keys(),
};
const storage: SdkStorage = { open: () => memory };

/** Takes what a display's controller takes. */
const glass = {
  width: 320,
  height: 240,
  // RGB565, little endian, as Poco is built for here.
  pixelFormat: 7,
  begin() {},
  send() {},
  end() {},
  continue() {},
  adaptInvalid() {},
  pixelsToBytes: (count: number): number => 2 * count,
};

const pipe = new Pipe();
const display = openColourDisplay(glass);
const reader = new FrameReader((kind, payload) => pipe.take(kind, payload));
globalThis.benchTick = (arrived) => {
  if (arrived !== undefined) reader.push(new Uint8Array(arrived));
  return timers.fire();
};
const clock = new DeviceClock({ Timer: timers as never, Time });
const drawn = new DeferredDisplay(display, clock);
const flash = new DeviceStorage(storage, "cpns");

switchOn({
  version: "bench",
  name: "CPNS",
  clock,
  log: { event() {} },
  suite: nativeSuite,
  pace: { iterations: 400, pause: Milliseconds(1) },
  display: {
    kind: display.kind,
    show: (screen) => {
      if (display.state.is !== "ready") throw new Error(display.state.why);
      drawn.show(screen);
      const octets = new Uint8Array(screen.id.length);
      for (let i = 0; i < octets.length; i++) octets[i] = screen.id.charCodeAt(i);
      tell(frame(shown, octets));
    },
  },
  keypad: pipe,
  radio: pipe,
  crashes: new CrashReports(flash),
  random: () => startedRandom(hardwareRandom),
  flash: () => flash,
  factory: () => new FactoryStorage({ open: () => ({ ...memory, read: () => undefined }) }, factoryNamespace),
  restart() {},
});
