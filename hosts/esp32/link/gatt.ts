/**
 * ECMA-419 BLE server, as modules/io/ble/server/esp32 of the SDK 8.2 implements it. The SDK's typings describe another
 * one: `maxinumWrite`, `ioCapabilities`, a completion that is an Error.
 */
export interface GattConnection {
  /** ATT_MTU − 3; changes without an event. */
  readonly maximumWrite: number;
  close(): void;
  replyToPasskey(action: "input" | "compareNumber" | "outOfBand", value: number | boolean): void;
}

/**
 * `notify` of a connection. Queued, one in flight; throws when nobody is subscribed. `sent` is its completion: 0, or a
 * code of NimBLE. C keeps a reference to it that XS's collector need not see: it must be held until it was called.
 */
export type Notify = (
  this: GattConnection,
  characteristic: GattCharacteristic,
  value: Uint8Array,
  sent: (error: number) => void,
) => void;

/** What our C adds to the SDK's (c/cpnsBle.c). */
export interface BleStack {
  readonly notify: Notify;
  /** While `onSecured` runs: the bond is one of LE Secure Connections whose numbers a person has compared, now or before. */
  compared(): boolean;
  /** How often to advertise what is to be advertised: each 30 to 60 ms, or each second. False when it does not. */
  pace(slow: boolean): boolean;
  /** The name that the GAP service tells, UTF-8, of which 31 octets are taken. */
  setName(name: Uint8Array): void;
  /** Forgets who was bonded; a link that is there stays as it is. */
  forget(): void;
  /** How many are bonded. */
  bonds(): number;
}

export interface GattCharacteristic {
  readonly uuid: string;
  readonly properties: number;
  /** What the stack itself answers, always; then there are no callbacks. */
  readonly value?: Uint8Array;
  onWrite?(value: ArrayBuffer, connection: GattConnection): void;
  onRead?(connection: GattConnection): ArrayBuffer;
  onSubscribe?(connection: GattConnection): void;
  onUnsubscribe?(connection: GattConnection): void;
}

export interface SecurityState {
  readonly encrypted: boolean;
  readonly authenticated: boolean;
  readonly bonded: boolean;
}

export interface Advertisement {
  readonly flags?: number;
  readonly name?: string;
  readonly services?: readonly string[];
  readonly manufacturerData?: { readonly manufacturer: number; readonly data: Uint8Array };
  /** By the number of its AD type. */
  readonly [type: number]: Uint8Array;
}

export interface GattServerOptions {
  readonly mtu?: number;
  readonly services: readonly {
    readonly uuid: string;
    readonly characteristics: readonly GattCharacteristic[];
  }[];
  readonly security?: {
    readonly bond?: boolean;
    readonly authenticate?: boolean;
    readonly immediate?: boolean;
    readonly display?: boolean;
    readonly keyboard?: boolean | "yes/no";
  };
  onReady?(): void;
  onConnect?(connection: GattConnection): void;
  onDisconnect?(connection: GattConnection): void;
  onPasskey?(connection: GattConnection, action: string, data?: number): void;
  onSecured?(connection: GattConnection, state: SecurityState): void;
  onWarning?(message: string): void;
}

export interface GattServer {
  startAdvertising(advertisement: Advertisement, response?: Advertisement): void;
  stopAdvertising(): void;
}

export interface GattServerClass {
  new (options: GattServerOptions): GattServer;
  readonly properties: Readonly<Record<"notify" | "read" | "write" | "writeWithOutResponse", number>>;
}
