import { ascii } from "../../../src/base/octets.js";
import type { Done } from "../../../src/base/outcome.js";
import type { Clock, LogValue } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import { nobleSuite } from "../../../src/crypto/noble.js";
import { nobleCurve } from "../../../src/crypto/nobleCurve.js";
import { Secret } from "../../../src/crypto/secret.js";
import type { CurveSuite, Suite } from "../../../src/crypto/suite.js";
import type { Gateway } from "../../../src/gateway/gateway.js";
import type { PneLink } from "../../../src/gateway/pneLink.js";
import type { FactoryDevice } from "../../../src/keystore/factoryData.js";
import type { SessionLimits } from "../../../src/link/record.js";
import type { PnePolicy } from "../../../src/pne/ports.js";
import { asciiText } from "../../../src/pne/text.js";
import { Server } from "../../../src/server/server.js";
import { nodeSuite } from "../../node/nodeSuite.js";
import { Operator } from "../operator/operator.js";
import { Backhaul } from "../world/backhaul.js";
import type { SimulatorClock } from "../world/clock.js";
import { VirtualFlash } from "../world/flash.js";
import { SeededRandom } from "../world/random.js";
import { MemoryServerStore } from "../world/serverStore.js";
import { VirtualSlots } from "../world/slots.js";
import { type AirDevice, SimulatedDevice } from "./device.js";
import { GatewayPlace, serverID } from "./gatewayPlace.js";
import type { DeviceSpec, NetworkOptions } from "./options.js";
import { keyLogging } from "./suites.js";

/** What the device has natively, noble has here. */
const pneSuite: CurveSuite = Object.freeze({ ...nobleSuite, curve: nobleCurve });
const operator = Object.freeze({ userID: "operator", password: "operator's own password" });

/** What the factory has written, if it gave the device an Entity ID. */
const factoryOf = ({ entityID, temporaryKey }: DeviceSpec): FactoryDevice | undefined =>
  entityID && { entityID, ...(temporaryKey && { temporaryKey }) };

/** A whole network on one machine: devices, air, one PN GW at a time, and one Server. */
export class Network {
  readonly clock: SimulatorClock;
  /** The Server's calendar is so far ahead of everybody's, or behind when negative; it may be set at any time. */
  serverAhead = Milliseconds(0);
  readonly #serverClock: Clock = {
    now: () => Milliseconds(this.clock.now() + this.serverAhead),
    after: (delay, fire) => this.clock.after(delay, fire),
  };
  readonly devices: readonly SimulatedDevice[];
  readonly server: Server;
  readonly serverStore: MemoryServerStore;
  readonly backhaul: Backhaul;
  readonly operator: Operator | undefined;
  readonly #byID: ReadonlyMap<string, SimulatedDevice>;
  readonly #options: NetworkOptions;
  readonly #random: SeededRandom;
  readonly #place: GatewayPlace;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.#random = new SeededRandom(options.seed);
    const { from } = options;
    this.serverStore = new MemoryServerStore({
      clock: this.#serverClock,
      random: this.#random.fork("database"),
      log: this.#log("server"),
      ...(options.database && { over: options.database }),
    });
    if (from !== undefined) this.serverStore.restore(from.serverStore);
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
    this.#place = new GatewayPlace(
      {
        ...{ options, random: this.#random, log: this.#log("gateway"), sessions: this.#sessions },
        suite: this.#suite(options.gatewaySuite ?? nodeSuite, "gateway"),
        operator: this.operator,
        backhaul: this.backhaul,
        devices: () => this.devices,
      },
      from?.gatewayFlash,
    );
    this.devices = options.devices.map((spec) => this.#makeDevice(spec));
    this.#byID = new Map(this.devices.map((device) => [device.id, device]));
  }

  get gateway(): Gateway {
    return this.#place.gateway;
  }

  get gatewayFlash(): VirtualFlash {
    return this.#place.flash;
  }

  get gatewayID(): Uint8Array {
    return this.#place.id;
  }

  get outOfRange(): ReadonlySet<string> {
    return this.#place.outOfRange;
  }

  /** The PN GW loses its power and starts again: only its flash remains. PNEs notice by their supervision timeout. */
  restartGateway(ahead?: Milliseconds): void {
    this.#place.restart(ahead);
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
      suite: this.#suite(this.#options.serverSuite ?? nodeSuite, "server"),
      random,
      clock: this.#serverClock,
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
      updateCounter: spec.updateCounter ?? 0,
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
        if (state === undefined) this.#place.look(device);
        else this.heard(device);
      },
      powerChanged: (on) => {
        if (!on) this.#place.look(device);
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
    this.#place.heard(device);
  }

  pneLink(device: AirDevice): PneLink | undefined {
    return this.#place.pneLink(device);
  }

  dropLink(device: AirDevice): void {
    device.link?.disconnect("link lost");
  }

  setRange(device: AirDevice, inRange: boolean): void {
    this.#place.setRange(device, inRange);
  }

  get rogue(): boolean {
    return this.#place.rogue;
  }

  /** Puts a false PN GW in place of the true one, or the true one back; connections end. */
  setRogue(on: boolean): void {
    this.#place.setRogue(on);
  }
}
