import type { Clock, Log, Timer } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { LinkEvents, Pairing, RadioDriver } from "../../../src/device/radio.js";
import { type AdvertisedState, rxUUID, serviceUUID, txUUID } from "../../../src/link/service.js";
import { Advertising } from "./advertising.js";
import { BleConnection } from "./bleConnection.js";
import type {
  BleStack,
  GattCharacteristic,
  GattConnection,
  GattServer,
  GattServerClass,
  SecurityState,
} from "./gatt.js";
import { informationService } from "./service.js";

export interface BleLinkOptions {
  readonly GattServer: GattServerClass;
  readonly stack: BleStack;
  /** Of the firmware, for who asks. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The board can show a number and take a yes: links may become secure by themselves. */
  readonly pairing?: Pairing;
}

/** The least that offers every fragment whole (240 octets and ATT's 3). */
const preferredMtu = 247;
/** For MTU exchange, discovery and subscription; a peer that stays silent for longer is let go. */
const setupTimeout = Milliseconds(10_000);

/** The PNE's radio over the SDK's ECMA-419 GATT server (docs/PROTOCOL.md, BLE): one connection at a time. */
export class BleLink implements RadioDriver {
  readonly #options: BleLinkOptions;
  #server: GattServer | undefined;
  #events: LinkEvents | undefined;
  readonly #advertising: Advertising;
  #connection: BleConnection | undefined;
  /** What C will call, also for connections that are over: nothing else may hold it by then. */
  readonly #completions = new Set<(error: number) => void>();
  #setup: Timer | undefined;

  constructor(options: BleLinkOptions) {
    this.#options = options;
    this.#advertising = new Advertising(options);
  }

  /** Throws what the stack throws when it cannot be started. */
  start(name: string, events: LinkEvents): void {
    this.#advertising.want(undefined, name);
    this.#events = events;
    const { GattServer: Sdk, pairing, version } = this.#options;
    this.#server = new Sdk({
      mtu: preferredMtu,
      services: [
        { uuid: serviceUUID, characteristics: this.#characteristics(Sdk.properties) },
        informationService(version, Sdk.properties.read),
      ],
      ...(pairing && { security: { bond: true, authenticate: true, display: true, keyboard: "yes/no" } }),
      onReady: () => this.#up(),
      onConnect: (connection) => this.#connected(connection),
      onDisconnect: (connection) => this.#disconnected(connection),
      onPasskey: (connection, action, data) => this.#passkey(connection, action, data),
      onSecured: (connection, state) => this.#secured(connection, state),
    });
  }

  /** Callbacks must match the properties exactly, and `this` of a callback is what `notify` takes: no arrows. */
  #characteristics(properties: GattServerClass["properties"]): readonly GattCharacteristic[] {
    const link = this;
    return [
      {
        uuid: rxUUID,
        properties: properties.write | properties.writeWithOutResponse,
        onWrite(value, connection) {
          link.#written(value, connection);
        },
      },
      {
        uuid: txUUID,
        properties: properties.notify,
        onSubscribe(connection) {
          link.#subscribed(this, connection);
        },
        onUnsubscribe(connection) {
          if (link.#connection?.is(connection)) link.#drop("unsubscribed");
        },
      },
    ];
  }

  #up(): void {
    this.#events?.ready();
    if (this.#server !== undefined) this.#advertising.up(this.#server);
  }

  advertise(state: AdvertisedState | undefined, name?: string): void {
    this.#advertising.want(state, name);
  }

  forget(): void {
    this.#options.stack.forget();
  }

  bonds(): number {
    return this.#options.stack.bonds();
  }

  // ── Connection ──

  #connected(connection: GattConnection): void {
    if (this.#connection !== undefined) {
      connection.close();
      return;
    }
    this.#connection = new BleConnection(connection, this.#options.clock, {
      received: (fragment) => this.#events?.received(fragment),
      notify: (to, tx, fragment, sent) => this.#notify(to, tx, fragment, sent),
      drop: (why) => this.#drop(why),
    });
    this.#advertising.taken(true);
    this.#await();
  }

  /** For the peer to subscribe. */
  #await(): void {
    this.#setup = this.#options.clock.after(setupTimeout, () => this.#drop("silent"));
  }

  #subscribed(tx: GattCharacteristic, connection: GattConnection): void {
    const current = this.#connection;
    if (current === undefined || !current.is(connection) || current.linked) return;
    this.#setup?.cancel();
    current.subscribed(tx);
    if (this.#events?.connected(current) !== true) this.#drop("not taken");
  }

  #notify(
    to: GattConnection,
    tx: GattCharacteristic,
    fragment: Uint8Array,
    sent: (error: number) => void,
  ): void {
    const complete = (error: number): void => {
      // Called more than once, or after the link has given up: that is no news.
      if (this.#completions.delete(complete)) sent(error);
    };
    this.#completions.add(complete);
    try {
      this.#options.stack.notify.call(to, tx, fragment, complete);
    } catch (error) {
      this.#completions.delete(complete);
      throw error;
    }
  }

  /** The stack's task waits until this returns, and a write is always a success for the peer: nothing is done here. */
  #written(value: ArrayBuffer, connection: GattConnection): void {
    const current = this.#connection;
    if (current?.is(connection) && current.linked) current.arrived(new Uint8Array(value));
  }

  #disconnected(connection: GattConnection): void {
    if (this.#connection?.is(connection)) this.#unlink();
  }

  /** Ends the connection. The stack tells nothing of an end that we asked for, and does not advertise afterwards. */
  #drop(why: string): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#options.log.event("ble.dropped", { why });
    connection.end();
    this.#unlink();
  }

  #unlink(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#setup?.cancel();
    this.#options.pairing?.over();
    const linked = connection?.linked === true;
    connection?.closed();
    if (linked) this.#events?.disconnected();
    connection?.completeWrites();
    this.#advertising.taken(false);
  }

  // ── Security ──

  /**
   * Only numeric comparison makes a link secure: it needs LE Secure Connections, and its number comes from both sides'
   * keys. A passkey to display comes from the SDK's weak generator, and would be taken by legacy pairing too.
   */
  #passkey(connection: GattConnection, action: string, number: number | undefined): void {
    const current = this.#connection;
    const { pairing } = this.#options;
    if (!current?.is(connection)) return;
    if (action !== "compareNumber" || pairing === undefined || number === undefined) {
      this.#drop("pairing");
      return;
    }
    // People take their time; the stack itself ends a pairing after 30 s.
    this.#setup?.cancel();
    pairing.compare(number, (same) => {
      if (this.#connection !== current) return;
      if (!current.linked) this.#await();
      current.compared = same;
      try {
        connection.replyToPasskey("compareNumber", same);
      } catch {
        // The peer has given up, or begun anew: the number that was compared is nobody's.
        this.#drop("pairing");
      }
    });
  }

  #secured(connection: GattConnection, { encrypted, authenticated, bonded }: SecurityState): void {
    const current = this.#connection;
    const { pairing } = this.#options;
    if (!current?.is(connection)) return;
    // A bond from an earlier comparison needs no other.
    const compared = current.compared || this.#options.stack.compared();
    current.secure = pairing !== undefined && compared && encrypted && authenticated && bonded;
    this.#options.log.event("ble.secured", { secure: current.secure });
  }
}
