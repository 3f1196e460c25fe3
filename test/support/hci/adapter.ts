import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import type { HciController } from "./controller.js";

/** An adapter of this machine, as its socket has it: a controller that can be plugged in, and be up or down. */
export class TestAdapter {
  readonly controller: HciController;
  up = true;
  /** It takes what it is told, and says nothing. */
  mute = false;
  /** It cannot be opened. */
  broken = false;
  readonly #sockets = new Set<AdapterSocket>();

  constructor(controller: HciController) {
    this.controller = controller;
  }

  /** Sockets that a stack has open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  open(socket: AdapterSocket): void {
    this.#sockets.add(socket);
    this.controller.attach((packet) => {
      if (this.up && !this.mute) socket.emit("data", Buffer.from(packet));
    });
  }

  close(socket: AdapterSocket): void {
    if (this.#sockets.delete(socket)) this.controller.attach(() => {});
  }

  /** Somebody pulls it out, or puts it back. */
  plug(on: boolean): void {
    this.up = on;
    if (!on) this.controller.unplug();
    for (const socket of this.#sockets) socket.emit("state", on);
  }
}

/** The driver that noble's stack opens in place of a Linux HCI socket. */
export class AdapterSocket extends EventEmitter {
  #adapter: TestAdapter | undefined;

  bindUser(_device: number | undefined, adapter: unknown): void {
    if (!(adapter instanceof TestAdapter)) throw new Error("bindParams is the adapter");
    if (adapter.broken) throw new Error("Operation not supported");
    this.#adapter = adapter;
  }

  bindRaw(device: number | undefined, adapter: unknown): void {
    this.bindUser(device, adapter);
  }

  start(): void {
    this.#adapter?.open(this);
  }

  stop(): void {
    this.#adapter?.close(this);
  }

  setFilter(): void {}

  isDevUp(): boolean {
    return this.#adapter?.up ?? false;
  }

  write(packet: Buffer): void {
    if (this.#adapter?.up === true) this.#adapter.controller.fromHost(Uint8Array.from(packet));
  }
}

/**
 * Lets the unmodified noble take a driver class as its `hciDriver`: only the choice among its own drivers is replaced.
 * Once in a process, before noble is loaded.
 */
export function acceptDriverClasses(): void {
  const load = createRequire(import.meta.url);
  const sockets = load("@stoprocent/bluetooth-hci-socket") as { loadDriver(driver: unknown): unknown };
  const own = sockets.loadDriver;
  sockets.loadDriver = (driver) => (typeof driver === "function" ? driver : own(driver));
}
