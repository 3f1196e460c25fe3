import type { Random } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import type { PneConnection } from "../../src/gateway/pneLink.js";
import {
  type GatewayRadio,
  type LinkListener,
  RadioError,
  type RadioListener,
} from "../../src/gateway/radio.js";
import { Reconnector } from "../../src/gateway/reconnector.js";
import { AdvertisedState } from "../../src/link/service.js";
import { ManualClock } from "../support/manualClock.js";
import { SeededRandom } from "../support/seededRandom.js";

/** A radio whose devices and faults are the test's; attempts wait for the test. */
export class TestRadio implements GatewayRadio {
  maximumLinks = 64;
  listener: RadioListener | undefined;
  stopped = false;
  readonly attempts = new Map<string, LinkListener>();
  readonly links = new Map<string, LinkListener>();
  /** In the order of their beginning. */
  readonly attempted: string[] = [];
  readonly released: string[] = [];
  readonly written: Uint8Array[] = [];

  start(listener: RadioListener): void {
    this.listener = listener;
  }

  stop(): void {
    this.stopped = true;
  }

  connect(peer: string, listener: LinkListener): void {
    this.attempted.push(peer);
    this.attempts.set(peer, listener);
  }

  cancel(peer: string): void {
    this.fail(peer, new RadioError("radio.cancelled"));
  }

  fail(peer: string, error = new RadioError("radio.notEstablished")): void {
    const listener = this.attempts.get(peer);
    this.attempts.delete(peer);
    listener?.failed(error);
  }

  /** The attempt succeeds. */
  up(peer: string): void {
    const listener = this.attempts.get(peer);
    this.attempts.delete(peer);
    if (listener === undefined) return;
    this.links.set(peer, listener);
    const connection: PneConnection = {
      secure: false,
      maximumWrite: 20,
      write: (fragment, sent) => {
        this.written.push(fragment);
        sent();
      },
      disconnect: () => {
        this.released.push(peer);
      },
    };
    listener.connected(connection);
  }

  /** The link ends. */
  down(peer: string): void {
    const listener = this.links.get(peer);
    this.links.delete(peer);
    listener?.closed("test");
  }
}

/** What a PN GW does on a link, as far as the reconnector sees it. */
export class TestServed {
  idle = true;
  closings = 0;
  readonly fragments: Uint8Array[] = [];
  readonly connection: PneConnection;

  constructor(connection: PneConnection) {
    this.connection = connection;
  }

  fragment(fragment: Uint8Array): void {
    this.fragments.push(fragment);
  }

  closed(): void {
    this.closings++;
  }
}

/** A reconnector with everything around it in the test's hands. */
export class ReconnectorRig {
  readonly clock = new ManualClock();
  readonly radio = new TestRadio();
  readonly served = new Map<string, TestServed>();
  /** The PN GW takes no connection. */
  refuses = false;
  readonly reconnector: Reconnector;

  constructor(maximumLinks?: number, random: Random = new SeededRandom(1)) {
    if (maximumLinks !== undefined) this.radio.maximumLinks = maximumLinks;
    this.reconnector = new Reconnector({
      clock: this.clock,
      random,
      log: { event() {} },
      radio: this.radio,
      serve: (connection, peer) => {
        if (this.refuses) return undefined;
        const served = new TestServed(connection);
        this.served.set(peer, served);
        return served;
      },
    });
    this.reconnector.start();
    this.radio.listener?.usable();
  }

  hears(peer: string, state: AdvertisedState = AdvertisedState.freeToJoin): void {
    this.radio.listener?.heard(peer, { state, name: peer });
  }

  loses(peer: string): void {
    this.radio.listener?.lost(peer);
  }

  /** A link that stands, whose PNE has said something. */
  link(peer: string, state?: AdvertisedState): void {
    this.hears(peer, state);
    this.radio.up(peer);
    this.says(peer);
  }

  says(peer: string): void {
    this.radio.links.get(peer)?.received(Uint8Array.of(1, 2, 3));
  }

  pass(milliseconds: number): void {
    this.clock.advance(Milliseconds(milliseconds));
  }
}
