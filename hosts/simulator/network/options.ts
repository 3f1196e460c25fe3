import type { LogValue } from "../../../src/base/ports.js";
import type { Milliseconds } from "../../../src/base/units.js";
import type { Method } from "../../../src/codec/methods.js";
import type { CurveSuite, Suite } from "../../../src/crypto/suite.js";
import type { Database } from "../../../src/database/port.js";
import type { Application } from "../../../src/device/application/application.js";
import type { KeypadKind } from "../../../src/device/keypad/keypad.js";
import type { GatewayNotice } from "../../../src/gateway/ports.js";
import type { SessionLimits } from "../../../src/link/record.js";
import type { PneNotice } from "../../../src/pne/ports.js";
import type { ServerPolicy } from "../../../src/procedure/serverPorts.js";
import type { ImportedDevice } from "../../../src/server/devices.js";
import type { Screen } from "../../../src/ui/screen.js";
import type { OperatorMessage, OperatorOptions } from "../operator/operator.js";
import type { BackhaulMessage } from "../world/backhaul.js";
import type { SimulatorClock } from "../world/clock.js";
import type { VirtualFlash } from "../world/flash.js";
import type { MemoryDatabase } from "../world/memoryDatabase.js";
import type { AirFragment, Tamper } from "../world/radio.js";
import type { MemoryServerStore } from "../world/serverStore.js";
import type { MakeBody } from "./body.js";
import type { AirDevice, SimulatedDevice } from "./device.js";
import type { KeyLogLine } from "./suites.js";

export interface DeviceSpec {
  readonly id: string;
  readonly name?: string;
  readonly entityID?: Uint8Array;
  /** With an Entity ID only: the factory gave it to the device and to the Server (SEC-06). */
  readonly temporaryKey?: Uint8Array;
  readonly keypad: KeypadKind;
  readonly secure: boolean;
  readonly flashCapacity?: number;
  /** The only enrolment methods that its owner allows, on any PAN; by default as the firmware's policy. */
  readonly methods?: readonly Method[];
  /** In place of the network's. */
  readonly localEUKeyCriterion?: "r01" | "flow";
  /** Stays connected while idle, to be invited and reached; not unless told. */
  readonly reachable?: boolean;
  /** Without UI: takes another EUKey from its gateway while it has one; not unless told. */
  readonly allowReenrolment?: boolean;
  /** Of who signs its firmware, compressed; the simulator's unless told. */
  readonly updateKey?: Uint8Array;
  /** Built into its firmware, against older images; 0 unless told. */
  readonly updateCounter?: number;
  /** Without UI: takes part at PN GWs of other owners; so unless the network's policy is ownership. */
  readonly guest?: boolean;
  /** What the device is for; made anew whenever it is switched on. */
  readonly application?: () => Application;
}

export interface NetworkOptions {
  readonly clock: SimulatorClock;
  readonly seed: string;
  readonly mtu: number;
  /** Connection interval of the radio. */
  readonly interval: Milliseconds;
  /** Links that the PN GW's radio can have at once; 64 unless told. */
  readonly maximumLinks?: number;
  readonly devices: readonly DeviceSpec[];
  /** What the factory has told the Server (SEC-06); unless told, of each device what it has itself. */
  readonly imports?: readonly ImportedDevice[];
  readonly localEUKeyCriterion?: "r01" | "flow";
  readonly pneSuite?: Suite;
  /** Entity ID of the PN GW, where several networks have one Server. */
  readonly gatewayID?: Uint8Array;
  /** Of the PN GW, in place of Node's. */
  readonly gatewaySuite?: CurveSuite;
  /** Of the Server, in place of Node's. */
  readonly serverSuite?: CurveSuite;
  /** One way between PN GW and Server; 20 ms unless told. */
  readonly latency?: Milliseconds;
  /** The PN GW has a UICC of this operator, and gets its EUKey by GBA_U (EUK-GW-01). */
  readonly operator?: OperatorOptions;
  readonly observer?: NetworkObserver;
  /** Displays and keypads; ones that draw nothing unless told. */
  readonly body?: (spec: DeviceSpec) => MakeBody;
  /** What the Server's tables are in; memory unless told. */
  readonly database?: (memory: MemoryDatabase) => Database;
  /** Who may join which PN: an operator's own rule, or that of ownership; everybody unless told. */
  readonly policy?: ServerPolicy | "ownership";
  /** A hand in the air of every connection. */
  readonly tamper?: (...fragment: [...Parameters<Tamper>, AirDevice]) => ReturnType<Tamper>;
  /** Begins with what flash and database of this network, of the same devices, hold now. */
  readonly from?: EarlierNetwork;
  readonly keylog?: (line: KeyLogLine) => void;
  /** PNEs and PN GW offer forward secrecy. */
  readonly forwardSecrecy?: boolean;
  /** Of every session, for everybody; the protocol's unless told. */
  readonly limits?: SessionLimits;
  /** The PN GW's calendar is so far ahead of everybody's, or behind when negative; right unless told. */
  readonly gatewayAhead?: Milliseconds;
  /** The PN GW keeps a poll open at the Server; not unless told. */
  readonly poll?: boolean;
}

/** What outlasts a network. */
export interface EarlierNetwork {
  readonly serverStore: MemoryServerStore;
  readonly gatewayFlash: VirtualFlash;
  device(id: string): SimulatedDevice;
}

/** What there is to see of a network; everything is optional. */
export interface NetworkObserver {
  notice?(device: SimulatedDevice, notice: PneNotice): void;
  log?(entity: string, event: string, fields: Readonly<Record<string, LogValue>>): void;
  fragment?(device: AirDevice, fragment: AirFragment): void;
  backhaul?(message: BackhaulMessage): void;
  /** Between PN GW or Server and the BSF of the PN GW's operator. */
  operator?(message: OperatorMessage): void;
  link?(device: AirDevice, up: boolean, reason: string, link: number): void;
  power?(device: SimulatedDevice, on: boolean): void;
  /** What the PN GW tells unasked. */
  gateway?(notice: GatewayNotice): void;
  /** Application data of a PNE has come to the Server. */
  received?(entityID: Uint8Array, data: Uint8Array): void;
  /** A display shows another screen. */
  screen?(device: SimulatedDevice, screen: Screen): void;
}
