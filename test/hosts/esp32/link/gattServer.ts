import assert from "node:assert/strict";
import type {
  Advertisement,
  BleStack,
  GattCharacteristic,
  GattConnection,
  GattServer,
  GattServerOptions,
  Notify,
} from "../../../../hosts/esp32/link/gatt.js";
import { rxUUID, txUUID } from "../../../../src/link/service.js";

/** A connection as the SDK's: nothing of it may be touched once it has ended. */
export class MockConnection implements GattConnection {
  readonly notified: Uint8Array[] = [];
  readonly server: MockServer;
  mtu = 23;
  alive = true;
  /** The stack's security manager waits for an answer. */
  pairing = true;
  replies: (readonly [string, number | boolean])[] = [];
  /** Notifications wait until `complete` is called. */
  slow = false;
  /** What the stack answers to the next notifications: 0 is success. */
  status = 0;
  readonly pending: (() => void)[] = [];

  constructor(server: MockServer) {
    this.server = server;
  }

  #use(): void {
    assert.ok(this.alive, "a connection that has ended was used: on the device that is freed memory");
  }

  get maximumWrite(): number {
    this.#use();
    return this.mtu - 3;
  }

  notify(tx: GattCharacteristic, value: Uint8Array, sent: (error: number) => void): void {
    this.#use();
    assert.equal(tx, this.server.characteristic(txUUID), "notify takes the stack's own object");
    if (!this.server.subscribed) throw new Error("disabled");
    assert.ok(value.byteLength <= this.mtu - 3, "the stack would cut it");
    this.notified.push(new Uint8Array(value).slice());
    const { status } = this;
    const complete = (): void => sent(status);
    if (this.slow) this.pending.push(complete);
    else complete();
  }

  /** As the SDK 8.2: the owner hears nothing of it, and advertising does not resume. */
  close(): void {
    this.#use();
    this.alive = false;
    this.server.connection = undefined;
    this.server.subscribed = false;
    this.server.closed++;
  }

  replyToPasskey(action: string, value: number | boolean): void {
    this.#use();
    if (!this.pairing) throw new Error("failed");
    this.replies.push([action, value]);
  }
}

/** ECMA-419's GATT server with the ways of the SDK's (modules/io/ble/server/esp32). */
export class MockServer implements GattServer {
  static readonly properties = Object.freeze({ read: 2, writeWithOutResponse: 4, write: 8, notify: 16 });
  static last: MockServer | undefined;
  readonly options: GattServerOptions;
  readonly #made = new Map<string, GattCharacteristic>();
  advertisement: Advertisement | undefined;
  response: Advertisement | undefined;
  /** The stack could not start to advertise, and said nothing. */
  deaf = false;
  onAir = false;
  connection: MockConnection | undefined;
  subscribed = false;
  closed = 0;
  starts = 0;

  constructor(options: GattServerOptions) {
    this.options = options;
    for (const service of options.services) for (const one of service.characteristics) this.#add(one);
    MockServer.last = this;
  }

  #add(one: GattCharacteristic): void {
    const { write, writeWithOutResponse, notify, read } = MockServer.properties;
    const has = (bits: number): boolean => (one.properties & bits) !== 0;
    assert.equal(one.onRead !== undefined, has(read) && one.value === undefined, "inconsistent read");
    assert.equal(one.onWrite !== undefined, has(write | writeWithOutResponse), "inconsistent write");
    assert.equal(one.onUnsubscribe !== undefined, has(notify), "inconsistent onSubscribe");
    // The stack's own object, which is `this` of every callback.
    this.#made.set(one.uuid, Object.create(one));
  }

  characteristic(uuid: string): GattCharacteristic {
    return this.#made.get(uuid) ?? assert.fail(uuid);
  }

  startAdvertising(advertisement: Advertisement, response?: Advertisement): void {
    this.starts++;
    this.advertisement = advertisement;
    this.response = response;
    this.onAir = !this.deaf && this.connection === undefined;
  }

  /** Advertises again what is to be advertised, if it can. */
  ensure(): boolean {
    if (this.advertisement !== undefined && this.connection === undefined && !this.deaf) this.onAir = true;
    return this.onAir;
  }

  stopAdvertising(): void {
    this.onAir = false;
    this.advertisement = undefined;
  }

  // ── What a central does ──

  ready(): void {
    this.options.onReady?.();
  }

  connect(mtu = 23): MockConnection {
    const connection = new MockConnection(this);
    connection.mtu = mtu;
    this.connection ??= connection;
    this.onAir = false;
    this.options.onConnect?.(connection);
    return connection;
  }

  subscribe(connection: MockConnection): void {
    this.subscribed = true;
    const tx = this.characteristic(txUUID);
    tx.onSubscribe?.call(tx, connection);
  }

  unsubscribe(connection: MockConnection): void {
    this.subscribed = false;
    const tx = this.characteristic(txUUID);
    tx.onUnsubscribe?.call(tx, connection);
  }

  write(connection: MockConnection, octets: Uint8Array): void {
    const rx = this.characteristic(rxUUID);
    rx.onWrite?.call(rx, octets.slice().buffer, connection);
  }

  /** The link is lost; the stack advertises by itself afterwards. */
  lose(connection: MockConnection): void {
    this.options.onDisconnect?.(connection);
    connection.alive = false;
    this.subscribed = false;
    if (this.connection === connection) this.connection = undefined;
    if (this.advertisement !== undefined && !this.deaf) this.onAir = true;
  }
}

/** What our C adds to the SDK's, for mock connections. */
export class MockStack implements BleStack {
  name = "";
  slow: boolean | undefined;
  /** How often it was asked to advertise. */
  paces = 0;
  /** The bond of the link is one that was compared. */
  bond = false;
  forgotten = 0;

  readonly notify: Notify = function (characteristic, value, sent) {
    (this as MockConnection).notify(characteristic, value, sent);
  };

  compared(): boolean {
    return this.bond;
  }

  pace(slow: boolean): boolean {
    this.paces++;
    this.slow = slow;
    return MockServer.last?.ensure() === true;
  }

  setName(name: Uint8Array): void {
    this.name = Buffer.from(name).toString();
  }

  forget(): void {
    this.forgotten++;
  }

  bonds(): number {
    return this.forgotten === 0 ? 2 : 0;
  }
}
