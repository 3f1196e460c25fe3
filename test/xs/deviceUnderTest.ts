import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii } from "../../src/base/octets.js";
import type { Clock, Log } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import type { Curve } from "../../src/crypto/curve.js";
import { Secret } from "../../src/crypto/secret.js";
import type { CurveSuite } from "../../src/crypto/suite.js";
import { Gateway } from "../../src/gateway/gateway.js";
import type { PneLink } from "../../src/gateway/pneLink.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { Server } from "../../src/server/server.js";
import { MemoryStore } from "../support/memoryStore.js";
import type { XsDevice } from "./device.js";
import { Frame, notAdvertising, type Told } from "./frames.js";

const serverID = ascii("cpns.example");
const gatewayID = ascii("gateway-01");

/** Real time; its timers do not keep the process alive. */
const clock: Clock = {
  now: () => Milliseconds(Date.now()),
  after(delay, fire) {
    const timer = setTimeout(fire, delay).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

function makeServer(store: MemoryServerStore, suite: CurveSuite, log: Log): Server {
  const unknown = new Uint8Array(32);
  nodeRandom.fill(unknown);
  return new Server({
    suite,
    random: nodeRandom,
    clock,
    store,
    log,
    secrets: { unknown: new Secret(unknown) },
    serverID,
    policy: { mayJoin: () => true },
    application: (_origin, _pnID, data) => Uint8Array.of(...ascii("Server got: "), ...data),
  });
}

/** All that a PNE on XS meets: air, the PN GW and the Server, on Node. */
export class Station {
  readonly told: Told[] = [];
  /** What PN GW and Server have logged. */
  readonly events: string[] = [];
  readonly #server: Server;
  readonly #gateway: Gateway;
  readonly #device: XsDevice;
  #link: PneLink | undefined;
  #waiting: ((told: Told) => void) | undefined;

  constructor(
    device: XsDevice,
    readonly maximumWrite: number,
    curve: Curve = nodeSuite.curve,
  ) {
    const suite = { ...nodeSuite, curve };
    this.#device = device;
    const log: Log = { event: (name) => void this.events.push(name) };
    this.#server = makeServer(new MemoryServerStore({ clock, log }), suite, log);
    this.#gateway = new Gateway({
      suite,
      random: nodeRandom,
      clock,
      log,
      store: new KeyStore(new MemoryStore(), nodeSuite),
      gatewayID,
      serverID,
      request: (octets, done) => void this.#server.handle(octets).then((value) => done({ value })),
      application: () => ascii("Gateway"),
    });
    device.onFrame = (frame) => this.#frame(frame[0], frame.subarray(1));
  }

  /** Registers both users and enrols the PN GW. */
  async start(userID: string, password: string): Promise<void> {
    await this.#server.registerUser(ascii(userID), ascii(password));
    await this.#server.registerUser(ascii("operator"), ascii("operator's own"));
    await new Promise<void>((resolve, reject) => {
      const credentials = { userID: ascii("operator"), password: ascii("operator's own") };
      this.#gateway.command({ kind: "enrol", ...credentials }, (outcome) => {
        if ("error" in outcome) reject(outcome.error);
        else resolve();
      });
    });
  }

  /** Gives a command; the notice that ends it. Rejects when the program ends before. */
  command(kind: number, ...texts: readonly string[]): Promise<Told> {
    const parts = texts.flatMap((text) => [text.length, ...ascii(text)]);
    const ended = this.#device.exit.then(({ code, text }): never => {
      throw new Error(`the program on XS ended: ${code} ${text}`);
    });
    const told = new Promise<Told>((resolve) => {
      this.#waiting = resolve;
    });
    this.#device.send(Uint8Array.of(Frame.command, kind, ...parts));
    return Promise.race([told, ended]);
  }

  /** Resolves once the PNE has closed its connection: what it says of one that is gone must not end the next. */
  async closed(): Promise<void> {
    while (this.#link !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** The link is lost. */
  dropLink(): void {
    this.#disconnect();
  }

  /** Resolves once the PNE is in a PN on a link of its own (again). */
  async back(): Promise<void> {
    while (!this.#gateway.links.some((link) => link.established && link.protected)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #frame(type: number | undefined, octets: Uint8Array): void {
    if (type === Frame.advertise) {
      if (octets[0] !== notAdvertising) clock.after(Milliseconds(20), () => this.#connect());
    } else if (type === Frame.fragment) {
      this.#link?.fragment(octets.slice());
    } else if (type === Frame.disconnected) {
      this.#disconnect();
    } else if (type === Frame.notice) {
      const told = JSON.parse(String.fromCharCode(...octets)) as Told;
      this.told.push(told);
      this.#waiting?.(told);
      this.#waiting = undefined;
    }
  }

  #connect(): void {
    if (this.#link !== undefined) return;
    this.#device.send(Uint8Array.of(Frame.connected, this.maximumWrite, 0));
    this.#link = this.#gateway.connected({
      secure: false,
      maximumWrite: this.maximumWrite,
      write: (fragment, sent) => {
        this.#device.send(Uint8Array.of(Frame.fragment, ...fragment));
        clock.after(Milliseconds(0), () => sent());
      },
      disconnect: () => this.#disconnect(),
    });
  }

  #disconnect(): void {
    if (this.#link === undefined) return;
    this.#gateway.disconnected(this.#link);
    this.#link = undefined;
    this.#device.send(Uint8Array.of(Frame.disconnected));
  }
}
