import assert from "node:assert/strict";
import type { AirDevice, SimulatedDevice } from "../../hosts/simulator/network/device.js";
import { Network } from "../../hosts/simulator/network/network.js";
import type { DeviceSpec, NetworkOptions } from "../../hosts/simulator/network/options.js";
import type { BackhaulMessage } from "../../hosts/simulator/world/backhaul.js";
import { VirtualClock } from "../../hosts/simulator/world/clock.js";
import type { AirFragment } from "../../hosts/simulator/world/radio.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds } from "../../src/base/units.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import type { PneCommand, PneNotice } from "../../src/pne/ports.js";
import { isOfTopic } from "../../src/protocols/data/messages.js";
import { decodeTopicMessage, type Value } from "../../src/protocols/topics/message.js";

export const alice = Object.freeze({ userID: "alice", password: "wonderland" });
export const bob = Object.freeze({ userID: "bob", password: "builders" });
export const keypad: DeviceSpec = Object.freeze({ id: "keypad", keypad: "matrix", secure: false });

/** Of a network for tests; `after`: one whose flash, database and time it begins with; `startsAt`: its time without one. */
export type TestOptions = Partial<NetworkOptions> & {
  readonly after?: TestNetwork;
  readonly startsAt?: Milliseconds;
};

/** A message of a topic, from whom, by Entity ID. */
export interface Told {
  readonly at: "gateway" | "server";
  readonly from: string;
  readonly topic: string;
  readonly value: Value;
}

type Final = Exclude<PneNotice["kind"], "state" | "progress">;
const finals: readonly string[] = ["enrolled", "joined", "left", "message", "failed", "resetDone"];

/** A simulated network on virtual time with everything that its devices said, for tests. */
export class TestNetwork {
  /** Of the PN GW, for networks that are made from now on. */
  static gatewaySuite: CurveSuite | undefined;
  readonly clock: VirtualClock;
  readonly network: Network;
  readonly notices: PneNotice[] = [];
  readonly fragments: AirFragment[] = [];
  /** Every message between PN GW and Server. */
  readonly backhaul: Uint8Array[] = [];
  readonly log: string[] = [];
  /** What the PN GW and the Server were told on topics. */
  readonly told: Told[] = [];
  /** Faults of the PN GW's program are made by this test. */
  faultsExpected = false;
  /** A hand in the air of every connection, from now on. */
  hand: NetworkOptions["tamper"];
  onNotice: ((device: SimulatedDevice, notice: PneNotice) => void) | undefined;
  onFragment: ((device: AirDevice, fragment: AirFragment) => void) | undefined;
  onBackhaul: ((message: BackhaulMessage) => void) | undefined;
  /** Called with every fragment and every message to or from the Server. */
  onTraffic: (() => void) | undefined;

  constructor({ after, startsAt, ...options }: TestOptions = {}) {
    this.clock = new VirtualClock(after?.clock.now() ?? startsAt);
    this.network = new Network({
      clock: this.clock,
      seed: after === undefined ? "test" : "test, later",
      ...(after && { from: after.network }),
      mtu: 185,
      interval: Milliseconds(30),
      devices: [keypad],
      ...(TestNetwork.gatewaySuite && { gatewaySuite: TestNetwork.gatewaySuite }),
      observer: {
        notice: (device, notice) => {
          this.notices.push(notice);
          this.onNotice?.(device, notice);
        },
        fragment: (device, fragment) => {
          this.onFragment?.(device, fragment);
          this.fragments.push(fragment);
          this.onTraffic?.();
        },
        backhaul: (message) => {
          this.onBackhaul?.(message);
          this.backhaul.push(message.octets);
          this.onTraffic?.();
        },
        gateway: (notice) => {
          if (notice.kind === "topic") this.told.push({ at: "gateway", ...notice });
        },
        received: (entityID, data) => {
          if (isOfTopic(data))
            this.told.push({ at: "server", from: hex(entityID), ...decodeTopicMessage(data) });
        },
        log: (entity, event, fields) => {
          this.log.push(`${entity} ${event} ${JSON.stringify(fields)}`);
          // The PN GW goes on after a fault; a test that did not make it does not.
          if (event === "gateway.fault" && !this.faultsExpected) throw new Error(String(fields.error));
        },
      },
      tamper: (...fragment) => this.hand?.(...fragment) ?? [fragment[0]],
      ...options,
    });
  }

  get device(): SimulatedDevice {
    return this.network.devices[0] as SimulatedDevice;
  }

  async start(): Promise<this> {
    await this.network.start([alice, bob]);
    await this.clock.runFor(Milliseconds(500));
    return this;
  }

  /** Switches the devices on, in a network that begins with what another one has; idle ones connect. */
  async boot(): Promise<this> {
    for (const device of this.network.devices) device.powerOn();
    await this.clock.runFor(Milliseconds(5_000));
    return this;
  }

  /** Gives a command and runs until the device says how it ended, or lost its power. */
  async run(
    command: PneCommand,
    device = this.device,
  ): Promise<Extract<PneNotice, { kind: Final }> | undefined> {
    const from = this.notices.length;
    device.command(command);
    const ended = (): PneNotice | undefined =>
      this.notices.slice(from).find((notice) => finals.includes(notice.kind));
    await this.clock.runWhile(() => device.powered && ended() === undefined, Milliseconds(120_000));
    // Lets the connection end and answers in flight arrive.
    await this.clock.runFor(Milliseconds(3_000));
    return ended() as Extract<PneNotice, { kind: Final }> | undefined;
  }

  enrol(user: { readonly userID: string; readonly password: string } = alice, device = this.device) {
    return this.run({ kind: "enrol", userID: ascii(user.userID), password: ascii(user.password) }, device);
  }

  join(device = this.device) {
    return this.run({ kind: "createPN" }, device);
  }

  async enrolled(): Promise<this> {
    await this.start();
    assert.equal((await this.enrol())?.kind, "enrolled");
    return this;
  }

  async joined(): Promise<this> {
    await this.enrolled();
    assert.equal((await this.join())?.kind, "joined");
    return this;
  }
}

/** The code of a failed notice, or the kind of another one. */
export function outcome(notice: PneNotice | undefined): string {
  if (notice === undefined) return "nothing";
  return notice.kind === "failed" ? notice.code : notice.kind;
}
