import { RadioError } from "../../../src/gateway/radio.js";

/** What this gateway uses of @stoprocent/noble 2.8.0, whose own types leave parts of it out. */
export interface NobleEvents {
  on(event: string, listener: (...values: never[]) => void): unknown;
  removeListener(event: string, listener: (...values: never[]) => void): unknown;
  removeAllListeners(event?: string): unknown;
}

export type Done<T extends readonly unknown[] = []> = (error: unknown, ...values: T) => void;

export interface NobleCharacteristic extends NobleEvents {
  readonly uuid: string;
  write(data: Buffer, withoutResponse: boolean, done: Done): void;
  subscribe(done: Done): void;
}

export interface NobleService {
  readonly uuid: string;
  discoverCharacteristics(uuids: readonly string[], done: Done<[readonly NobleCharacteristic[]]>): void;
}

/** In units of the controller: intervals of 1.25 ms, a timeout of 10 ms. */
export interface ConnectParameters {
  readonly minInterval: number;
  readonly maxInterval: number;
  readonly latency: number;
  readonly timeout: number;
  /** ATT_MTU to ask for. */
  readonly mtu: number;
}

export interface NoblePeripheral extends NobleEvents {
  readonly id: string;
  readonly connectable: boolean;
  readonly advertisement: {
    readonly localName?: string;
    readonly serviceData?: readonly { readonly uuid: string; readonly data: Buffer }[];
  };
  connect(parameters: ConnectParameters, done: Done): void;
  cancelConnect(): void;
  disconnect(): void;
  discoverServices(uuids: readonly string[], done: Done<[readonly NobleService[]]>): void;
}

export interface Noble extends NobleEvents {
  /** Reading it starts the stack. */
  readonly state: string;
  startScanning(serviceUUIDs: readonly string[], allowDuplicates: boolean, done: Done): void;
  stopScanning(done: Done): void;
  stop(): void;
}

export interface NobleOptions {
  /** 0 for hci0; the first one unless told. */
  readonly device?: number;
}

/** Opens the adapter's stack anew. Rejects with RadioError("adapter.software"). */
export async function openNoble({ device }: NobleOptions = {}): Promise<Noble> {
  try {
    // How long the driver of the shared channel may stop the whole program to connect to an absent device.
    process.env.BLUETOOTH_HCI_L2CAP_CONNECT_TIMEOUT_MS ??= "300";
    const { withBindings } = await import("@stoprocent/noble");
    return withBindings("hci", device === undefined ? {} : { deviceId: device }) as unknown as Noble;
  } catch (error) {
    throw new RadioError("adapter.software", (error as NodeJS.ErrnoException).code);
  }
}

/** What noble says to the console when an adapter does not work, a RadioError says in one line. */
export function withoutConsole<T>(work: () => T): T {
  const { log } = console;
  console.log = () => {};
  try {
    return work();
  } finally {
    console.log = log;
  }
}

/**
 * noble keeps what every device in the neighbourhood has ever advertised, and phones change their addresses four times an
 * hour: all but `kept` (ids of peripherals) are forgotten. Where noble keeps it is its own business: what is not there
 * as it is in the pinned version is left alone.
 */
export function forgetStrangers(noble: Noble, kept: (peer: string) => boolean): void {
  const { _bindings } = noble as {
    readonly _bindings?: { readonly _gap?: { readonly _discoveries?: unknown } };
  };
  const discoveries = _bindings?._gap?._discoveries;
  if (typeof discoveries !== "object" || discoveries === null) return;
  for (const address of Object.keys(discoveries)) {
    if (!kept(address.replaceAll(":", ""))) Reflect.deleteProperty(discoveries, address);
  }
}

/** As noble writes a UUID. */
export const nobleUUID = (uuid: string): string => uuid.replaceAll("-", "");

/** The HCI error code at the end of noble's message: "… (0x3e)". */
export function hciCode(error: unknown): number | undefined {
  const digits = /\(0x([0-9a-f]+)\)$/.exec(error instanceof Error ? error.message : String(error))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
