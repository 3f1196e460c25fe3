/** ECMA-419 BLE server, as modules/io/ble/server/esp32 of the SDK 8.2 implements it. */
declare module "embedded:io/bluetoothle/peripheral" {
  export interface GATTConnection {
    /** ATT_MTU − 3; changes without an event. */
    readonly maximumWrite: number;
    /** Queued, one in flight; `sent` is its completion: 0, or a code of NimBLE. */
    notify(
      characteristic: GATTCharacteristic,
      value: ArrayBuffer | Uint8Array,
      sent: (error: number) => void,
    ): void;
    close(): void;
    replyToPasskey(action: "input" | "compareNumber" | "outOfBand", value: number | boolean): void;
  }

  export interface GATTCharacteristic {
    readonly uuid: string;
    readonly properties: number;
    onWrite?(value: ArrayBuffer, connection: GATTConnection): void;
    onRead?(connection: GATTConnection): ArrayBuffer;
    onSubscribe?(connection: GATTConnection): void;
    onUnsubscribe?(connection: GATTConnection): void;
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

  export interface GATTServerOptions {
    readonly mtu?: number;
    readonly services: readonly {
      readonly uuid: string;
      readonly characteristics: readonly GATTCharacteristic[];
    }[];
    readonly security?: {
      readonly bond?: boolean;
      readonly authenticate?: boolean;
      readonly immediate?: boolean;
      readonly display?: boolean;
      readonly keyboard?: boolean | "yes/no";
    };
    onReady?(): void;
    onConnect?(connection: GATTConnection): void;
    onDisconnect?(connection: GATTConnection): void;
    onPasskey?(connection: GATTConnection, action: string, data?: number): void;
    onSecured?(connection: GATTConnection, state: SecurityState): void;
    onWarning?(message: string): void;
  }

  export class GATTServer {
    constructor(options: GATTServerOptions);
    startAdvertising(advertisement: Advertisement, response?: Advertisement): void;
    stopAdvertising(): void;
    static readonly properties: Readonly<
      Record<"notify" | "read" | "write" | "writeWithOutResponse", number>
    >;
  }
}
