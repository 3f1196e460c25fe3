import { CpnsError } from "../../../src/base/errors.js";
import { ascii } from "../../../src/base/octets.js";
import type { Done } from "../../../src/base/outcome.js";
import type { Clock, LogValue } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Method } from "../../../src/codec/methods.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import { Secret } from "../../../src/crypto/secret.js";
import type { CurveSuite, Suite } from "../../../src/crypto/suite.js";
import type { Database } from "../../../src/database/port.js";
import type { Application } from "../../../src/device/application/application.js";
import type { KeypadKind } from "../../../src/device/keypad/keypad.js";
import { Gateway } from "../../../src/gateway/gateway.js";
import type { PneConnection, PneLink } from "../../../src/gateway/pneLink.js";
import type { GatewayNotice } from "../../../src/gateway/ports.js";
import { Reconnector, type Served } from "../../../src/gateway/reconnector.js";
import type { FactoryDevice } from "../../../src/keystore/factoryData.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import type { SessionLimits } from "../../../src/link/record.js";
import type { PneNotice, PnePolicy } from "../../../src/pne/ports.js";
import { asciiText } from "../../../src/pne/text.js";
import type { ServerPolicy } from "../../../src/procedure/serverPorts.js";
import type { ImportedDevice } from "../../../src/server/devices.js";
import { Server } from "../../../src/server/server.js";
import type { Screen } from "../../../src/ui/screen.js";
import { nodeSuite } from "../../node/nodeSuite.js";
import { Operator, type OperatorMessage, type OperatorOptions } from "../operator/operator.js";
import { Backhaul, type BackhaulMessage } from "../world/backhaul.js";
import type { SimulatorClock } from "../world/clock.js";
import { VirtualFlash } from "../world/flash.js";
import type { MemoryDatabase } from "../world/memoryDatabase.js";
import type { AirFragment, Tamper } from "../world/radio.js";
import { SeededRandom } from "../world/random.js";
import { MemoryServerStore } from "../world/serverStore.js";
import { VirtualSlots } from "../world/slots.js";
import { AirRadio, usualMaximum } from "./airRadio.js";
import type { MakeBody } from "./body.js";
import { type AirDevice, SimulatedDevice } from "./device.js";
import { GatewayLife } from "./gatewayLife.js";
import { RogueGateway } from "./rogue.js";
import { type KeyLogLine, keyLogging } from "./suites.js";

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
  /** Of the PN GW, in place of Node's. */
  readonly gatewaySuite?: CurveSuite;
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
  readonly from?: Network;
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

export const serverID = ascii("cpns.example");
/** What the device has natively, noble has here. */
const pneSuite: CurveSuite = Object.freeze({ ...nobleSuite, curve: nobleCurve });
const operator = Object.freeze({ userID: "operator", password: "operator's own password" });

/** What the factory has written, if it gave the device an Entity ID. */
const factoryOf = ({ entityID, temporaryKey }: DeviceSpec): FactoryDevice | undefined =>
  entityID && { entityID, ...(temporaryKey && { temporaryKey }) };

/** The same time by a calendar that is wrong. */
const ahead = (clock: Clock, by = Milliseconds(0)): Clock => ({
  now: () => Milliseconds(clock.now() + by),
  after: (delay, fire) => clock.after(delay, fire),
});

/** A whole network on one machine: devices, air, one PN GW at a time, and one Server. */
export class Network {
  readonly clock: SimulatorClock;
  readonly devices: readonly SimulatedDevice[];
  readonly server: Server;
  readonly serverStore: MemoryServerStore;
  readonly backhaul: Backhaul;
  readonly operator: Operator | undefined;
  readonly gatewayFlash = new VirtualFlash(100_000);
  readonly gatewayID = ascii("gateway-01");
  readonly outOfRange = new Set<string>();
  readonly #byID: ReadonlyMap<string, SimulatedDevice>;
  readonly #options: NetworkOptions;
  readonly #random: SeededRandom;
  #gateway: Gateway;
  #life = new GatewayLife();
  #links = 0;
  /** Of the gateway's own links, by their devices. */
  readonly #gatewayLinks = new Map<string, PneLink>();
  #radio: AirRadio;
  #reconnector: Reconnector;
  #rogue: RogueGateway | undefined;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.#random = new SeededRandom(options.seed);
    const { from, clock } = options;
    this.serverStore = new MemoryServerStore({
      clock,
      random: this.#random.fork("database"),
      log: this.#log("server"),
      ...(options.database && { over: options.database }),
    });
    if (from !== undefined) {
      this.serverStore.restore(from.serverStore);
      this.gatewayFlash.restore(from.gatewayFlash.snapshot());
    }
    const naf = asciiText(serverID);
    const random = this.#random.fork("mobile operator");
    this.operator =
      options.operator &&
      new Operator(options.operator, {
        ...{ clock: options.clock, random, suite: nodeSuite, naf },
        ...(options.keylog && { keylog: options.keylog }),
        onMessage: (message) => options.observer?.operator?.(message),
      });
    this.server = this.#makeServer();
    this.backhaul = new Backhaul({
      clock: options.clock,
      latency: options.latency ?? Milliseconds(20),
      handle: (request) => this.server.begin(request),
      onMessage: (message) => options.observer?.backhaul?.(message),
    });
    this.#gateway = this.#makeGateway("gateway");
    this.#radio = this.#makeRadio();
    this.#reconnector = this.#makeReconnector();
    this.devices = options.devices.map((spec) => this.#makeDevice(spec));
    this.#byID = new Map(this.devices.map((device) => [device.id, device]));
  }

  get gateway(): Gateway {
    return this.#gateway;
  }

  /** The PN GW loses its power and starts again: only its flash remains. PNEs notice by their supervision timeout. */
  restartGateway(): void {
    this.#life.end();
    this.#reconnector.stop();
    for (const device of this.devices) device.link?.vanish("gateway");
    this.#gatewayLinks.clear();
    this.#life = new GatewayLife();
    this.#gateway = this.#makeGateway(`gateway, from ${this.clock.now()}`);
    this.#radio = this.#makeRadio();
    this.#reconnector = this.#makeReconnector();
    for (const device of this.devices) this.#radio.advertises(device);
    // Its own EUKey may have been staged only.
    this.#gateway.command({ kind: "confirm" }, (outcome) => {
      if ("error" in outcome) this.#log("gateway").event("confirm.failed", { code: outcome.error.code });
    });
  }

  #log(entity: string): { event(name: string, fields?: Readonly<Record<string, LogValue>>): void } {
    return { event: (name, fields = {}) => this.#options.observer?.log?.(entity, name, fields) };
  }

  #suite<S extends Suite>(suite: S, entity: string): S {
    const { keylog } = this.#options;
    return keylog === undefined ? suite : keyLogging(suite, entity, keylog);
  }

  /** What goes for every session of everybody. */
  get #sessions(): { readonly limits?: SessionLimits; readonly forwardSecrecy?: boolean } {
    const { limits, forwardSecrecy } = this.#options;
    return { ...(limits && { limits }), ...(forwardSecrecy !== undefined && { forwardSecrecy }) };
  }

  #makeServer(): Server {
    const random = this.#random.fork("server");
    const unknown = new Uint8Array(32);
    random.fill(unknown);
    const { policy = { mayJoin: () => true } } = this.#options;
    return new Server({
      suite: this.#suite(nodeSuite, "server"),
      random,
      clock: this.clock,
      store: this.serverStore,
      log: this.#log("server"),
      secrets: { unknown: new Secret(unknown) },
      ...(this.operator && { gba: this.operator.server }),
      serverID,
      ...this.#sessions,
      ...(policy !== "ownership" && { policy }),
      application: (_origin, _pnID, data) => ascii(`Server got: ${asciiText(data)}`.slice(0, 200)),
      received: (origin, _pnID, data) => this.#options.observer?.received?.(origin, data),
    });
  }

  #makeGateway(seed: string): Gateway {
    const suite = this.#suite(this.#options.gatewaySuite ?? nodeSuite, "gateway");
    const life = this.#life;
    const flash = life.flash(this.gatewayFlash.boot(), this.clock, () => this.restartGateway());
    const uicc = this.operator?.gateway;
    return new Gateway({
      suite,
      random: this.#random.fork(seed),
      clock: life.clock(ahead(this.clock, this.#options.gatewayAhead)),
      log: life.log(this.#log("gateway")),
      store: new KeyStore(flash, suite),
      networks: flash,
      gatewayID: this.gatewayID,
      ...(uicc && { gba: { ...uicc, ub: (request, done) => uicc.ub(request, life.callback(done)) } }),
      serverID,
      ...this.#sessions,
      poll: this.#options.poll ?? false,
      pan: { links: this.#options.maximumLinks ?? usualMaximum, technology: "BLE" },
      request: (octets, done, patience) => {
        const answered = (answer: Uint8Array | undefined): void =>
          done(
            answer === undefined ? { error: new CpnsError("result.serverUnreachable") } : { value: answer },
          );
        this.backhaul.request(octets, life.callback(answered), patience);
      },
      application: (_origin, _pnID, data) => ascii(`Gateway got: ${asciiText(data)}`.slice(0, 200)),
      notify: (notice) => this.#options.observer?.gateway?.(notice),
    });
  }

  #makeDevice(spec: DeviceSpec): SimulatedDevice {
    const { observer, from, body, limits } = this.#options;
    const factory = factoryOf(spec);
    const flash = new VirtualFlash(spec.flashCapacity);
    const updates = new VirtualFlash();
    const slots = new VirtualSlots();
    if (from !== undefined) {
      const { options } = from.device(spec.id);
      flash.restore(options.flash.snapshot());
      updates.restore(options.updates.snapshot());
      slots.restore(options.slots);
    }
    const device: SimulatedDevice = new SimulatedDevice({
      id: spec.id,
      clock: this.clock,
      random: this.#random.fork(`device ${spec.id}`),
      suite: this.#suite(this.#options.pneSuite ?? pneSuite, spec.id),
      ...{ flash, updates, slots },
      ...(spec.updateKey && { updateKey: spec.updateKey }),
      log: this.#log(spec.id),
      keypad: spec.keypad,
      secure: spec.secure,
      ...(body && { body: body(spec) }),
      ...(spec.name !== undefined && { name: spec.name }),
      ...(factory && { factory }),
      policy: this.#policyOf(spec),
      ...(limits && { limits }),
      ...(spec.application && { application: spec.application }),
      notice: (notice) => observer?.notice?.(device, notice),
      advertising: (state) => {
        if (state === undefined) this.#radio.look(device);
        else this.heard(device);
      },
      powerChanged: (on) => {
        if (!on) this.#radio.look(device);
        observer?.power?.(device, on);
      },
      screen: (screen) => observer?.screen?.(device, screen),
    });
    return device;
  }

  /** The owner's choices for a device. */
  #policyOf({
    localEUKeyCriterion,
    reachable,
    allowReenrolment,
    guest,
    methods,
  }: DeviceSpec): Partial<PnePolicy> {
    return {
      localEUKeyCriterion: localEUKeyCriterion ?? this.#options.localEUKeyCriterion ?? "r01",
      reachable: reachable ?? false,
      allowReenrolment: allowReenrolment ?? false,
      // The PN GW is its operator's; where everybody may join, devices without UI do, too.
      guest: guest ?? this.#options.policy !== "ownership",
      forwardSecrecy: this.#options.forwardSecrecy ?? false,
      ...(methods && { secureMethods: methods, insecureMethods: methods }),
    };
  }

  device(id: string): SimulatedDevice {
    const found = this.#byID.get(id);
    if (found === undefined) throw new RangeError(`no device '${id}'`);
    return found;
  }

  /** Registers users, enrols the PN GW with its operator's credentials, and switches the devices on. */
  async start(users: readonly { readonly userID: string; readonly password: string }[]): Promise<void> {
    for (const user of [operator, ...users]) {
      await this.server.registerUser(ascii(user.userID), ascii(user.password));
    }
    const made = this.#options.devices.flatMap(({ entityID, temporaryKey }) =>
      entityID && temporaryKey ? [{ entityID, temporaryKey }] : [],
    );
    await this.server.importDevices(this.#options.imports ?? made);
    const done: Done<undefined> = (outcome) => {
      if ("error" in outcome) throw outcome.error;
      for (const device of this.devices) device.powerOn();
    };
    const credentials = { userID: ascii(operator.userID), password: ascii(operator.password) };
    if (this.operator === undefined) this.gateway.command({ kind: "enrol", ...credentials }, done);
    else this.gateway.command({ kind: "bootstrap" }, done);
  }

  /** A device began to advertise. */
  heard(device: AirDevice): void {
    this.#radio.advertises(device);
  }

  #makeRadio(): AirRadio {
    const { mtu, interval, observer, tamper, maximumLinks } = this.#options;
    return new AirRadio({
      clock: this.clock,
      mtu,
      interval,
      ...(maximumLinks !== undefined && { maximumLinks }),
      ...(tamper && { tamper }),
      nextLink: () => ++this.#links,
      inRange: (device) => !this.outOfRange.has(device.id),
      onFragment: (device, fragment) => observer?.fragment?.(device, fragment),
      onLink: (device, up, reason, link) => observer?.link?.(device, up, reason, link),
    });
  }

  #makeReconnector(): Reconnector {
    const reconnector = new Reconnector({
      clock: this.#life.clock(this.clock),
      random: this.#random.fork(`reconnector, from ${this.clock.now()}`),
      log: this.#log("gateway"),
      radio: this.#radio,
      maximumLinks: this.#radio.maximumLinks,
      serve: (connection, peer) => this.#serve(connection, peer),
    });
    reconnector.start();
    return reconnector;
  }

  #serve(connection: PneConnection, peer: string): Served {
    // A false one lets nobody go.
    if (this.#rogue !== undefined) return { idle: false, ...this.#rogue.connected(connection) };
    const pneLink = this.gateway.connected(connection);
    this.#gatewayLinks.set(peer, pneLink);
    return {
      get idle() {
        return pneLink.idle;
      },
      fragment: this.#life.callback((fragment) => pneLink.fragment(fragment)),
      closed: this.#life.callback(() => {
        this.gateway.disconnected(pneLink);
        this.#gatewayLinks.delete(peer);
      }),
    };
  }

  pneLink(device: AirDevice): PneLink | undefined {
    return device.link && this.#gatewayLinks.get(device.id);
  }

  dropLink(device: AirDevice): void {
    device.link?.disconnect("link lost");
  }

  setRange(device: AirDevice, inRange: boolean): void {
    if (inRange) {
      this.outOfRange.delete(device.id);
      this.#radio.look(device);
    } else {
      this.outOfRange.add(device.id);
      this.#radio.look(device);
      device.link?.disconnect("out of range");
    }
  }

  get rogue(): boolean {
    return this.#rogue !== undefined;
  }

  /** Puts a false PN GW in place of the true one, or the true one back; connections end. */
  setRogue(on: boolean): void {
    for (const device of this.devices) device.link?.disconnect("gateway changed");
    const { clock, gatewayID } = this;
    const random = this.#random.fork("rogue");
    this.#rogue = on ? new RogueGateway({ clock, random, gatewayID, serverID }) : undefined;
  }
}
