import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { Milliseconds } from "../../src/base/units.js";
import type { Board } from "../../src/device/board.js";
import { CrashReports } from "../../src/device/crash.js";
import type { Keypad, KeypadKind, KeypadState, OnKey } from "../../src/device/keypad/keypad.js";
import { PairingPrompt } from "../../src/device/pairing.js";
import type { LinkEvents, RadioDriver } from "../../src/device/radio.js";
import type { AdvertisedState } from "../../src/pne/ports.js";
import type { KeyPress } from "../../src/ui/keys.js";
import type { Screen } from "../../src/ui/screen.js";
import { ManualClock } from "../support/manualClock.js";
import { MemoryStore } from "../support/memoryStore.js";
import { SeededRandom } from "../support/seededRandom.js";

export class TestKeypad implements Keypad {
  kind: KeypadKind;
  state: KeypadState = { is: "ready" };
  onKey: OnKey = () => {};
  onState: (state: KeypadState) => void = () => {};
  onTouch: () => boolean = () => false;

  constructor(kind: KeypadKind) {
    this.kind = kind;
  }

  start(onKey: OnKey, onState?: (state: KeypadState) => void, onTouch?: () => boolean): void {
    this.onKey = onKey;
    if (onTouch !== undefined) this.onTouch = onTouch;
    if (onState !== undefined) this.onState = onState;
  }

  stop(): void {}

  becomes(kind: KeypadKind): void {
    this.kind = kind;
    this.state = kind === "none" ? { is: "lost", why: "unplugged" } : { is: "ready" };
    this.onState(this.state);
  }
}

export class TestRadio implements RadioDriver {
  name = "";
  events: LinkEvents | undefined;
  advertised: AdvertisedState | undefined;
  /** Comes up by itself. */
  works = true;

  start(name: string, events: LinkEvents): void {
    this.name = name;
    this.events = events;
    if (this.works) events.ready();
  }

  advertise(state: AdvertisedState | undefined): void {
    this.advertised = state;
  }

  /** What the flash held when the bonds were forgotten, each time. */
  readonly forgot: number[] = [];
  held: () => number = () => 0;

  bonded = 0;

  forget(): void {
    this.forgot.push(this.held());
    this.bonded = 0;
  }

  bonds(): number {
    return this.bonded;
  }
}

/** A board of the hands: everything can be looked at, and be missing. */
export class TestBoard implements Board {
  readonly version = "1.2.3";
  readonly name = "CPNS";
  readonly clock = new ManualClock();
  readonly suite = nodeSuite;
  readonly pace = Object.freeze({ iterations: 1_000_000, pause: Milliseconds(1) });
  readonly radio = new TestRadio();
  readonly keypad: TestKeypad;
  readonly store = new MemoryStore();
  readonly factoryStore = new MemoryStore();
  readonly screens: Screen[] = [];
  readonly events: string[] = [];
  readonly log = { event: (name: string) => void this.events.push(name) };
  readonly display: Board["display"];
  readonly crashes: CrashReports;
  readonly pairing = new PairingPrompt(this.clock);
  restarts = 0;

  constructor(
    keypad: KeypadKind = "keyboard",
    display: Board["display"]["kind"] = "320x240",
    store?: MemoryStore,
  ) {
    this.keypad = new TestKeypad(keypad);
    this.display = { kind: display, show: (screen) => void this.screens.push(screen) };
    if (store !== undefined) this.store = store;
    this.crashes = new CrashReports(this.store);
  }

  get screen(): Screen | undefined {
    return this.screens.at(-1);
  }

  press(press: KeyPress): void {
    this.keypad.onKey(press);
  }

  random = (): SeededRandom => new SeededRandom(7);
  flash = (): MemoryStore => this.store;
  factory = (): MemoryStore => this.factoryStore;
  restart = (): void => {
    this.restarts++;
  };
}
