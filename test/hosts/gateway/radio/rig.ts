import assert from "node:assert/strict";
import { BleLink } from "../../../../hosts/esp32/link/bleLink.js";
import type { Noble } from "../../../../hosts/gateway/radio/noble.js";
import { NobleRadio } from "../../../../hosts/gateway/radio/nobleRadio.js";
import { WallClock } from "../../../../hosts/simulator/world/clock.js";
import { silentLog } from "../../../../src/base/ports.js";
import type { PneConnection } from "../../../../src/gateway/pneLink.js";
import type { LinkListener, RadioError } from "../../../../src/gateway/radio.js";
import { AdvertisedState } from "../../../../src/link/service.js";
import type { GatewayConnection } from "../../../../src/pne/ports.js";
import { AdapterSocket, acceptDriverClasses, TestAdapter } from "../../../support/hci/adapter.js";
import { Air } from "../../../support/hci/air.js";
import { airStack } from "../../../support/hci/airConnection.js";
import { type ControllerOptions, HciController } from "../../../support/hci/controller.js";
import { AirPeripheral, type PeripheralOptions } from "../../../support/hci/peripheral.js";
import { until } from "../../../support/until.js";

acceptDriverClasses();

/** Static random addresses: the two most significant bits are set. */
export const addressOf = (i: number): string => `c6:00:00:00:00:${i.toString(16).padStart(2, "0")}`;
export const peerOf = (i: number): string => addressOf(i).replaceAll(":", "");

/** A device whose firmware's link does what the test says. */
export class TestDevice {
  readonly radio: AirPeripheral;
  readonly link: BleLink;
  readonly received: Uint8Array[] = [];
  connection: GatewayConnection | undefined;
  closed = 0;

  constructor(clock: WallClock, options: PeripheralOptions) {
    this.radio = new AirPeripheral(options);
    this.link = new BleLink({
      GattServer: this.radio.GattServer,
      stack: airStack,
      version: "0.0.0",
      clock,
      log: silentLog,
    });
    this.link.start("Lamp", {
      ready: () => {},
      connected: (connection) => {
        this.connection = connection;
        return true;
      },
      received: (fragment) => void this.received.push(fragment),
      disconnected: () => {
        this.connection = undefined;
        this.closed++;
      },
    });
    this.link.advertise(AdvertisedState.freeToJoin);
  }
}

/** What the owner of a radio has heard of one attempt. */
export class TestLink {
  connection: PneConnection | undefined;
  error: RadioError | undefined;
  closed: string | undefined;
  readonly received: Uint8Array[] = [];
  /** Ends of the link and of writes, in order. */
  readonly events: string[] = [];

  readonly listener: LinkListener = {
    connected: (connection) => {
      this.connection = connection;
    },
    failed: (error) => {
      this.error = error;
      this.events.push(`failed ${error.code}`);
    },
    received: (fragment) => void this.received.push(fragment),
    closed: (reason) => {
      this.closed = reason;
      this.events.push("closed");
    },
  };

  get ended(): boolean {
    return this.error !== undefined || this.closed !== undefined;
  }

  get up(): PneConnection {
    return this.connection ?? assert.fail(`no connection: ${this.error?.message}`);
  }

  /** The completion of one write. */
  async write(fragment: Uint8Array): Promise<string | undefined> {
    return new Promise((resolve) =>
      this.up.write(fragment, (error) => {
        this.events.push(error?.code ?? "sent");
        resolve(error?.code);
      }),
    );
  }
}

export interface RigOptions {
  readonly controller?: Partial<ControllerOptions>;
  readonly userChannel?: boolean;
  /** Of the gateway's time limits; the devices and the air keep the world's time. */
  readonly speed?: number;
  readonly diagnosis?: RadioError;
  /** Another owner starts the radio. */
  readonly start?: boolean;
}

/** A gateway's radio on the unmodified noble, over a controller of ours, and devices on its other side. */
export class Rig {
  readonly clock = new WallClock();
  readonly gatewayClock: WallClock;
  readonly air = new Air();
  readonly adapter: TestAdapter;
  readonly radio: NobleRadio;
  readonly devices: TestDevice[] = [];
  /** What was heard, in order. */
  readonly heard: string[] = [];
  readonly usable: string[] = [];
  diagnosis: RadioError | undefined;
  /** The stack that is open, or was last. */
  noble: Noble | undefined;
  stacks = 0;

  constructor({ controller, userChannel = false, speed = 1, diagnosis, start = true }: RigOptions = {}) {
    const air = this.air;
    this.gatewayClock = new WallClock({ speed });
    this.diagnosis = diagnosis;
    this.adapter = new TestAdapter(new HciController({ air, address: "00:1b:dc:00:00:01", ...controller }));
    this.radio = new NobleRadio({
      clock: this.gatewayClock,
      log: silentLog,
      diagnose: () => this.diagnosis,
      open: async () => {
        this.stacks++;
        const { withBindings } = await import("@stoprocent/noble");
        const options = { hciDriver: AdapterSocket, bindParams: this.adapter, userChannel };
        this.noble = withBindings("hci", options as object) as unknown as Noble;
        return this.noble;
      },
    });
    if (!start) return;
    this.radio.start({
      heard: (peer, { state, name }) => void this.heard.push(`${peer} ${state} ${name}`),
      lost: (peer) => void this.heard.push(`${peer} lost`),
      usable: (error) => void this.usable.push(error?.code ?? "usable"),
    });
  }

  device(options: Partial<PeripheralOptions> = {}): TestDevice {
    const { air } = this;
    const device = new TestDevice(this.clock, { air, address: addressOf(this.devices.length), ...options });
    this.devices.push(device);
    return device;
  }

  async hears(i: number): Promise<void> {
    const says = (line: string): boolean => line.startsWith(peerOf(i)) && !line.endsWith("lost");
    await until(() => this.heard.some(says), `device ${i} to be heard`);
  }

  attempt(i: number): TestLink {
    const link = new TestLink();
    this.radio.connect(peerOf(i), link.listener);
    return link;
  }

  /** A link that is open on both sides. */
  async connect(i: number): Promise<TestLink> {
    await this.hears(i);
    const link = this.attempt(i);
    await until(() => link.connection !== undefined || link.error !== undefined, `a link to device ${i}`);
    assert.equal(link.error, undefined);
    await until(() => this.devices[i]?.connection !== undefined, `the link of device ${i}`);
    return link;
  }

  /** What the lint has found on every connection of every device. */
  get violations(): readonly string[] {
    return this.devices.flatMap(({ radio }) => radio.lints.flatMap(({ violations }) => violations));
  }

  close(): void {
    this.radio.stop();
    for (const { radio } of this.devices) radio.powerOff();
    this.clock.stop();
    this.gatewayClock.stop();
  }
}
