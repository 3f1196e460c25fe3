import type { KeyValue, Log, Random } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Suite } from "../../../src/crypto/suite.js";
import type { Application } from "../../../src/device/application/application.js";
import { ApplicationRuntime } from "../../../src/device/application/runtime.js";
import type { Board } from "../../../src/device/board.js";
import { CrashReports } from "../../../src/device/crash.js";
import type { Point } from "../../../src/device/display/colour/touchKeypad.js";
import { Firmware } from "../../../src/device/firmware.js";
import type { KeypadKind } from "../../../src/device/keypad/keypad.js";
import type { LinkEvents } from "../../../src/device/radio.js";
import type { Light } from "../../../src/device/rest.js";
import { encodeFactoryData, type FactoryDevice, factoryName } from "../../../src/keystore/factoryData.js";
import type { Pne } from "../../../src/pne/pne.js";
import type {
  AdvertisedState,
  GatewayConnection,
  PneCommand,
  PneNotice,
  PnePolicy,
} from "../../../src/pne/ports.js";
import type { KeyPress } from "../../../src/ui/keys.js";
import type { Screen } from "../../../src/ui/screen.js";
import type { SimulatorClock } from "../world/clock.js";
import type { VirtualFlash } from "../world/flash.js";
import type { AirLink } from "../world/radio.js";
import type { VirtualSlots } from "../world/slots.js";
import { type Body, dark, faceless, type MakeBody, plainBody } from "./body.js";
import { isDeaf, updatePorts, versionOn } from "./images.js";
import { Life } from "./life.js";

export interface DeviceOptions {
  readonly id: string;
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly suite: Suite;
  readonly flash: VirtualFlash;
  /** Of the update alone, and where firmware starts from. */
  readonly updates: VirtualFlash;
  readonly slots: VirtualSlots;
  readonly log: Log;
  readonly name?: string;
  /** What its factory wrote into it. */
  readonly factory?: FactoryDevice;
  readonly keypad: KeypadKind;
  /** Display and keypad; one that draws nothing unless told. */
  readonly body?: MakeBody;
  /** The PAN of this device's links is secure by itself. */
  readonly secure: boolean;
  readonly policy: Partial<PnePolicy>;
  readonly limits?: Board["limits"];
  /** Compressed, of whoever signs its firmware; the simulator's unless told. An empty one is none. */
  readonly updateKey?: Uint8Array;
  readonly updateCounter: number;
  /** What the device is for; made anew whenever it is switched on. */
  readonly application?: () => Application;
  notice(notice: PneNotice): void;
  /** Its display shows another screen. */
  screen(screen: Screen): void;
  /** It began or stopped advertising. */
  advertising(state: AdvertisedState | undefined): void;
  powerChanged(on: boolean): void;
}

/** What the air needs of a device: one of the simulator's own, or a real firmware that joins from outside. */
export interface AirDevice {
  readonly id: string;
  readonly options: { readonly secure: boolean };
  readonly powered: boolean;
  readonly advertised: AdvertisedState | undefined;
  readonly link: AirLink | undefined;
  /** False when the device does not take it. */
  connected(link: AirLink): boolean;
  received(link: AirLink, fragment: Uint8Array): void;
  disconnected(link: AirLink): void;
}

/** As the reference device derives: about half a second for 10 000 iterations, in steps of 20 ms. */
const pace = Object.freeze({ iterations: 400, pause: Milliseconds(20) });

/** One virtual device: what the hardware is to the firmware of `src/device`. Its flash outlives its power. */
export class SimulatedDevice implements AirDevice {
  readonly options: DeviceOptions;
  #makeBody: MakeBody;
  #keypad: KeypadKind;
  #makeApplication: (() => Application) | undefined;
  readonly #factory: Pick<KeyValue, "read">;
  #life: Life | undefined;
  #firmware: Firmware | undefined;
  #application: ApplicationRuntime | undefined;
  #body: Body | undefined;
  #screen: Screen;
  #radio: LinkEvents | undefined;
  #link: AirLink | undefined;
  #advertised: AdvertisedState | undefined;
  #restarts = false;

  constructor(options: DeviceOptions) {
    this.options = options;
    this.#keypad = options.keypad;
    this.#makeBody = options.body ?? plainBody(options.keypad);
    this.#makeApplication = options.application;
    this.#factory = factoryFlash(options.suite, options.factory);
    this.#screen = options.keypad === "none" ? faceless : dark;
  }

  get id(): string {
    return this.options.id;
  }

  get powered(): boolean {
    return this.#life !== undefined;
  }

  get pne(): Pne | undefined {
    return this.#firmware?.pne;
  }

  /** Of the image that runs. */
  get version(): string {
    return versionOn(this.options.slots);
  }

  /** The code of what keeps the firmware from working. */
  get halted(): string | undefined {
    return this.#firmware?.halted;
  }

  /** What it is for, as the first row of its menu says. */
  get application(): string | undefined {
    return this.#application?.name;
  }

  get keypad(): KeypadKind {
    return this.#keypad;
  }

  /** Another display and keypad for the same module, whose flash stays; it starts anew if it is on. */
  rebuild(keypad: KeypadKind, body: MakeBody): void {
    const { powered } = this;
    this.powerOff();
    this.#keypad = keypad;
    this.#makeBody = body;
    this.#show(keypad === "none" ? faceless : dark);
    if (powered) this.powerOn();
  }

  /** Another application, or none, for the same device; it starts anew if it is on. */
  becomes(application: (() => Application) | undefined): void {
    const { powered } = this;
    this.powerOff();
    this.#makeApplication = application;
    if (powered) this.powerOn();
  }

  get screen(): Screen {
    return this.#screen;
  }

  get link(): AirLink | undefined {
    return this.#link;
  }

  get advertised(): AdvertisedState | undefined {
    return this.#advertised;
  }

  powerOn(): void {
    if (this.powered) return;
    const life = new Life(
      this.options.clock,
      this.options,
      () => this.#failed(),
      () => this.#restart(),
    );
    this.#life = life;
    this.#body = this.#makeBody(life.clock);
    const firmware = new Firmware(this.#board(life, this.#body));
    this.#firmware = firmware;
    this.options.powerChanged(true);
    life.guard(() => firmware.boot());
  }

  /** The power fails, now: RAM, timers and link are gone; the peer notices after its supervision timeout. */
  powerOff(): void {
    if (!this.powered) return;
    this.#life?.end();
    this.#life = undefined;
    this.#firmware = undefined;
    this.#body?.keypad.stop();
    this.#body = undefined;
    this.#radio = undefined;
    this.#advertised = undefined;
    this.#link?.vanish("pne");
    this.#link = undefined;
    this.options.powerChanged(false);
    if (this.#keypad !== "none") this.#show(dark);
  }

  #restart(): void {
    this.#restarts = true;
    this.#life?.fail();
  }

  #failed(): void {
    const restarts = this.#restarts;
    this.#restarts = false;
    this.powerOff();
    if (restarts) this.powerOn();
  }

  press(press: KeyPress): void {
    this.#guard(() => this.#body?.press(press));
  }

  /** A finger on the display, in its pixels; undefined when it leaves. */
  touch(point: Point | undefined): void {
    this.#guard(() => this.#body?.touch?.(point));
  }

  command(command: PneCommand): void {
    this.#guard(() => this.pne?.command(command));
  }

  /** A gateway connected; false when the device does not take it. */
  connected(link: AirLink): boolean {
    const connection: GatewayConnection = {
      secure: link.secure,
      get maximumWrite() {
        return link.maximumWrite;
      },
      write: (fragment, sent) => {
        link.write("toGateway", fragment, (error) => this.#guard(() => sent(error)));
      },
      disconnect: () => link.disconnect("closed by the PNE"),
    };
    let taken = false;
    this.#link = link;
    this.#guard(() => {
      taken = this.#radio?.connected(connection) ?? false;
    });
    return taken;
  }

  received(link: AirLink, fragment: Uint8Array): void {
    if (this.#link === link) this.#guard(() => this.#radio?.received(fragment));
  }

  disconnected(link: AirLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#guard(() => this.#radio?.disconnected());
  }

  #guard(work: () => void): void {
    this.#life?.guard(work);
  }

  /** The ports of one life. */
  #board(life: Life, { display, keypad }: Body): Board {
    const { options } = this;
    const { suite, name, policy, limits } = options;
    const { light } = display;
    const application = this.#makeApplication && new ApplicationRuntime(this.#makeApplication());
    this.#application = application;
    const version = this.version;
    return {
      version,
      ...(name !== undefined && { name }),
      clock: life.clock,
      // That the power is on has been told.
      log: { event: (event, fields) => event !== "firmware.started" && options.log.event(event, fields) },
      suite,
      pace,
      display: {
        kind: display.kind,
        ...(light && { light: (level: Light) => !life.over && light(level) }),
        show: (screen) => {
          if (life.over || display.kind === "none") return;
          display.show(screen);
          this.#show(screen);
        },
      },
      keypad,
      radio: {
        start: (_name, events) => {
          // Firmware that has lost its ear.
          if (!isDeaf(version)) this.#radio = events;
          events.ready();
        },
        advertise: (state) => {
          if (isDeaf(version)) return;
          this.#advertised = state;
          options.advertising(state);
        },
      },
      crashes: new CrashReports(life.flash),
      policy,
      ...(limits && { limits }),
      ...(application && { application }),
      notice: (notice) => options.notice(notice),
      random: () => options.random,
      flash: () => life.flash,
      factory: () => this.#factory,
      restart: () => this.#restart(),
      slots: life.slots,
      update: () => updatePorts(life.slots, life.updates, options.updateKey, options.updateCounter),
    };
  }

  #show(screen: Screen): void {
    this.#screen = screen;
    this.options.screen(screen);
  }
}

/** The factory's namespace, as `cpns factory` writes it. */
export function factoryFlash(suite: Suite, factory: FactoryDevice | undefined): Pick<KeyValue, "read"> {
  const value = factory && encodeFactoryData(suite, factory);
  return { read: (name) => (name === factoryName ? value?.slice() : undefined) };
}
