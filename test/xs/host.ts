import type { Curve } from "../../src/crypto/curve.js";
import type { DeviceApplication } from "../../src/device/board.js";

/** What the XS host (tools/xs/globals.c) gives to programs, and what it calls. */
export interface XsGlobals {
  /** One line: to stdout, or to stderr when frames go over stdout. */
  print(text: string): void;
  /** Byte codes executed so far. */
  meter(): number;
  /** Milliseconds since an arbitrary start. */
  monotonic(): number;
  /** Writes a frame of at most 65535 octets to stdout. */
  hostSend(octets: Uint8Array): void;
  /** Collects what nothing in JavaScript holds. */
  collect(): void;
  /** Hands a function to C as the SDK's Bluetooth does, whose hold on it the collector does not see. */
  keepUnseen(called: (error: number) => void): number;
  /** C calls what it was handed; false when that was collected. */
  callUnseen(which: number, error: number): boolean;
  /** Set by the program: begins its run, to which limits and peaks belong, once all modules are loaded. */
  hostStart?: () => void;
  /** Set by the program: gets each frame of stdin. */
  hostReceive?: (octets: Uint8Array) => void;
  /** Set by the program: does what is due; returns the milliseconds until it wants to be called again, or −1. */
  hostTick?: () => number;
  /** Set by fixtures/nativeCurve.ts, when it is loaded before the program: native arithmetic on P-256. */
  curve?: Curve;
  /** Set by fixtures/apart.ts: what primitives execute is told apart. */
  apart?: boolean;
  /** Set by fixtures/application.ts: what the device is for. */
  application?: {
    readonly runtime: DeviceApplication;
    /** Sends a reading; called with the code of what was against it. */
    read(done: (failed?: string) => void): void;
  };
}

export const xs = globalThis as unknown as XsGlobals;
