import type { Clock, Log, Random, Timer } from "../base/ports.js";
import { Milliseconds } from "../base/units.js";
import type { PneConnection } from "./pneLink.js";
import type { Advertisement, GatewayRadio, RadioError } from "./radio.js";
import { type Link, nextSteps, type Peer, type Served } from "./turns.js";

export type { Served } from "./turns.js";

export interface ReconnectorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly radio: GatewayRadio;
  /** Links at once, whatever the radio can have; 64 unless told. */
  readonly maximumLinks?: number;
  /** Undefined when the PN GW does not take it: the link is let go. */
  serve(connection: PneConnection, peer: string): Served | undefined;
  /** What `peers` and `error` show may have changed. */
  changed?(): void;
}

/** What is known of a device in range, for a page or a status. */
export interface PeerView {
  readonly peer: string;
  readonly advertisement?: Advertisement;
  /** What it has last advertised, also while it is linked and does not. */
  readonly said?: Advertisement;
  readonly state: "waiting" | "connecting" | "linked";
  /** Attempts in a row that failed. */
  readonly failures: number;
}

/** Devices that are kept in mind: whoever advertises under ever new addresses takes no more memory than this. */
const maximumPeers = 1_000;
const usualMaximum = 64;
const firstRetry = Milliseconds(500);
const longestRetry = Milliseconds(60_000);

/**
 * Connects the PN GW to everybody who advertises: those who need something first, then who has waited longest; again with
 * growing pauses when it fails; and in turns when there are more devices than links (`nextSteps`).
 */
export class Reconnector {
  readonly #options: ReconnectorOptions;
  readonly #peers = new Map<string, Peer>();
  #error: RadioError | undefined;
  #usable = false;
  #stopped = false;
  #timer: Timer | undefined;
  #deciding = false;

  constructor(options: ReconnectorOptions) {
    this.#options = options;
  }

  /** Why the radio cannot be used, when it cannot. */
  get error(): RadioError | undefined {
    return this.#error;
  }

  get peers(): readonly PeerView[] {
    return [...this.#peers.values()].map(({ id, advertisement, said, link, connecting, failures }) => ({
      peer: id,
      ...(advertisement && { advertisement }),
      ...(said && { said }),
      state: link ? "linked" : connecting ? "connecting" : "waiting",
      failures,
    }));
  }

  start(): void {
    this.#options.radio.start({
      heard: (id, advertisement) => this.#heard(id, advertisement),
      lost: (id) => this.#lost(id),
      usable: (error) => {
        this.#usable = error === undefined;
        this.#error = error;
        this.#options.log.event("radio.usable", error === undefined ? {} : { error: error.code });
        this.#decide();
      },
    });
  }

  /** Ends every link. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#options.radio.stop();
    for (const { link } of this.#peers.values()) link?.served?.closed();
    this.#peers.clear();
  }

  #heard(id: string, advertisement: Advertisement): void {
    const now = this.#options.clock.now();
    const known = this.#peers.get(id);
    if (known === undefined && this.#peers.size >= maximumPeers) return;
    const fresh = { id, since: now, failures: 0, notBefore: 0, connecting: false, link: undefined };
    const peer = known ?? { ...fresh, advertisement, said: advertisement };
    if (known?.advertisement === undefined) peer.since = now;
    this.#peers.set(id, Object.assign(peer, { advertisement, said: advertisement }));
    this.#decide();
  }

  #lost(id: string): void {
    const peer = this.#peers.get(id);
    if (peer === undefined) return;
    peer.advertisement = undefined;
    if (peer.connecting) this.#options.radio.cancel(id);
    this.#decide();
  }

  /** Once for everything that calls it from within. */
  #decide(): void {
    if (this.#deciding || this.#stopped) return;
    this.#deciding = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#options.clock.now();
    this.#forget(now);
    if (this.#usable) this.#step(now);
    this.#deciding = false;
    this.#options.changed?.();
  }

  /** Those who are gone, once nothing has to be held against them any more. */
  #forget(now: number): void {
    for (const { id, advertisement, connecting, link, notBefore } of this.#peers.values()) {
      const gone = advertisement === undefined && !connecting && link === undefined;
      if (gone && notBefore <= now) this.#peers.delete(id);
    }
  }

  #step(now: number): void {
    const { radio, maximumLinks = usualMaximum, clock, log } = this.#options;
    const maximum = Math.min(radio.maximumLinks, maximumLinks);
    const { connect, letGo, wait } = nextSteps(this.#peers.values(), now, maximum);
    for (const peer of connect) this.#connect(peer);
    for (const link of letGo) {
      link.leaving = true;
      log.event("radio.turn");
      link.connection.disconnect();
    }
    if (wait === Number.POSITIVE_INFINITY) return;
    this.#timer = clock.after(Milliseconds(Math.max(1, wait)), () => this.#decide());
  }

  #connect(peer: Peer): void {
    const { clock, log, radio } = this.#options;
    peer.connecting = true;
    radio.connect(peer.id, {
      connected: (connection) => this.#connected(peer, connection),
      failed: ({ code }) => {
        peer.connecting = false;
        log.event("radio.failed", { peer: peer.id, error: code });
        if (code !== "radio.full" && code !== "radio.cancelled") this.#postpone(peer);
        this.#decide();
      },
      received: (fragment) => {
        const { link } = peer;
        if (link === undefined) return;
        link.last = clock.now();
        link.spoke = true;
        link.served?.fragment(fragment);
      },
      closed: () => this.#closed(peer),
    });
  }

  #connected(peer: Peer, connection: PneConnection): void {
    const { clock, serve } = this.#options;
    const link: Link = { connection, served: undefined, last: clock.now(), spoke: false, leaving: false };
    peer.connecting = false;
    peer.link = link;
    // While it is connected it does not advertise; what it says afterwards is heard anew.
    peer.advertisement = undefined;
    link.served = serve(watched(connection, link, clock), peer.id);
    if (link.served === undefined) connection.disconnect();
    this.#decide();
  }

  #closed(peer: Peer): void {
    const { link } = peer;
    if (link === undefined) return;
    peer.link = undefined;
    link.served?.closed();
    // A device that takes connections and says nothing is no better than one that takes none.
    if (link.spoke) [peer.failures, peer.notBefore] = [0, 0];
    else this.#postpone(peer);
    this.#decide();
  }

  /** Twice as long each time, and a quarter more or less: who failed together does not stay together. */
  #postpone(peer: Peer): void {
    const octet = new Uint8Array(1);
    this.#options.random.fill(octet);
    const pause = Math.min(longestRetry, firstRetry * 2 ** Math.min(peer.failures, 16));
    peer.failures++;
    peer.notBefore = this.#options.clock.now() + Math.round(pause * (0.75 + (octet[0] as number) / 512));
  }
}

/** Tells when it was last written to. */
function watched(connection: PneConnection, link: Link, clock: Clock): PneConnection {
  return {
    get secure() {
      return connection.secure;
    },
    get maximumWrite() {
      return connection.maximumWrite;
    },
    write: (fragment, sent) => {
      link.last = clock.now();
      connection.write(fragment, sent);
    },
    disconnect: () => connection.disconnect(),
  };
}
