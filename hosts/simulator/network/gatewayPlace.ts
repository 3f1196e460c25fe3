import { CpnsError } from "../../../src/base/errors.js";
import { ascii } from "../../../src/base/octets.js";
import type { Clock, Log } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { CurveSuite } from "../../../src/crypto/suite.js";
import { Gateway } from "../../../src/gateway/gateway.js";
import type { PneConnection, PneLink } from "../../../src/gateway/pneLink.js";
import { Reconnector, type Served } from "../../../src/gateway/reconnector.js";
import { KeyStore } from "../../../src/keystore/keystore.js";
import type { SessionLimits } from "../../../src/link/record.js";
import { asciiText } from "../../../src/pne/text.js";
import type { Operator } from "../operator/operator.js";
import type { Backhaul } from "../world/backhaul.js";
import { VirtualFlash } from "../world/flash.js";
import type { SeededRandom } from "../world/random.js";
import { AirRadio, usualMaximum } from "./airRadio.js";
import type { AirDevice } from "./device.js";
import { GatewayLife } from "./gatewayLife.js";
import type { NetworkOptions } from "./options.js";
import { RogueGateway } from "./rogue.js";

export const serverID = ascii("cpns.example");

/** What is around a PN GW. */
export interface GatewaySurroundings {
  readonly options: NetworkOptions;
  readonly random: SeededRandom;
  readonly suite: CurveSuite;
  readonly log: Log;
  /** What goes for every session of everybody. */
  readonly sessions: { readonly limits?: SessionLimits; readonly forwardSecrecy?: boolean };
  readonly operator: Operator | undefined;
  readonly backhaul: Backhaul;
  devices(): readonly AirDevice[];
}

/** The same time by a calendar that is wrong. */
const ahead = (clock: Clock, by: Milliseconds): Clock => ({
  now: () => Milliseconds(clock.now() + by),
  after: (delay, fire) => clock.after(delay, fire),
});

/** The place of the PN GW in a network: one life after the other on one flash, its radio, or a false one in its place. */
export class GatewayPlace {
  readonly flash = new VirtualFlash(100_000);
  readonly id: Uint8Array;
  readonly outOfRange = new Set<string>();
  readonly #around: GatewaySurroundings;
  #life = new GatewayLife();
  #gateway: Gateway;
  #links = 0;
  /** By its calendar. */
  #ahead: Milliseconds;
  /** Of the gateway's own links, by their devices. */
  readonly #pneLinks = new Map<string, PneLink>();
  #radio: AirRadio;
  #reconnector: Reconnector;
  #rogue: RogueGateway | undefined;

  /** `flash`: of an earlier network. */
  constructor(around: GatewaySurroundings, flash?: VirtualFlash) {
    this.#around = around;
    this.id = around.options.gatewayID ?? ascii("gateway-01");
    this.#ahead = around.options.gatewayAhead ?? Milliseconds(0);
    if (flash !== undefined) this.flash.restore(flash.snapshot());
    this.#gateway = this.#makeGateway("gateway");
    this.#radio = this.#makeRadio();
    this.#reconnector = this.#makeReconnector();
  }

  get gateway(): Gateway {
    return this.#gateway;
  }

  /** The PN GW loses its power and starts again: only its flash remains. PNEs notice by their supervision timeout. */
  restart(by = this.#ahead): void {
    this.#ahead = by;
    this.#life.end();
    this.#reconnector.stop();
    for (const device of this.#around.devices()) device.link?.vanish("gateway");
    this.#pneLinks.clear();
    this.#life = new GatewayLife();
    this.#gateway = this.#makeGateway(`gateway, from ${this.#around.options.clock.now()}`);
    this.#radio = this.#makeRadio();
    this.#reconnector = this.#makeReconnector();
    for (const device of this.#around.devices()) this.#radio.advertises(device);
    // Its own EUKey may have been staged only.
    this.#gateway.command({ kind: "confirm" }, (outcome) => {
      if ("error" in outcome) this.#around.log.event("confirm.failed", { code: outcome.error.code });
    });
  }

  #makeGateway(seed: string): Gateway {
    const { options, suite, sessions, operator, backhaul, log } = this.#around;
    const life = this.#life;
    const flash = life.flash(this.flash.boot(), options.clock, () => this.restart());
    const uicc = operator?.gateway;
    return new Gateway({
      suite,
      random: this.#around.random.fork(seed),
      clock: life.clock(ahead(options.clock, this.#ahead)),
      log: life.log(log),
      store: new KeyStore(flash, suite),
      networks: flash,
      gatewayID: this.id,
      ...(uicc && { gba: { ...uicc, ub: (request, done) => uicc.ub(request, life.callback(done)) } }),
      serverID,
      ...sessions,
      poll: options.poll ?? false,
      pan: { links: options.maximumLinks ?? usualMaximum, technology: "BLE" },
      request: (octets, done, patience) => {
        const answered = (answer: Uint8Array | undefined): void =>
          done(
            answer === undefined ? { error: new CpnsError("result.serverUnreachable") } : { value: answer },
          );
        backhaul.request(octets, life.callback(answered), patience);
      },
      application: (_origin, _pnID, data) => ascii(`Gateway got: ${asciiText(data)}`.slice(0, 200)),
      notify: (notice) => options.observer?.gateway?.(notice),
    });
  }

  #makeRadio(): AirRadio {
    const { clock, mtu, interval, observer, tamper, maximumLinks } = this.#around.options;
    return new AirRadio({
      clock,
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
    const { options, random, log } = this.#around;
    const { clock } = options;
    const reconnector = new Reconnector({
      clock: this.#life.clock(clock),
      random: random.fork(`reconnector, from ${clock.now()}`),
      log,
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
    const pneLink = this.#gateway.connected(connection);
    this.#pneLinks.set(peer, pneLink);
    return {
      get idle() {
        return pneLink.idle;
      },
      fragment: this.#life.callback((fragment) => pneLink.fragment(fragment)),
      closed: this.#life.callback(() => {
        this.#gateway.disconnected(pneLink);
        this.#pneLinks.delete(peer);
      }),
    };
  }

  /** A device has begun to advertise. */
  heard(device: AirDevice): void {
    this.#radio.advertises(device);
  }

  /** Something about a device is not as it was. */
  look(device: AirDevice): void {
    this.#radio.look(device);
  }

  pneLink(device: AirDevice): PneLink | undefined {
    return device.link && this.#pneLinks.get(device.id);
  }

  setRange(device: AirDevice, inRange: boolean): void {
    if (inRange) this.outOfRange.delete(device.id);
    else this.outOfRange.add(device.id);
    this.#radio.look(device);
    if (!inRange) device.link?.disconnect("out of range");
  }

  get rogue(): boolean {
    return this.#rogue !== undefined;
  }

  /** Puts a false PN GW in place of the true one, or the true one back; connections end. */
  setRogue(on: boolean): void {
    const { options, random, devices } = this.#around;
    for (const device of devices()) device.link?.disconnect("gateway changed");
    const rogue = { clock: options.clock, random: random.fork("rogue"), gatewayID: this.id, serverID };
    this.#rogue = on ? new RogueGateway(rogue) : undefined;
  }
}
