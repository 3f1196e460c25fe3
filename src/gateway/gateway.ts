import { hex } from "../base/octets.js";
import { contain, type Done } from "../base/outcome.js";
import { randomOctets, type Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { KeyStore } from "../keystore/keystore.js";
import type { Exchange } from "../procedure/gatewayPorts.js";
import { PNGateway } from "../protocols/network/gateway.js";
import { type CommandKind, type CommandOf, runCommand } from "./commands.js";
import { Guard, type GuardedPorts } from "./guard.js";
import { OwnKey } from "./ownKey.js";
import { type PneConnection, PneLink } from "./pneLink.js";
import { Poller } from "./poller.js";
import type { GatewayAnswers, GatewayEntityPorts, GatewayPNView, GatewayView } from "./ports.js";
import { actUpon } from "./pushed.js";
import { PneRequests } from "./requests.js";
import { ServerLink } from "./serverLink.js";
import { keyRefused } from "./serverSession.js";
import { Updates } from "./updates.js";
import { deviceView, ownKeyView, pnView } from "./view.js";

/** The PN GW: many PNEs on one side, the Server on the other; commands in, `view` and notices out. */
export class Gateway {
  readonly #guard: Guard;
  readonly #ports: GuardedPorts;
  readonly #own: OwnKey;
  readonly #requests: PneRequests;
  readonly #poller: Poller;
  readonly #links = new Set<PneLink>();
  readonly #updates: Updates;
  readonly server: ServerLink;
  /** The PNs of this PN GW. */
  readonly pns: PNGateway;
  #telling: Timer | undefined;
  /** Its Entity ID is one that it took for want of another, and it has had no key under it. */
  #fresh = false;

  constructor(ports: GatewayEntityPorts) {
    const guard = new Guard(ports.log);
    this.#ports = guard.ports(
      ports,
      () => this.#changed(),
      (pnID, { entityID }, { topic, value }) => {
        this.#changed();
        // Outside of what the member waits for.
        this.#ports.clock.after(Milliseconds(0), () =>
          ports.notify?.({ kind: "topic", pn: hex(pnID), from: hex(entityID), topic, value }),
        );
      },
      (how) => this.#takeFreshID(how),
    );
    this.#guard = guard;
    this.server = new ServerLink(this.#ports, (done) => this.#own.confirm(done));
    const exchange: Exchange = (...request) => this.server.exchange(...request);
    this.pns = new PNGateway(this.#ports, () => this.links, exchange);
    this.#updates = new Updates(this.#ports);
    this.#requests = new PneRequests(this.#ports, this.pns, exchange, this.#updates);
    this.#own = new OwnKey(
      this.#ports,
      () => {
        this.#fresh = false;
        this.server.forget();
        this.pns.forgetSessions();
        this.#poll();
      },
      (done) => this.#isRefused(done),
    );
    this.#poller = new Poller(
      this.#ports,
      this.server,
      (push, done) => actUpon({ ports: this.#ports, pns: this.pns, links: this.links }, push, done),
      () => this.pns.dissolveAll(),
    );
    this.#poll();
  }

  /** True when the Server takes no key of this PN GW, which is then nobody's under its Entity ID. */
  #isRefused(done: (refused: boolean) => void): void {
    this.server.forget();
    this.server.connect((outcome) => done("error" in outcome && keyRefused.includes(outcome.error.code)));
  }

  /** Devices that are connected know it by the old one, and have to ask again. */
  #takeFreshID(how?: "once"): boolean {
    if (how === "once" && this.#fresh) return false;
    const { store, random, log } = this.#ports;
    store.entityID = randomOctets(random, 16);
    this.#fresh = true;
    log.event("gateway.freshID", { id: hex(this.#ports.gatewayID) });
    this.server.forget();
    this.pns.dissolveAll();
    for (const link of this.links) link.disconnect();
    return true;
  }

  /** There is a key to authenticate with, or may be one. */
  #poll(): void {
    const { poll = false, store, gba } = this.#ports;
    if (poll && (gba !== undefined || store.state !== "empty")) this.#poller.start();
  }

  /** Does what a person, or a program for one, asks; `done` is called once. */
  command<Kind extends CommandKind>(
    command: CommandOf<Kind> & { readonly kind: Kind },
    done: Done<GatewayAnswers[Kind]> = () => {},
  ): void {
    const host = {
      ports: this.#ports,
      own: this.#own,
      server: this.server,
      pns: this.pns,
      links: this.links,
      updates: this.#updates,
    };
    runCommand<Kind>(host, command, (outcome) => {
      this.#changed();
      done(outcome);
    });
  }

  get view(): GatewayView {
    const { gatewayID, serverID, store, gba, name } = this.#ports;
    return {
      entityID: hex(gatewayID),
      ...(name !== undefined && { name }),
      ...ownKeyView(store),
      uicc: gba !== undefined,
      server: {
        id: String.fromCharCode(...serverID),
        authenticated: this.server.authenticated,
        ...(this.server.keyShared && { keyShared: true }),
      },
      devices: this.links.map((link) => deviceView(link, this.pns.of(link))),
      pns: this.networks,
      updates: this.#updates.view,
    };
  }

  /** The part of `view` that is looked at with every reading. */
  get networks(): readonly GatewayPNView[] {
    return this.pns.pns.map(pnView);
  }

  /** The PN GW's own keys. */
  get keys(): Pick<KeyStore, "committed" | "state"> {
    return this.#ports.store;
  }

  get links(): readonly PneLink[] {
    return [...this.#links];
  }

  /** A radio connection came up; how many there may be is for the radio and its Reconnector to say. */
  connected(connection: PneConnection): PneLink {
    const link = new PneLink(this.#ports, connection, this.#requests);
    this.#links.add(link);
    this.#changed();
    return link;
  }

  /** From the radio; throws nothing. */
  disconnected(link: PneLink): void {
    this.#links.delete(link);
    const { server, pns } = this;
    for (const end of [
      () => link.closed(),
      () => this.#requests.closed(link),
      () => server.drop(link),
      () => pns.closed(link),
    ]) {
      contain(end, this.#guard.fault);
    }
    this.#changed();
  }

  /** One notice for all that changes together. */
  #changed(): void {
    if (this.#telling !== undefined) return;
    this.#telling = this.#ports.clock.after(Milliseconds(0), () => {
      this.#telling = undefined;
      this.#updates.look(this.links);
      this.#ports.notify?.({ kind: "changed" });
    });
  }
}
